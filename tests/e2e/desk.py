"""The coordinators' desk in a browser: the demo team behind it, and the ways into each of its screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import Locator, expect

from tests.e2e.browser import Phone
from tests.e2e.house import House


@dataclass(frozen=True)
class Team:
    """The demo team of a house: sessions by name, and calls that its people make without a screen."""

    house: House
    tokens: dict[str, str]

    def ask(self, name: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return what one of them is answered; None for an empty answer."""
        answer = httpx.request(
            method,
            f"{self.house.url}/api/v1{path}",
            headers={"Authorization": f"Bearer {self.tokens[name]}"},
            json=body,
            timeout=30,
        )
        assert answer.is_success, f"{name} {method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def find_talk(self, name: str) -> str:
        """Return the conversation that somebody has."""
        found: str = self.ask(name, "GET", "/conversations")["conversations"][0]["id"]
        return found

    def raise_worry(self, level: str, note: str) -> str:
        """Have Sam worry about Lot; return the escalation."""
        worry = self.ask(
            "Sam", "POST", f"/conversations/{self.find_talk('Sam')}/worries", {"level": level, "note": note}
        )
        escalation: str = worry["escalation"]["id"]
        return escalation

    def press_help(self) -> str:
        """Have Ada press the help button; return the escalation."""
        escalation: str = self.ask("Ada", "POST", "/help", {"note": "Ik durf niet naar huis."})["escalation"]["id"]
        return escalation

    def end_all(self) -> None:
        """Have Mara end whatever is open."""
        for one in self.ask("Mara", "GET", "/escalations")["escalations"]:
            if one["state"] == "open":
                self.ask("Mara", "POST", f"/escalations/{one['id']}/acknowledge")
            self.ask("Mara", "POST", f"/escalations/{one['id']}/resolve", {"outcome": "safe"})


def read_team(house: House) -> Team:
    """Return the demo team with fresh sessions; it is made at the first call."""
    lines = [line.split() for line in house.run("demo", "--url", house.url).splitlines() if "#token=" in line]
    return Team(house, {name: link.partition("#token=")[2] for _, name, link in lines})


def sit_down(phone: Phone, team: Team, name: str = "Mara") -> None:
    """Open the desk with somebody's link and wait until it is live."""
    phone.page.goto(f"{phone.home}/desk/#token={team.tokens[name]}")
    expect(phone.page.locator("#line")).to_have_attribute("data-mood", "live")


def go(phone: Phone, place: str) -> None:
    """Go to a screen ("pairing/week") and wait until it has loaded what it shows."""
    phone.page.evaluate("place => { location.hash = '/' + place; }", place)
    expect(phone.page.locator("main h1, main .note[role=alert]").first).to_be_visible()
    expect(phone.page.locator("main [aria-busy=true]:not(button)")).to_have_count(0)


def press_offered(phone: Phone, letter: str) -> None:
    """Press the letter of a button once the button is there."""
    expect(phone.page.locator(f"main [aria-keyshortcuts={letter}]").first).to_be_visible()
    phone.page.keyboard.press(letter)


def find_dialog(phone: Phone, name: str) -> Locator:
    """Return an open dialog by its name."""
    found = phone.page.locator(f"dialog[data-sheet={name}]")
    expect(found).to_be_visible()
    return found


def confirm(phone: Phone, name: str) -> None:
    """Press the button of a dialog that does it, and see it close."""
    dialog = find_dialog(phone, name)
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0)


def list_places(team: Team) -> dict[str, str]:
    """Return every screen of the desk by a name for pictures."""
    waiting = team.ask("Mara", "GET", "/waiting-list")["waiting"][0]["youth"]["id"]
    pairings = team.ask("Mara", "GET", "/pairings")["pairings"]
    active = next(one for one in pairings if one["state"] == "active")
    return {
        "tonight": "tonight",
        "earlier": "earlier",
        "readings": "glass",
        "complaints": "complaints",
        "waiting": "pairing/waiting",
        "candidates": f"pairing/youth/{waiting}",
        "together": "pairing/together",
        "pairings": f"pairing/pairs/{active['id']}",
        "silence": "pairing/signals",
        "week": "pairing/week",
        "people": "people/all",
        "person": f"people/one/{active['expert']['id']}",
        "invite": "people/invite",
        "settings": "people/settings",
        "roster": "roster",
        "insight-contacts": "insight/contacts",
        "insight-hours": "insight/hours",
        "insight-waiting": "insight/waiting",
        "insight-escalations": "insight/escalations",
        "insight-buddies": "insight/buddies",
        "account": "account",
    }
