"""The help button in a real browser: one tap, the card on the screen whatever fails, and the answer that comes back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
from playwright.sync_api import expect

from tests.e2e.browser import Phone
from tests.e2e.conftest import HandPhone
from tests.e2e.house import House, Pair, Somebody


def live(phone: Phone) -> None:
    """Wait until the page is connected and has caught up."""
    expect(phone.page.locator("html")).to_have_attribute("data-line", "live")


def press(phone: Phone) -> None:
    """Tap the button that stands in the conversation."""
    phone.page.locator(".room [data-help-now]").click()
    expect(phone.page.locator("dialog a[href='tel:112']")).to_be_visible()


def ask(house: House, who: Somebody, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the answer of one call of the contract."""
    headers = {"Authorization": f"Bearer {who.token}"}
    answer = httpx.request(
        method, f"{house.url}/api/v1{path}", headers=headers, json=body, timeout=30
    ).raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def find_call(house: House, mara: Somebody, youth: Somebody) -> dict[str, Any] | None:
    """Return the open escalation of a youth, as a coordinator of the team sees it."""
    rows = ask(house, mara, "GET", "/escalations")["escalations"]
    return next((row for row in rows if row["youth"] == youth.id and row["state"] != "resolved"), None)


def test_one_tap_reaches_the_team_and_the_answer_comes_back(ada: Phone, house: House, pair: Pair) -> None:
    live(ada)
    press(ada)
    expect(ada.page.locator("#help-now-next")).to_contain_text("waarschuwen nu iemand van het team")
    call = find_call(house, pair.mara, pair.ada)
    assert call is not None
    assert call["level"] == "emergency"
    ask(house, pair.mara, "POST", f"/escalations/{call['id']}/acknowledge", {})
    expect(ada.page.locator("#help-now-next")).to_contain_text("gezien door een coördinator")
    ada.page.locator("dialog .sheet-end button").click()
    expect(ada.page.locator("#help-state")).to_contain_text("coördinator")
    assert ada.complaints == []


def test_who_called_finds_the_coordinator_who_came(ada: Phone, house: House, pair: Pair) -> None:
    """The coordinator writes in a line of her own: the way to it is on the screen, wherever the youth is."""
    live(ada)
    press(ada)
    expect(ada.page.locator("#help-now-next")).to_contain_text("waarschuwen nu iemand van het team")
    call = find_call(house, pair.mara, pair.ada)
    assert call is not None
    ask(house, pair.mara, "POST", f"/escalations/{call['id']}/join", {"private": True})
    talks = ask(house, pair.mara, "GET", "/conversations")["conversations"]
    line = next(one["id"] for one in talks if pair.ada.id in {member["id"] for member in one["members"]})
    expect(ada.page.locator("#to-helper")).to_be_visible()
    words = {"m": str(uuid4()), "body": "Ben je nu veilig?"}
    ask(house, pair.mara, "POST", f"/conversations/{line}/messages", words)
    ada.page.locator("dialog .sheet-end button").click()
    ada.page.locator("[data-strip=elsewhere] button").click()
    expect(ada.bubble("Ben je nu veilig?")).to_be_visible()
    assert ada.complaints == []


def test_the_button_works_without_a_socket(phones: HandPhone, house: House, pair: Pair) -> None:
    ada = phones()
    ada.page.route_web_socket("**/ws/v1", lambda socket: socket.close())
    ada.open(pair.ada.token)
    ada.page.locator("[data-help-now]").locator("visible=true").first.click()
    expect(ada.page.locator("#help-now-next")).to_contain_text("waarschuwen nu iemand van het team")
    assert find_call(house, pair.mara, pair.ada) is not None


def test_in_a_tunnel_the_card_is_there_and_the_call_goes_on_afterwards(ada: Phone, house: House, pair: Pair) -> None:
    live(ada)
    ada.context.set_offline(True)
    press(ada)
    expect(ada.page.locator("#help-now-next")).to_contain_text("lukt nog niet")
    ada.context.set_offline(False)
    expect(ada.page.locator("#help-now-next")).to_contain_text("waarschuwen nu iemand van het team")
    assert find_call(house, pair.mara, pair.ada) is not None


def test_an_expert_has_no_such_button(ben: Phone) -> None:
    expect(ben.page.locator("[data-help-now]")).to_have_count(0)
