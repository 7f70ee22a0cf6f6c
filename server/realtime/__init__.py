"""The socket without opinions: logs of events per user, sockets, the hub that joins them, and the pokes between hubs.

A message's way: `consumers` (frame in) → a room's command → its action appends events to streams in its transaction
→ commit → `hub` hands them to local sockets at once and pokes the other processes' hubs, which read what they miss.
"""
