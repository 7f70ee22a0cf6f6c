"""Journeys against the real server, as a person or an operator makes them."""
