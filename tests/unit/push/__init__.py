"""Tests of the push room that need no database."""
