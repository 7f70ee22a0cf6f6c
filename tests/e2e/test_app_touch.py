"""By finger, on a phone of 390 by 844: hours that are dragged, days, a pause; what is new, and a press that stays."""

from __future__ import annotations

from uuid import uuid4

import httpx
from playwright.sync_api import expect

from tests.e2e.conftest import HandPhone
from tests.e2e.house import House, Pair
from tests.e2e.test_app_journeys import around_the_clock, ask, close_hours, live


def test_hours_days_pause_and_boundaries_by_finger(phones: HandPhone, house: House, pair: Pair) -> None:
    close_hours(house, pair.ben)
    path = f"{house.url}/api/v1/conversations/{pair.conversation}/messages"
    headers = {"Authorization": f"Bearer {pair.ben.token}"}
    refused = httpx.post(path, json={"m": str(uuid4()), "body": "toch nog"}, headers=headers, timeout=30)
    assert refused.json()["code"] == "expert.outside_window"
    empty = {"zone": "Europe/Amsterdam", "windows": []}
    ask(house, pair.ben.token, "PUT", "/me/availability", empty)
    ben = phones(has_touch=True)
    ben.open(pair.ben.token)
    live(ben)
    page = ben.page
    page.get_by_role("button", name="Mijn uren").last.tap()
    box = page.locator(".track[data-weekday='3']").bounding_box()
    assert box is not None
    x, y = box["x"], box["y"] + box["height"] / 2
    ben.finger("touchStart", x + box["width"] * 0.75, y)
    ben.finger("touchMove", x + box["width"] * 0.85, y)
    ben.finger("touchMove", x + box["width"] * 0.917, y)
    ben.finger("touchEnd")
    expect(page.locator(".stretch")).to_have_count(1)
    page.locator("#keep-hours").tap()
    expect(page.locator("[data-strip=hours]")).to_contain_text("gelden nu meteen")
    kept = ask(house, pair.ben.token, "GET", "/me/availability")["windows"]
    assert kept == [{"weekday": 3, "start": "18:00", "end": "22:00"}]

    page.get_by_label("Wat is er?").select_option("holiday")
    page.get_by_role("button", name="Toevoegen").tap()
    expect(page.locator(".devices")).to_contain_text("vakantie")
    page.get_by_role("button", name="Weghalen", exact=True).tap()
    expect(page.locator(".devices li")).to_have_count(0)

    page.locator(".back").tap()
    page.get_by_role("button", name="Mijn grenzen").tap()
    expect(page.locator(".ledger-day").first).to_contain_text("Je schreef buiten je uren. Dat bericht ging niet weg.")
    page.locator(".back").tap()
    page.locator("#pause").tap()
    page.get_by_role("button", name="Tot morgen").tap()
    expect(page.get_by_role("heading", name="Je hebt pauze")).to_be_visible()
    assert ask(house, pair.ben.token, "GET", "/me/availability")["pause"] is not None
    assert ben.complaints == []


def test_what_is_new_has_a_line_and_a_long_press_copies(phones: HandPhone, house: House, pair: Pair) -> None:
    path = f"/conversations/{pair.conversation}/messages"
    ask(house, pair.ben.token, "PUT", "/me/availability", {"zone": "UTC", "windows": around_the_clock()})
    ask(house, pair.ada.token, "POST", path, {"m": str(uuid4()), "body": "Ben je daar?"})
    for body in ("Ja hoor.", "Hoe is het?"):
        ask(house, pair.ben.token, "POST", path, {"m": str(uuid4()), "body": body})
    ada = phones(has_touch=True)
    ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ada.open(pair.ada.token)
    live(ada)
    order = ada.page.locator("#messages > li").evaluate_all(
        "(items) => items.map((one) => one.id || one.querySelector('.bubble')?.lastChild.textContent || '')"
    )
    assert order[-4:] == ["Ben je daar?", "unread-line", "Ja hoor.", "Hoe is het?"]
    bubble = ada.bubble("Ja hoor.").locator(".bubble").bounding_box()
    assert bubble is not None
    ada.finger("touchStart", bubble["x"] + 20, bubble["y"] + 10)
    expect(ada.page.locator("dialog[data-sheet=message]")).to_be_visible()
    ada.finger("touchEnd")
    ada.page.locator("[data-act=copy]").tap()
    expect(ada.page.locator("dialog")).to_have_count(0)
    assert ada.page.evaluate("navigator.clipboard.readText()") == "Ja hoor."
    assert ada.complaints == []
