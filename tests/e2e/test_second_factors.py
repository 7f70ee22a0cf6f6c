"""Second factors in a real browser: passkeys of Chromium's virtual device and an app with codes, in both faces.

Everybody here opens the server by its name: a browser makes no passkey for a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pyotp import TOTP

from server.foundation.clock import read_machine_clock
from tests.e2e.browser import DESKTOP, PHONE, Phone, hand_phone
from tests.e2e.checks import find_serious
from tests.e2e.house import House
from tests.e2e.passkeys import add_device

PASSWORD = "een rustig lang wachtwoord"
A_DRAWING = re.compile(r"^(M\d+ \d+h1v1h-1z){100,}$")  # a QR code has far more dark modules than these
MAKE_PERSON = """
from server.accounts.actions.people import create_person
from server.accounts.models import Team
from server.foundation.clock import read_clock
person = {{"display_name": "{name}", "email": "{name}@example.org", "password": "{password}", "role": "{role}"}}
create_person(team_id=Team.objects.first().id, **person, now=read_clock())
"""
FORGET_PROOF = """
from datetime import timedelta
from django.db.models import F
from server.accounts.models import Session
mine = Session.objects.filter(person__email="{name}@example.org")
assert mine.update(proved_at=F("proved_at") - timedelta(days=1))
"""


@pytest.fixture(scope="module")
def people(house: House) -> Callable[[str, str], None]:
    """Makes somebody with a password, by name and role."""
    house.take_pair()  # there is a team

    def make(name: str, role: str) -> None:
        house.run("shell", "-c", MAKE_PERSON.format(name=name, role=role, password=PASSWORD))

    return make


def forget_proof(house: House, name: str) -> None:
    """Let a day pass since somebody showed who they are."""
    house.run("shell", "-c", FORGET_PROOF.format(name=name))


def find_dialog(page: Page, name: str) -> Locator:
    """Return an open dialog."""
    found = page.locator(f"dialog[data-sheet={name}]")
    expect(found).to_be_visible()
    return found


def make_passkey(page: Page, name: str) -> None:
    """Have the device make a passkey; the list of factors shows it, and codes come with the first factor."""
    page.get_by_role("button", name="Passkey toevoegen").click()
    form = find_dialog(page, "passkey")
    form.get_by_label("Naam voor deze passkey").fill(name)
    form.get_by_role("button", name="Maak de passkey").click()


def keep_codes(page: Page) -> list[str]:
    """Read the recovery codes that are shown this one time, and close them."""
    shown = find_dialog(page, "codes")
    expect(shown.locator("li")).to_have_count(10)
    assert find_serious(page) == []
    codes = shown.locator("li").all_inner_texts()
    shown.get_by_role("button", name="Ik heb ze bewaard").click()
    expect(shown).to_have_count(0)
    return codes


def test_at_the_desk_a_passkey_is_made_signs_in_and_shows_who_one_is(
    browser: Browser, house: House, people: Callable[[str, str], None]
) -> None:
    people("wies", "coordinator")
    wies = hand_phone(browser, house.named_url, size=DESKTOP)
    add_device(wies)
    page = wies.page
    page.goto(f"{house.named_url}/desk/#/account")
    page.get_by_label("E-mailadres").fill("wies@example.org")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.locator("main")).to_contain_text("Je hebt nog geen tweede stap.")
    forget_proof(house, "wies")
    make_passkey(page, "laptop")
    proof = find_dialog(page, "proof")  # a day after signing in
    proof.get_by_label("Wachtwoord").fill(PASSWORD)
    proof.get_by_role("button", name="Ga verder").click()
    first = keep_codes(page)
    expect(page.locator(".factors li")).to_contain_text("laptop")

    page.get_by_role("button", name="Log uit").click()
    page.get_by_label("E-mailadres").fill("wies@example.org")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.locator("form")).to_contain_text("Gebruik je passkey, of vul een van je reservecodes in.")
    page.get_by_role("button", name="Log in met een passkey").click()
    expect(page.locator("#line")).to_have_attribute("data-mood", "live")
    expect(page.locator(".factors li")).to_contain_text("laatst gebruikt")

    forget_proof(house, "wies")
    page.get_by_role("button", name="Nieuwe reservecodes").click()
    find_dialog(page, "proof").get_by_role("button", name="Met een passkey").click()
    assert set(keep_codes(page)).isdisjoint(first)
    make_passkey(page, "nog een keer")
    expect(find_dialog(page, "passkey").get_by_role("alert")).to_have_text(
        "Dit toestel heeft al een passkey voor je account."
    )
    assert wies.complaints == [complaint for complaint in wies.complaints if "status of 40" in complaint]
    wies.context.close()


def test_in_the_app_an_expert_sets_a_second_factor_and_comes_back_with_it(
    browser: Browser, house: House, people: Callable[[str, str], None]
) -> None:
    people("daan", "expert")
    daan = hand_phone(browser, house.named_url, size=PHONE)
    add_device(daan)
    page = daan.page
    enter(daan)
    page.get_by_role("button", name="App met codes").click()
    form = find_dialog(page, "totp")
    expect(form.locator("svg.qr path")).to_have_attribute("d", A_DRAWING)
    app = TOTP(form.locator(".secret").inner_text())
    assert find_serious(page) == []
    form.get_by_label("De code die de app nu toont").fill(app.now())
    form.get_by_role("button", name="Bevestig").click()
    keep_codes(page)
    expect(page.get_by_role("button", name="App met codes")).to_have_count(0)  # there is one

    sign_out(daan)
    enter(daan, app)
    make_passkey(page, "telefoon")
    expect(page.locator(".factors li")).to_have_count(2)
    assert find_serious(page) == []
    sign_out(daan)
    page.locator("[data-way=expert]").click()
    page.get_by_role("button", name="Inloggen met een passkey").click()
    page.locator("[data-open=mine]").click()
    expect(page.locator("#more-me")).to_contain_text("daan")
    page.locator(".factors li", has_text="telefoon").get_by_role("button", name="Haal weg").click()
    find_dialog(page, "remove-factor").get_by_role("button", name="Haal weg").click()
    expect(page.locator(".factors li")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert daan.complaints == [complaint for complaint in daan.complaints if "status of 401" in complaint]
    daan.context.close()


def enter(phone: Phone, app: TOTP | None = None) -> None:
    """Sign in to the app with a password, with the next code where there is an app, and open the own page."""
    page = phone.page
    phone.open()
    page.locator("[data-way=expert]").click()
    form = page.locator("#sign-in")
    form.locator("[name=email]").fill("daan@example.org")
    form.locator("[name=password]").fill(PASSWORD)
    form.locator(".primary").click()
    if app is not None:
        form.get_by_label("Code").fill(app.at(read_machine_clock(), counter_offset=1))
        form.locator(".primary").click()
    page.locator("[data-open=mine]").click()
    expect(page.locator("#factors")).to_contain_text("tweede stap" if app is None else "reservecodes over")


def sign_out(phone: Phone) -> None:
    """Sign out of the app by its own page."""
    phone.page.locator("#sign-out").click()
    phone.page.locator("#sign-out-now").click()
    expect(phone.page.locator("#intro-note")).to_be_visible()
