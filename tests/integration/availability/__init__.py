"""Tests of the availability room, over HTTP and by its actions."""
