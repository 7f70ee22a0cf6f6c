"""What of a process's memory the garbage collector need not look at."""

from __future__ import annotations

import gc


def set_aside_what_stays() -> None:
    """Take modules, settings, routes and prepared objects out of the garbage collector's sight, once all is loaded.

    They live as long as the process. A full collection walks over everything in sight while every socket waits:
    0.16 s with them, 0.02 s without (measured at 200 messages/s).
    """
    gc.collect()
    gc.freeze()
