"""The short form of the fault harness: one seeded run with every fault, then the broken servers."""

from collections.abc import Iterator
from random import Random

import pytest

from tests.faults.campaign import open_campaign
from tests.faults.checker import Verdict
from tests.faults.controls import CONTROLS, Control, describe_control, run_control, run_twin
from tests.faults.faults import FAULTS
from tests.faults.schedule import plan_round
from tests.faults.site import Ground, open_ground

SEED = 20
PAIRS = 9
PAUSE = 0.9

pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture(autouse=True)
def quiet_calls(caplog: pytest.LogCaptureFixture) -> None:
    """Keep thousands of lines about REST calls out of a failure's report."""
    caplog.set_level("WARNING", "httpx")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with open_ground(tmp_path_factory.mktemp("faults"), pairs=PAIRS) as ground:
        yield ground


async def test_nothing_is_lost_when_everything_breaks(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    async with open_campaign(ground, SEED, pause=PAUSE) as campaign:
        report = await campaign.run(plan_round(list(FAULTS), Random(SEED)))
    with capsys.disabled():
        print(f"\n{report.describe()}")
    assert report.is_clean, report.describe()
    assert report.kinds == len(FAULTS)


@pytest.mark.parametrize("control", CONTROLS, ids=[control.flaw for control in CONTROLS])
async def test_a_broken_server_is_caught(ground: Ground, control: Control, capsys: pytest.CaptureFixture[str]) -> None:
    report = await run_control(ground, control, SEED)
    with capsys.disabled():
        print(f"\n{describe_control(control, report)}")
    assert report.count(control.verdict) > 0, report.describe()


async def test_the_same_work_is_clean_on_the_server_that_ships(ground: Ground) -> None:
    report = await run_twin(ground, SEED)
    assert {finding.verdict for finding in report.findings} <= {Verdict.UNPROVEN}, report.describe()
    assert report.acked > 0
