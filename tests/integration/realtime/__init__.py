"""The socket: greeting, log, credit, revocation, draining, and what happens when hints are lost."""
