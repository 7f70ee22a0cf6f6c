"""The REST edges of the buddies room: parse, one query or action, shape."""
