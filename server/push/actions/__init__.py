"""The only writers of the push tables."""
