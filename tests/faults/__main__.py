"""The long form: `python -m tests.faults --minutes 60 --seed N`. Exits with 1 as soon as a promise broke."""

import argparse
import asyncio
import signal
import sys
import tempfile
from pathlib import Path
from random import Random, randrange

from tests.faults.campaign import Campaign, open_campaign
from tests.faults.faults import FAULTS
from tests.faults.schedule import plan_rounds
from tests.faults.site import Ground, open_ground

ROUND_FAULTS = 3 * len(FAULTS)


def main() -> int:
    """Run the soak and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long to go on (default 60)")
    parser.add_argument("--seed", type=int, default=randrange(10_000), help="decides every choice (default: any)")
    parser.add_argument("--pairs", type=int, default=10, help="pairs of a youth and an expert (default 10)")
    parser.add_argument("--faults", type=int, default=ROUND_FAULTS, help="faults before each comparison")
    parser.add_argument("--keep", type=Path, help="keep journals and logs in this directory")
    chosen = parser.parse_args()
    if chosen.keep is not None:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        return soak(chosen, chosen.keep.resolve())
    with tempfile.TemporaryDirectory(prefix="warmlijn-faults-", ignore_cleanup_errors=True) as made:
        return soak(chosen, Path(made))


def soak(chosen: argparse.Namespace, directory: Path) -> int:
    """Run rounds until the time is over; each ends with the sentence."""
    with open_ground(directory, pairs=chosen.pairs) as ground:
        return asyncio.run(_soak(ground, chosen))


async def _soak(ground: Ground, chosen: argparse.Namespace) -> int:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with open_campaign(ground, chosen.seed, pause=1.0) as campaign:
        return await _run_rounds(campaign, chosen)


async def _run_rounds(campaign: Campaign, chosen: argparse.Namespace) -> int:
    random = Random(chosen.seed)
    ends = asyncio.get_running_loop().time() + 60 * chosen.minutes
    while True:
        report = await campaign.run_round(plan_rounds(list(FAULTS), random, chosen.faults))
        print(report.describe(), flush=True)
        if not report.is_clean:
            return 1
        if asyncio.get_running_loop().time() >= ends:
            return 0


if __name__ == "__main__":
    sys.exit(main())
