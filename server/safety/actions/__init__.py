"""The only writers of the safety room."""
