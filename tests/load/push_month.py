"""A month of pushes of 500 people, judged by an oracle: `python -m tests.load.push_month [SEED]`, a quarter of an hour.

What happens in it and what is looked at stands in `tests.integration.push.month`. The exit status is 1 when the oracle
has found anything.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import django
from django.core.management import call_command

PEOPLE = 500
DAYS = 30
PER_DAY = 1.0  # things that happen to a pair


def main(seed: int) -> bool:
    """Run it in a database of its own; print what happened and what the oracle has found, return whether anything."""
    from tests.integration.push.month import Month, judge

    call_command("migrate", verbosity=0)
    month = Month(people=PEOPLE, days=DAYS, per_day=PER_DAY, seed=seed)
    month.run()
    found = judge(month).show()
    print({"messages": month.written, "pushes": len(month.way.rung), "pages": len(month.called)})
    print({"failures": month.way.failures, "deaths": month.way.deaths}, found)
    return any(found.values())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(directory)}/month.sqlite3")
        os.environ |= {"VAR_DIRECTORY": directory, "DJANGO_SETTINGS_MODULE": "server.settings.test"}
        os.environ["LOG_LEVEL"] = "ERROR"
        django.setup()
        status = main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    sys.exit(status)
