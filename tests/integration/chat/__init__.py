"""The chat room: sending, gates, receipts, history, over the socket and REST."""
