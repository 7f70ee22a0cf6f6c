"""The room of conversations: members, gates, and the message log in which an acknowledged message is never lost."""
