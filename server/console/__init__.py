"""The coordinators' desk at `/desk/`: a client of the public contract and nothing more; it owns no tables."""
