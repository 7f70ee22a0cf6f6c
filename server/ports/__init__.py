"""Questions that one room asks and another answers: Protocols here, bound in `wiring.py`, failing closed."""
