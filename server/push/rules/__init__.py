"""What a push may be: pure, without a framework."""
