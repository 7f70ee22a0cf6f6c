"""The help button in a real browser: one tap, and a coordinator sees it; with the card on the screen whatever fails."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Phone
from tests.e2e.conftest import HandPhone
from tests.e2e.house import House


@dataclass(frozen=True)
class Team:
    """The tokens of a youth, her buddy and a coordinator of one team."""

    ada: str
    ben: str
    mara: str


@pytest.fixture
def team(house: House) -> Team:
    """A team of three."""
    printed = house.run("seed", "--pairs", "1", "--coordinators", "1", "--json", "-")
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    people = {name: value["token"] for line in lines for name, value in line.items() if name != "conversation"}
    return Team(people["youth"], people["expert"], people["coordinator"])


def open_phone(phones: HandPhone, token: str, *, is_live: bool = True) -> Phone:
    """Return a phone with its link followed."""
    phone = phones()
    phone.open(token)
    if is_live:
        expect(phone.page.locator("html")).to_have_attribute("data-line", "live")
    return phone


def press(phone: Phone) -> None:
    """Tap the button that stands in the conversation."""
    phone.page.locator(".room [data-help-now]").click()
    expect(phone.page.locator("#help-now a[href='tel:112']")).to_be_visible()


def take_step(coordinator: Phone, text: str) -> None:
    """Press the one button that the desk shows now."""
    coordinator.page.locator("#desk-list button", has_text=text).click()


def test_one_tap_reaches_the_coordinator_and_the_answer_comes_back(phones: HandPhone, team: Team) -> None:
    mara, ada = open_phone(phones, team.mara), open_phone(phones, team.ada)
    expect(mara.page.locator("#desk-note")).to_have_text("Er vraagt nu niemand om hulp.")
    press(ada)
    expect(ada.page.locator("#help-now-next")).to_contain_text("waarschuwen nu iemand van het team")
    expect(mara.page.locator("#desk-list li")).to_contain_text("Noodgeval")
    take_step(mara, "Ik pak dit op")
    expect(ada.page.locator("#help-now-next")).to_contain_text("gezien door een coördinator")
    take_step(mara, "Naar het gesprek")
    expect(mara.page.locator("#composer")).to_be_visible()
    expect(ada.page.locator("#help-state")).to_contain_text("coördinator")
    take_step(mara, "Afronden: veilig")
    expect(ada.page.locator("#help-state")).to_contain_text("Dit is afgerond")
    expect(mara.page.locator("#desk-note")).to_have_text("Er vraagt nu niemand om hulp.")
    assert ada.complaints == mara.complaints == []


def test_the_button_works_without_a_socket(phones: HandPhone, team: Team) -> None:
    ada = phones()
    ada.page.route_web_socket("**/ws/v1", lambda socket: socket.close())
    ada.open(team.ada)
    ada.page.locator(".rail [data-help-now], .room [data-help-now]").locator("visible=true").first.click()
    expect(ada.page.locator("#help-now-next")).to_contain_text("waarschuwen nu iemand van het team")
    mara = open_phone(phones, team.mara)
    expect(mara.page.locator("#desk-list li")).to_have_count(1)


def test_in_a_tunnel_the_card_is_there_and_the_call_goes_on_afterwards(phones: HandPhone, team: Team) -> None:
    ada, mara = open_phone(phones, team.ada), open_phone(phones, team.mara)
    ada.context.set_offline(True)
    press(ada)
    expect(ada.page.locator("#help-now-next")).to_contain_text("lukt nog niet")
    ada.context.set_offline(False)
    expect(ada.page.locator("#help-now-next")).to_contain_text("waarschuwen nu iemand van het team")
    expect(mara.page.locator("#desk-list li")).to_have_count(1)


def test_an_expert_has_no_such_button_and_no_desk(phones: HandPhone, team: Team) -> None:
    ben = open_phone(phones, team.ben)
    expect(ben.page.locator("[data-help-now]").locator("visible=true")).to_have_count(0)
    expect(ben.page.locator("#desk")).to_be_hidden()
