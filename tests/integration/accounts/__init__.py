"""The accounts room behind its doors: enrolling, signing in, sessions, tickets, devices, blocks, suspensions."""
