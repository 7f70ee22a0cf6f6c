"""Answers that come late: they close nothing that was opened meanwhile, and take away nothing that somebody types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.browser import DESKTOP, hand_phone
from tests.e2e.conftest import HandPhone
from tests.e2e.desk import Team, find_dialog, press, press_offered, read_team, sit_down
from tests.e2e.house import House, Pair
from tests.e2e.test_app_journeys import ask, live
from tests.e2e.test_app_waiting import come_to_wait

ALARM = """async () => {
  const { ringing, silence, silenced } = await import("/static/desk/alarm.js");
  const one = [{ id: "an emergency", words: "Noodgeval" }];
  ringing.value = one;
  silence();
  const quiet = silenced.value.has("an emergency");
  ringing.value = [];
  ringing.value = one;
  const isLoud = !silenced.value.has("an emergency");
  ringing.value = [];
  return [quiet, isLoud];
}"""


@contextmanager
def held(page: Page, path: str, method: str = "POST") -> Iterator[Callable[[], None]]:
    """Keep requests on their way; the function that is handed out lets them go on, and hears the first answer."""
    waiting: list[Route] = []
    address = f"**/api/v1{path}"

    def take(route: Route) -> None:
        if route.request.method == method and not is_let_go:
            waiting.append(route)
        else:
            route.continue_()

    def let_go() -> None:
        is_let_go.append(True)
        with page.expect_response(address):
            for route in waiting:
                route.continue_()

    is_let_go: list[bool] = []
    page.route(address, take)
    yield let_go
    page.unroute(address)


def test_a_pause_that_is_answered_late_leaves_the_worry_that_is_being_written(
    phones: HandPhone, house: House, pair: Pair
) -> None:
    ben = phones()
    ben.open(pair.ben.token)
    live(ben)
    page = ben.page
    with held(page, "/me/pause") as let_go:
        page.locator("#pause").click()
        with page.expect_request("**/me/pause"):
            page.get_by_role("button", name="Tot morgen").click()
        page.locator("dialog .sheet-end button").click()
        ben.enter()
        page.get_by_role("button", name="Ik maak me zorgen").click()
        page.locator("dialog textarea").fill("Ze zei dat ze weg wil.")
        let_go()
    page.wait_for_function("async () => (await import('/static/app/state.js')).hours.value.pause !== null")
    expect(page.locator("dialog textarea")).to_have_value("Ze zei dat ze weg wil.")
    assert ben.complaints == []


def test_hours_that_are_not_kept_yet_stay_when_a_day_is_added(phones: HandPhone, house: House, pair: Pair) -> None:
    ask(house, pair.ben.token, "PUT", "/me/availability", {"zone": "Europe/Amsterdam", "windows": []})
    ben = phones()
    ben.open(pair.ben.token)
    live(ben)
    page = ben.page
    page.get_by_role("button", name="Mijn uren").last.click()
    page.locator(".day-name").first.click()
    page.locator(".day-edit button.outline").click()
    page.get_by_label("Wat is er?").select_option("holiday")
    page.get_by_role("button", name="Toevoegen").click()
    expect(page.locator(".devices")).to_contain_text("vakantie")
    expect(page.locator(".stretch")).to_have_count(1)
    page.locator("#keep-hours").click()
    expect(page.locator("[data-strip=hours]")).to_contain_text("gelden nu meteen")
    kept = ask(house, pair.ben.token, "GET", "/me/availability")["windows"]
    assert kept == [{"weekday": 1, "start": "19:00", "end": "22:00"}]
    assert ben.complaints == []


def test_a_text_of_the_intake_stays_as_it_is_being_typed(phones: HandPhone, house: House) -> None:
    zoe = come_to_wait(phones, house)
    page = zoe.page
    page.locator("[data-open=intake]").click()
    words = page.get_by_label("in je eigen woorden")
    with page.expect_response("**/me/intake"):
        words.press_sequentially("Het is zwaar. ")
    page.wait_for_function("() => !sessionStorage.getItem('warmlijn.note.intake')")
    words.press_sequentially("En druk.")
    expect(words).to_have_value("Het is zwaar. En druk.")
    assert zoe.complaints == []


@pytest.fixture(scope="module")
def team(house: House) -> Team:
    """The demo team."""
    return read_team(house)


def test_at_the_desk_nothing_that_is_written_goes(browser: Browser, house: House, team: Team) -> None:
    team.end_all()
    mara = hand_phone(browser, house.url, size=DESKTOP)
    sit_down(mara, team)
    page = mara.page
    escalation = team.raise_worry("urgent", "Lot is stil.")
    team.ask("Mara", "POST", f"/escalations/{escalation}/acknowledge")
    page.goto(f"{mara.home}/desk/#/escalation/{escalation}")
    with held(page, f"/escalations/{escalation}/join") as let_go:
        press_offered(mara, "j")
        find_dialog(mara, "join")
        with page.expect_request("**/join"):
            press(page, "Enter")
        press(page, "Escape")
        expect(page.locator("dialog")).to_have_count(0)
        press_offered(mara, "r")
        resolve = find_dialog(mara, "resolve")
        resolve.locator("textarea").fill("Lot slaapt vannacht bij haar tante.")
        let_go()
    expect(page.locator(".composer")).to_be_visible()
    expect(resolve.locator("textarea")).to_have_value("Lot slaapt vannacht bij haar tante.")

    box = resolve.locator("textarea").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 12)  # who selects text out over the edge presses nothing
    page.mouse.down()
    page.mouse.move(5, box["y"] + 12)
    page.mouse.up()
    expect(resolve).to_be_visible()
    page.mouse.click(5, 5)
    expect(resolve).to_have_count(0)

    with held(page, f"/conversations/{team.find_talk('Lot')}/messages") as let_go:
        page.locator("#talk-text").press_sequentially("Ik ben er")
        with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/messages")):
            press(page, "Enter")
        page.locator("#talk-text").press_sequentially(", en ik blijf")
        press(page, "Enter")  # the first is still on its way
        let_go()
    expect(page.locator("#talk-text")).to_have_value(", en ik blijf")
    expect(page.locator(".messages")).to_contain_text("Ik ben er")
    said = team.ask("Lot", "GET", f"/conversations/{team.find_talk('Lot')}/messages")["messages"]
    assert [one["body"] for one in said if one["body"].startswith("Ik ben er")] == ["Ik ben er"]
    assert page.evaluate(ALARM) == [True, True]
    assert mara.complaints == []
    mara.context.close()
    team.end_all()
