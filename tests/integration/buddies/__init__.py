"""Tests of the buddies room, over HTTP and by its actions."""
