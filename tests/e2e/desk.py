"""The coordinators' desk in a browser: the demo team behind it, and the ways into each of its screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import Phone
from tests.e2e.house import House

PASSWORD = "een rustig lang wachtwoord"
MAKE_NOOR_AND_OLGA = """
from server.accounts.actions import create_person, start_session
from server.accounts.queries import list_team_cards
from server.foundation.clock import read_clock
team, now = list_team_cards("Demo Warmlijn")[0].team_id, read_clock()
for role, name in (("coordinator", "Noor"), ("admin", "Olga")):
    given = {{"display_name": name, "email": f"{{name.lower()}}@example.org", "password": {password!r}}}
    person = create_person(team_id=team, role=role, **given, now=now)
    token = start_session(person_id=person.id, device_name="laptop", now=now)[1]
    print(role, name, "#token=" + token)
"""
PATIENCE_MS = 20_000
MOST_TABS = 80
_GO = """async ([wanted, patience]) => {
  const until = performance.now() + patience;
  if (location.hash !== wanted) {
    const moved = new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
    location.hash = wanted;
    await moved;
  }
  for (let calm = 0; calm < 3 && performance.now() < until; ) {
    await new Promise(requestAnimationFrame);
    const isThere = document.querySelector("main h1, main .note[role=alert]");
    calm = isThere && !document.querySelector("main [aria-busy=true]:not(button)") ? calm + 1 : 0;
  }
  return performance.now() < until;
}"""


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

    def enrol(self, name: str) -> Team:
        """Have somebody come in by an invitation of Mara's; return the team with them."""
        given = {"code": self.ask("Mara", "POST", "/invitations", {})["code"], "display_name": name}
        token = self.ask("Mara", "POST", "/enrol", given | {"device_name": "phone"})["token"]
        return Team(self.house, self.tokens | {name: token})

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


def read_team(house: House, also: str = "") -> Team:
    """Return the demo team with fresh sessions; it is made at the first call.

    `also` is run after it, in the same process, and may print further people as the demo does: role, name, link.
    """
    demo = f"from django.core.management import call_command\ncall_command('demo', url={house.url!r})\n"
    output = house.run("shell", "-c", demo + also) if also else house.run("demo", "--url", house.url)
    lines = [line.split() for line in output.splitlines() if "#token=" in line]
    return Team(house, {name: link.partition("#token=")[2] for _, name, link in lines})


def sit_down(phone: Phone, team: Team, name: str = "Mara") -> None:
    """Open the desk with somebody's link and wait until it is live."""
    phone.page.goto(f"{phone.home}/desk/#token={team.tokens[name]}")
    expect(phone.page.locator("#line")).to_have_attribute("data-mood", "live")


def go(phone: Phone, place: str) -> None:
    """Go to a screen ("pairing/week") and wait until it has loaded what it shows.

    Looked at frame by frame in the page: asking from outside costs a tenth of a second and more for each screen.
    """
    assert phone.page.evaluate(_GO, ["#/" + place, PATIENCE_MS]), f"{place} did not load"


def walk_to(phone: Phone, target: Locator) -> None:
    """Press Tab until something has the focus: whoever has no mouse comes there too."""
    target.wait_for()
    for _ in range(MOST_TABS):
        if target.evaluate("one => one === document.activeElement"):
            return
        phone.page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached with Tab")


def choose_by_keys(phone: Phone, label: str, choice: str) -> None:
    """Walk to a drop-down and choose by typing."""
    field = phone.page.get_by_label(label, exact=True)
    walk_to(phone, field)
    for _ in range(3):
        phone.page.keyboard.type(choice)
        if field.locator("option:checked").inner_text() == choice:
            return
        phone.page.wait_for_timeout(1_500)  # the browser forgets what was typed a while ago: begin anew
    expect(field.locator("option:checked")).to_have_text(choice)


def press_button(phone: Phone, name: str) -> None:
    """Walk to a button of the page and press it."""
    walk_to(phone, phone.page.get_by_role("button", name=name, exact=True).first)
    phone.page.keyboard.press("Enter")


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


def type_into(phone: Phone, dialog: Locator, label: str, text: str) -> None:
    """Type into a field of a dialog, and press its button."""
    walk_to(phone, dialog.get_by_label(label))
    phone.page.keyboard.type(text)
    walk_to(phone, dialog.locator("button[type=submit]"))
    press(phone.page, "Enter")
    expect(dialog).to_have_count(0)


def make_link(phone: Phone, role: str, name: str) -> str:
    """Have whoever sits there invite somebody; return the link."""
    go(phone, "people/invite")
    phone.page.get_by_label(role, exact=True).check()
    phone.page.get_by_label("Naam", exact=True).fill(name)
    phone.page.get_by_role("button", name="Maak een uitnodiging").click()
    return phone.page.locator(".made").get_by_label("Link", exact=True).input_value()


def make_account(phone: Phone, name: str, email: str) -> None:
    """Choose a name, an address and a password."""
    phone.page.get_by_label("Je naam").fill(name)
    phone.page.get_by_label("E-mailadres").fill(email)
    phone.page.get_by_label("Wachtwoord").fill(PASSWORD)
    phone.page.get_by_role("button", name="Account maken").click()


def expect_roles(phone: Phone, roles: list[str]) -> None:
    """See whom the person at the desk may invite."""
    go(phone, "people/invite")
    expect(phone.page.get_by_role("group", name="Wie nodig je uit?").locator("label")).to_have_text(roles)


def press(page: Page, *keys: str) -> None:
    """Press one key after another."""
    for key in keys:
        page.keyboard.press(key)


def press_in(phone: Phone, name: str, *keys: str) -> None:
    """Press keys in a dialog, the last of which does it, and see it close: until then no shortcut is heard."""
    dialog = find_dialog(phone, name)
    press(phone.page, *keys)
    expect(dialog).to_have_count(0)


def find_upheld(phone: Phone, why: str) -> None:
    """Find that the complaint is right."""
    phone.page.get_by_role("button", name="Geef je oordeel").click()
    dialog = find_dialog(phone, "complain-decide")
    dialog.get_by_label("gegrond", exact=True).check()
    dialog.get_by_label("Waarom").fill(why)
    confirm(phone, "complain-decide")


def keep_file(mara: Phone) -> None:
    """Write into the case file what is to be done and do it, and take the first step of the meldcode."""
    mara.page.locator("h1").focus()
    press(mara.page, "d")
    press_button(mara, "Begin een dossier")
    press_button(mara, "Voeg toe")
    dialog = find_dialog(mara, "entry")
    choose_by_keys(mara, "Soort", "Wat nog moet")
    type_into(mara, dialog, "Tekst", "Lots mentor bellen.")
    expect(mara.page.locator(".entries")).to_contain_text("Lots mentor bellen.")
    press_button(mara, "Gedaan")
    expect(mara.page.locator(".entries")).to_contain_text("gedaan")
    mara.page.locator("h1").focus()
    press(mara.page, "m")
    press_button(mara, "Begin de meldcode")
    press_button(mara, "Leg vast")
    type_into(mara, find_dialog(mara, "meldcode"), "Wat en waarom", "Slaapt buiten.")
    expect(mara.page.locator(".meldcode [aria-current=step]")).to_contain_text("Overleg")


def hand_over(mara: Phone) -> None:
    """Hand the escalation over to a professional, by keyboard."""
    mara.page.locator("h1").focus()
    press(mara.page, "o")
    dialog = find_dialog(mara, "hand-over")
    walk_to(mara, dialog.locator("input[type=radio]").first)
    press(mara.page, "Space")
    type_into(mara, dialog, "Wie heeft wat gehoord", "De mentor: alles.")


def save_shift(mara: Phone) -> None:
    """Press the button of the open shift, by keyboard."""
    walk_to(mara, find_dialog(mara, "shift").locator("button[type=submit]"))
    press(mara.page, "Enter")
    expect(mara.page.locator("dialog")).to_have_count(0)


def ask_noor_to_take_a_night(mara: Phone) -> None:
    """Ask a colleague for a swap and have test calls sent, both by keyboard."""
    own = mara.page.locator(".shift[data-kind=on_call]", has_text="Mara").last
    walk_to(mara, own.locator("button"))
    press(mara.page, "Enter")
    find_dialog(mara, "shift")
    choose_by_keys(mara, "Vraag iemand om over te nemen", "Noor")
    save_shift(mara)
    expect(mara.page.locator("main")).to_contain_text("Mara (jij) → Noor")
    press_button(mara, "Stuur proefoproepen")
    expect(mara.page.locator(".toast")).to_contain_text("proefoproep")


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
