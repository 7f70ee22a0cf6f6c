"""What hours mean: pure, over a loaded schedule. No framework, no clock, no database."""
