"""Management of the yardstick."""
