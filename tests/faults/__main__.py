"""The long form: `python -m tests.faults --minutes 60 --seed N`. Exits with 1 as soon as a promise broke."""

import argparse
import asyncio
import shutil
import signal
import sys
from pathlib import Path
from random import Random, randrange
from time import monotonic

from tests.faults.campaign import open_campaign
from tests.faults.checker import Report, add_up
from tests.faults.faults import FAULTS
from tests.faults.programs import REPOSITORY
from tests.faults.schedule import plan_rounds
from tests.faults.site import Ground, open_ground

RUN_FAULTS = 3 * len(FAULTS)
PAUSE_SECONDS = 1.0
KEEP = REPOSITORY / "var" / "faults"


def main() -> int:
    """Run the soak and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long to go on (default 60)")
    parser.add_argument("--seed", type=int, default=randrange(10_000), help="decides every choice (default: any)")
    parser.add_argument("--pairs", type=int, default=10, help="pairs of a youth and an expert (default 10)")
    parser.add_argument("--faults", type=int, default=RUN_FAULTS, help="faults in each run")
    parser.add_argument("--keep", type=Path, default=KEEP, help="where journals and logs stay (default var/faults)")
    chosen = parser.parse_args()
    shutil.rmtree(chosen.keep, ignore_errors=True)
    chosen.keep.mkdir(parents=True)
    return soak(chosen, chosen.keep.resolve())


def soak(chosen: argparse.Namespace, directory: Path) -> int:
    """Run one campaign after the other until the time is over; each ends with the sentence."""
    with open_ground(directory, pairs=chosen.pairs) as ground:
        return asyncio.run(_soak(ground, chosen))


async def _soak(ground: Ground, chosen: argparse.Namespace) -> int:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    ends = monotonic() + 60 * chosen.minutes
    reports = [await _run(ground, chosen.seed, chosen.faults)]
    while reports[-1].is_clean and monotonic() < ends:
        reports.append(await _run(ground, chosen.seed + len(reports), chosen.faults))
    print(f"in all, {len(reports)} runs:\n{add_up(chosen.seed, reports).describe()}", flush=True)
    return 0 if reports[-1].is_clean else 1


async def _run(ground: Ground, seed: int, faults: int) -> Report:
    """Run one campaign in a database of its own and print its sentence."""
    async with open_campaign(ground, seed, pause=PAUSE_SECONDS) as campaign:
        report = await campaign.run(plan_rounds(list(FAULTS), Random(seed), faults))
    print(report.describe(), flush=True)
    return report


if __name__ == "__main__":
    sys.exit(main())
