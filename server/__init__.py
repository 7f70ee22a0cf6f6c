"""Warmlijn: evening contact between young people leaving care and trained peer experts.

Start reading at `docs/map.md`; the switchboard is `server/wiring.py`.
"""
