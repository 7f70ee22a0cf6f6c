"""Pure rules of the chat room: no framework, no clock, no database."""
