"""`python -m server COMMAND`: serve, work, seed, keys, demo and every Django command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a command under this server's settings; a wrong environment is one line, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.settings")
    from django.core.management import execute_from_command_line

    from server.foundation.errors import EnvironmentProblem

    try:
        execute_from_command_line(["python -m server", *sys.argv[1:]])
    except EnvironmentProblem as problem:
        sys.exit(f"warmlijn: {problem}")


if __name__ == "__main__":
    main()
