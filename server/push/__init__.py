"""Push: how a phone learns that something waits, when it may ring, and why it did or did not."""
