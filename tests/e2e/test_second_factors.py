"""Second factors in a real browser: passkeys of Chromium's virtual device and an app with codes, in both faces.

Everybody here opens the server by its name: a browser makes no passkey for a number.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

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
MAKE_PEOPLE = """
from server.accounts.actions.people import create_person
from server.accounts.models import Team
from server.foundation.clock import read_clock
team = Team.objects.first().id
for name, role in {{"wies": "coordinator", "daan": "expert"}}.items():
    person = {{"display_name": name, "email": f"{{name}}@example.org", "password": "{password}", "role": role}}
    create_person(team_id=team, **person, now=read_clock())
"""
FORGET_PROOF = """
UPDATE accounts_session SET proved_at = datetime(proved_at, '-1 day')
WHERE person_id = (SELECT id FROM accounts_person WHERE email = ?)
"""


@pytest.fixture(scope="module")
def house(house: House) -> House:
    """The house, with a coordinator and an expert who have passwords."""
    house.take_pair()  # there is a team
    house.run("shell", "-c", MAKE_PEOPLE.format(password=PASSWORD))
    return house


def forget_proof(house: House, name: str) -> None:
    """Let a day pass since somebody showed who they are."""
    with closing(sqlite3.connect(house.settings["DATABASE_URL"].removeprefix("sqlite:///"), timeout=20)) as database:
        assert database.execute(FORGET_PROOF, [f"{name}@example.org"]).rowcount > 0
        database.commit()


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


def test_at_the_desk_a_passkey_is_made_signs_in_and_shows_who_one_is(browser: Browser, house: House) -> None:
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


def test_in_the_app_an_expert_sets_a_second_factor_and_comes_back_with_it(browser: Browser, house: House) -> None:
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
    codes = keep_codes(page)
    expect(page.get_by_role("button", name="App met codes")).to_have_count(0)  # there is one

    sign_out(daan)
    enter(daan, app.at(read_machine_clock(), counter_offset=1))
    tablet = hand_phone(browser, house.named_url, size=PHONE)
    enter(tablet, codes[0])
    make_passkey(page, "telefoon")
    expect(page.locator(".factors li")).to_have_count(2)
    assert find_serious(page) == []
    news = tablet.page.locator("[data-strip=account]")
    expect(news).to_contain_text("Er is een tweede stap bij je account gezet. Dat was op: Chrome, Linux.")
    expect(page.locator("[data-strip=account]")).to_have_count(0)  # who did it knows
    sign_out(daan)
    page.locator("[data-way=expert]").click()
    page.get_by_role("button", name="Inloggen met een passkey").click()
    page.locator("[data-open=mine]").click()
    expect(page.locator("#more-me")).to_contain_text("daan")
    page.locator(".factors li", has_text="telefoon").get_by_role("button", name="Haal weg").click()
    find_dialog(page, "remove-factor").get_by_role("button", name="Haal weg").click()
    expect(page.locator(".factors li")).to_have_count(1)
    expect(tablet.page.locator("#intro-note")).to_be_visible()  # the other sessions have ended
    page.get_by_text("Wat er veranderde").click()
    expect(page.locator(".changes li").first).to_contain_text("tweede stap weggehaald")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert daan.complaints == [complaint for complaint in daan.complaints if "status of 401" in complaint]
    daan.context.close()
    tablet.context.close()


def enter(phone: Phone, code: str = "") -> None:
    """Sign in to the app with a password, and a code where one is asked for; open the own page."""
    page = phone.page
    phone.open()
    page.locator("[data-way=expert]").click()
    form = page.locator("#sign-in")
    form.locator("[name=email]").fill("daan@example.org")
    form.locator("[name=password]").fill(PASSWORD)
    form.locator(".primary").click()
    if code:
        form.get_by_label("Code").fill(code)
        form.locator(".primary").click()
    page.locator("[data-open=mine]").click()
    expect(page.locator("#factors")).to_contain_text("reservecodes over" if code else "Je hebt nog geen tweede stap.")


def sign_out(phone: Phone) -> None:
    """Sign out of the app by its own page."""
    phone.page.locator("#sign-out").click()
    phone.page.locator("#sign-out-now").click()
    expect(phone.page.locator("#intro-note")).to_be_visible()
