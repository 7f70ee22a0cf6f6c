"""Hold the commands of `python -m server`."""
