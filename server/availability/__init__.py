"""Availability: when anybody may be reached. Hours, exceptions, pauses, caps, shifts, and the ledger of boundaries.

One question, `queries.find_reachability`, is asked by everything that could reach an expert. The answer is computed
at the instant asked, from wall times and zones; nothing here is a stored copy of hours in UTC.
"""
