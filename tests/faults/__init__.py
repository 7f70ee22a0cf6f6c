"""Break the real system on purpose and prove that PROTOCOL.md section 4 still holds.

`python -m tests.faults --minutes 60 --seed 7` runs the long form, `test_short.py` the two-minute one.
A run starts PostgreSQL, Redis, two server processes and a worker, puts a TCP proxy of our own in front
of each server, lets devices talk through it, breaks things by a seeded schedule, and afterwards compares
what every device saw with the table. The negative controls run a server broken in one place
(`broken_server.py`) and must be caught: a harness that never failed proves nothing.

schedule -> faults -> site (processes, proxies)      workload -> client -> journal -> checker <- table
"""
