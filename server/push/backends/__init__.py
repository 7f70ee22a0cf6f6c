"""Who carries a push out of the house: one port, and behind it the console, Firebase or the browser's push service."""
