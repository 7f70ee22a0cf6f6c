"""How the server is started and looked at: commands, the ASGI server, health."""
