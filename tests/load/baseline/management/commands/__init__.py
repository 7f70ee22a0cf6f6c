"""Commands of the yardstick."""
