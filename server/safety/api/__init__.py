"""The safety room's REST edge: parse, one query or access, one action, shape."""
