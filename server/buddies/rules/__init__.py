"""Pure rules of pairing."""
