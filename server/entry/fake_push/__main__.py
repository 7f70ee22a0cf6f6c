"""`python -m server.entry.fake_push`: the stand-in without Django around it, so that tests have it in half a second."""

from __future__ import annotations

import argparse
import asyncio
import sys
from functools import partial
from pathlib import Path

from server.entry.fake_push.outside import run_outside
from server.settings.base import APP_ENV


def main() -> None:
    """Serve until SIGTERM or SIGINT; refuse in production."""
    parser = argparse.ArgumentParser(prog="python -m server.entry.fake_push", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="a free one if not given; it is printed")
    parser.add_argument("--credentials", type=Path, required=True, help="where to write its service account's file")
    chosen = parser.parse_args()
    if APP_ENV == "prod":
        sys.exit("push.no_stand_in: a stand-in has no place in production")
    asyncio.run(run_outside(chosen.port, chosen.credentials, partial(print, flush=True)))


if __name__ == "__main__":
    main()
