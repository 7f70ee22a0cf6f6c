"""Test what the coordinators' desk asks: who is where tonight, everybody of the team, figures, what was agreed."""
