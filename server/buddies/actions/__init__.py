"""The only writers of the buddies room."""
