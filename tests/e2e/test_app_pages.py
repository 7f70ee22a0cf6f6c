"""Every page of the app: axe finds nothing serious, the policy is strict, the first load is light."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Response, expect

from tests.e2e.browser import Phone, hand_phone
from tests.e2e.checks import find_serious
from tests.e2e.conftest import HandPhone
from tests.e2e.house import House, Pair
from tests.e2e.test_app_journeys import close_hours, live

FIRST_LOAD_BYTES = 150 * 1024
PATHS = ("/", "/?lang=en", "/sw.js", "/static/app/main.js", "/static/app/manifest.webmanifest", "/nothing-here")


def test_nothing_serious_on_the_pages_of_a_youth(ada: Phone, ben: Phone, house: House, pair: Pair) -> None:
    live(ada)
    ben.write("Hoi, hoe is je avond?")
    expect(ada.bubble("Hoi, hoe is je avond?")).to_have_count(1)
    close_hours(house, pair.ben)
    ada.write("Gaat wel")
    expect(ada.page.locator(".held-answer")).to_be_visible()
    page, found = ada.page, find_serious(ada.page)
    for opener, sheet in (
        ("[data-open=talk]", "talk"),
        ("[data-act=change]", "change"),
    ):
        page.locator(opener).click()
        expect(page.locator(f"dialog[data-sheet={sheet}]")).to_be_visible()
        found += find_serious(page)
    page.keyboard.press("Escape")
    page.locator(".room [data-help-now]").click()
    expect(page.locator("dialog[data-sheet=called]")).to_be_visible()
    found += find_serious(page)
    page.keyboard.press("Escape")
    page.locator(".back").click()
    found += find_serious(page)
    page.locator("[data-open=mine]").click()
    expect(page.locator(".devices")).to_be_visible()
    found += find_serious(page)
    assert found == []
    assert ada.complaints == []


def test_nothing_serious_on_the_pages_of_an_expert(ben: Phone) -> None:
    live(ben)
    page, found = ben.page, find_serious(ben.page)
    page.locator(".worry").click()
    expect(page.locator("dialog[data-sheet=worry]")).to_be_visible()
    found += find_serious(page)
    page.keyboard.press("Escape")
    page.locator(".back").click()
    found += find_serious(page)
    page.locator("#pause").click()
    expect(page.locator("dialog[data-sheet=pause]")).to_be_visible()
    found += find_serious(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Mijn uren").first.click()
    page.locator(".day-name").first.click()
    found += find_serious(page)
    page.locator(".back").click()
    page.get_by_role("button", name="Mijn grenzen").click()
    expect(page.locator(".page .note").first).to_be_visible()
    found += find_serious(page)
    assert found == []
    assert ben.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_at_the_door(browser: Browser, house: House, scheme: Any) -> None:
    eve = hand_phone(browser, house.url, scheme=scheme)
    eve.open()
    expect(eve.page.locator(".ways")).to_be_visible()
    assert find_serious(eve.page) == []
    assert eve.complaints == []
    eve.context.close()


def test_at_two_hundred_per_cent_nothing_is_cut_off(browser: Browser, house: House, pair: Pair) -> None:
    """200 % of a 360 px phone leaves 180 CSS pixels; nothing may need a scroll to the side."""
    ada = hand_phone(browser, house.url, size=(180, 400))
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    ada.open()
    expect(ada.page.locator(".ways")).to_be_visible()
    assert ada.page.evaluate(fits)
    ada.open(pair.ada.token)
    live(ada)
    expect(ada.page.locator("#composer .send")).to_be_visible()
    assert ada.page.evaluate(fits)
    ada.context.close()


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_strict_policy(house: House, path: str) -> None:
    answer = httpx.get(f"{house.url}{path}", headers={"Accept-Encoding": "gzip"})
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert not any(word in policy for word in ("unsafe", "http:", "https:"))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_first_load_is_light(phones: HandPhone, pair: Pair) -> None:
    """Everything that a signed-in page fetches on an empty cache, as it goes over the wire, headers included."""
    ada, fetched = phones(), list[Response]()
    ada.page.on("response", lambda response: fetched.append(response))
    ada.open(pair.ada.token)
    live(ada)
    sizes = {one.url: one.request.sizes() for one in fetched}
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes.values())
    assert len(sizes) > 30
    assert total <= FIRST_LOAD_BYTES, f"{total} bytes: {sorted(sizes)}"
