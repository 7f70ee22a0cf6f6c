"""The only writers of the realtime tables."""
