"""One module is one command; Django finds it by its name."""
