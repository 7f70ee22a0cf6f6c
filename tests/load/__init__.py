"""`make bench`: the product measured against a plain yardstick, interleaved, in one run.

    .venv/bin/python -m tests.load                        everything, the table, docs/performance.md
    .venv/bin/python -m tests.load --only saturation      one stage
    .venv/bin/python -m tests.load --help

Servers, worker, PostgreSQL and Redis share one core; the generator has another. A run starts its own
servers on loopback and spare ports and stops them by process id.
"""
