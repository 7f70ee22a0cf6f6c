"""One stand-in for all tests here; each begins with a clean one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.push.outside import Outside, run_outside


@pytest.fixture(scope="session")
def running_outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """The process."""
    with run_outside(tmp_path_factory.mktemp("outside")) as running:
        yield running


@pytest.fixture
def outside(running_outside: Outside) -> Outside:
    """The stand-in, with nothing received and nothing going wrong."""
    running_outside.tell("forget")
    return running_outside
