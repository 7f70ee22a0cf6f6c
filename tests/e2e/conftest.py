"""What journeys share: one server, one browser for all of them, and a cast of their own for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import ChromiumMissing, Phone, hand_phone, open_browser
from tests.e2e.house import House, Pair, open_house
from tests.unit.push.outside import Outside, run_outside

# Generous: a busy machine is no reason to fail, and nothing here asserts speed.
expect.set_options(timeout=20_000)
HandPhone = Callable[..., Phone]
# How Playwright says that it waited in vain; a wrong value or a complaint fails at once (docs/adr/0019).
_WAITED_IN_VAIN = [r"Locator expected", r"Timeout \d+ms exceeded"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have a journey in a browser whose wait ran out be tried once more; the summary names it.

    Journeys come last: the browser's event loop runs from the first of them to the end, and other tests have their own.
    """
    items.sort(key=_needs_browser)
    for item in filter(_needs_browser, items):
        item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=_WAITED_IN_VAIN))


def _needs_browser(item: pytest.Item) -> bool:
    return "browser" in getattr(item, "fixturenames", ())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every journey that was tried once more, and where its wait ran out: somebody has to look."""
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.write_line(f"RERUN {report.nodeid}\n{report.longreprtext}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; without one installed, journeys in a browser are left out."""
    try:
        opened = open_browser()
        with opened as running:
            yield running
    except ChromiumMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def push_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """The stand-in of the service that a browser's pushes go through."""
    with run_outside(tmp_path_factory.mktemp("outside")) as running:
        yield running


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, push_service: Outside) -> Iterator[House]:
    """The real server, with an empty database of its own."""
    with open_house(tmp_path_factory.mktemp("house"), push_service.address) as opened:
        yield opened


@pytest.fixture
def pair(house: House) -> Pair:
    """Ada and her buddy Ben, who have not written yet."""
    return house.take_pair()


@pytest.fixture
def phones(browser: Browser, house: House) -> Iterator[HandPhone]:
    """Hands out phones and takes them back."""
    handed: list[Phone] = []

    def hand(*, has_worker: bool = False, has_touch: bool = False) -> Phone:
        handed.append(hand_phone(browser, house.url, has_worker=has_worker, has_touch=has_touch))
        return handed[-1]

    yield hand
    for phone in handed:
        phone.context.close()


@pytest.fixture
def ada(phones: HandPhone, pair: Pair) -> Phone:
    """Ada's phone, with her link followed."""
    phone = phones()
    phone.open(pair.ada.token)
    return phone


@pytest.fixture
def ben(phones: HandPhone, pair: Pair) -> Phone:
    """Ben's phone, with his link followed and the talk open."""
    phone = phones()
    phone.open(pair.ben.token)
    phone.enter()
    return phone
