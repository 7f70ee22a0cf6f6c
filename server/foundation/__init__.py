"""What every room stands on and no room is known to: clock, errors, codec, database, sealing, limits, logs, checks."""
