"""The pure rules of the buddies room, without a database."""
