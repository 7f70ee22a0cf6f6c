"""The end of an expert's hours, with a clock that is set: the notice, its three choices, what each side sees then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from server.foundation.demo_clock import Setting, parse_moment, write_setting
from tests.e2e.browser import Phone
from tests.e2e.checks import find_serious
from tests.e2e.conftest import HandPhone
from tests.e2e.house import House, Pair, open_house
from tests.e2e.test_app_journeys import ask, live
from tests.services.processes import wait_until

TUESDAY = "2031-11-25"
EVENING = {"zone": "Europe/Amsterdam", "windows": [{"weekday": 2, "start": "18:00", "end": "22:00"}]}
SetClock = Callable[[str], None]


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The real server on a Tuesday evening, a while before ten."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEMO_CLOCK", f"{TUESDAY}T21:36")
        with open_house(tmp_path_factory.mktemp("evening")) as opened:
            yield opened


@pytest.fixture
def set_clock(house: House) -> SetClock:
    """Set the clock of the house to a time of that evening, and see the server go by it."""

    def set_clock(time: str) -> None:
        shown = parse_moment(f"{TUESDAY}T{time}")
        write_setting(Path(house.settings["VAR_DIRECTORY"]), Setting(shown, datetime.now(UTC), 1))
        assert wait_until(lambda: read_time(house) >= shown)

    return set_clock


def read_time(house: House) -> datetime:
    """Return what the time is at the server."""
    return parsedate_to_datetime(httpx.get(f"{house.url}/healthz", timeout=30).headers["date"])


def learn_time(*phones: Phone) -> None:
    """Have pages hear what the time is: on an evening nobody jumps the clock, and it has passed by itself."""
    for phone in phones:
        phone.page.evaluate("async () => (await import('/static/lib/api.js')).request('GET', '/me').then(() => null)")


def begin(house: House, pair: Pair) -> None:
    """Give the expert this evening's hours, and have a talk that runs."""
    ask(house, pair.ben.token, "PUT", "/me/availability", EVENING)
    path = f"/conversations/{pair.conversation}/messages"
    ask(house, pair.ben.token, "POST", path, {"m": str(uuid4()), "body": "Hoi, hoe is het?"})


def test_the_end_of_an_evening(phones: HandPhone, house: House, set_clock: SetClock) -> None:
    """Ben hands over, later rounds off; Joris takes fifteen minutes more. Ada and Zoë read the truth meanwhile."""
    one, two = house.take_pair(), house.take_pair()
    begin(house, one)
    begin(house, two)
    ada, ben, zoe, joris = (phones() for _ in range(4))
    everybody = (ada, ben, zoe, joris)
    for phone, somebody in zip(everybody, (one.ada, one.ben, two.ada, two.ben), strict=True):
        phone.open(somebody.token)
        live(phone)
    ben.enter()
    joris.enter()
    ending, more = ben.page.locator("#ending"), joris.page.locator("#ending")
    expect(ada.page.locator("#room-hours")).to_have_text("bereikbaar tot 22:00")
    expect(ending).to_have_count(0)

    set_clock("21:46")
    expect(ending).to_contain_text("Tot 22:00.")
    learn_time(*everybody)
    ben.page.reload()  # the notice comes once; the page knows the end of the hours
    expect(ending).to_contain_text("Tot 22:00.")
    ending.get_by_role("button", name="Draag over").click()
    expect(ben.page.locator("dialog")).to_be_visible()
    assert find_serious(ben.page) == []
    ben.page.locator("dialog").get_by_role("button", name="Draag over").click()
    expect(ben.page.get_by_role("heading", name="Overgedragen")).to_be_visible()
    ben.page.locator("dialog .sheet-end button").click()
    expect(ending).to_have_count(0)
    (raised,) = ask(house, one.mara.token, "GET", "/escalations")["escalations"]
    assert (raised["kind"], raised["c"]) == ("worry", one.conversation)
    more.get_by_role("button", name="15 minuten erbij").click()
    expect(joris.page.locator("[data-strip=extended]")).to_contain_text("Je hebt tot 22:15.")

    set_clock("21:56")
    expect(ending.get_by_role("button", name="Ik rond af")).to_be_visible()
    expect(ben.page.locator("[data-strip^=worry]")).to_have_count(0)  # what was handed over is not asked about again
    ending.get_by_role("button", name="Ik rond af").click()
    expect(ben.page.locator("[data-strip=extended]")).to_contain_text("Je uren stoppen om 22:00 vanzelf.")
    ben.write("Ik moet zo gaan")
    expect(ada.bubble("Ik moet zo gaan")).to_have_count(1)
    expect(more).to_have_count(0)  # five minutes before an end that is not theirs any more

    set_clock("22:04")
    learn_time(*everybody)
    ben.write("Slaap lekker")
    expect(ada.bubble("Slaap lekker")).to_have_count(1)
    expect(zoe.page.locator("#room-hours")).to_have_text("bereikbaar tot 22:15")

    set_clock("22:11")
    learn_time(*everybody)
    expect(ada.page.locator("#room-hours")).to_have_text("weer vanaf dinsdag 2 december 18:00")
    expect(ben.page.locator("#composer .send")).to_be_disabled()
    expect(more).to_contain_text("Tot 22:15.")
    zoe.write("Dank je")
    expect(joris.bubble("Dank je")).to_have_count(1)
    joris.write("Tot dinsdag")
    expect(zoe.bubble("Tot dinsdag")).to_have_count(1)

    set_clock("22:16")
    learn_time(*everybody)
    expect(zoe.page.locator("#room-hours")).to_have_text("weer vanaf dinsdag 2 december 18:00")
    expect(joris.page.locator("#composer .send")).to_be_disabled()
    assert [phone.complaints for phone in everybody] == [[], [], [], []]
