"""The page without a token, and the ways in and out: honest words, invitation, password, language, sign-out."""

from __future__ import annotations

import gettext
import re

import httpx
from playwright.sync_api import expect

from tests.e2e.browser import Phone
from tests.e2e.conftest import HandPhone
from tests.e2e.house import REPOSITORY, House

WORDS = REPOSITORY / "server" / "web" / "locale" / "nl" / "LC_MESSAGES"
STATIC = REPOSITORY / "server" / "web" / "static" / "web"


def invite(house: House) -> dict[str, str]:
    """Have a coordinator make an invitation."""
    mara = house.take_coordinator()
    answer = httpx.post(f"{house.url}/api/v1/invitations", json={}, headers={"Authorization": f"Bearer {mara.token}"})
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def test_a_visitor_reads_what_this_is_and_who_can_read(phones: HandPhone) -> None:
    eve = phones()
    eve.open()
    page = eve.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Iemand die weet hoe het is.")
    expect(page.get_by_role("main")).to_contain_text("Het is geen end-to-end-versleuteling.")
    expect(page.get_by_text("make run")).to_be_visible()
    expect(page.get_by_role("link", name="Bel 112")).to_have_attribute("href", "tel:112")
    expect(page.locator(".talk")).to_be_hidden()
    assert eve.complaints == []


def test_english_stands_beside_dutch_and_is_remembered(phones: HandPhone) -> None:
    eve = phones()
    eve.open()
    expect(eve.page.locator("html")).to_have_attribute("lang", "nl")
    eve.page.get_by_role("link", name="English").click()
    expect(eve.page.locator("html")).to_have_attribute("lang", "en")
    expect(eve.page.get_by_role("heading", name="Who can read my messages?")).to_be_visible()
    eve.open()
    expect(eve.page.locator("html")).to_have_attribute("lang", "en")
    assert eve.page.url == f"{eve.home}/"
    assert eve.complaints == []


def test_an_invitation_link_becomes_an_account(phones: HandPhone, house: House) -> None:
    link, zoe = invite(house)["link"], phones()
    zoe.page.goto(link)
    expect(zoe.page.locator("#enrol-code")).not_to_have_value("")
    assert zoe.page.url == f"{zoe.home}/"
    zoe.page.locator("#enrol-name").fill("Zoë")
    zoe.page.locator("#enrol button").click()
    expect(zoe.page.locator("#beginning-title")).to_have_text("Je hebt nog geen gesprek")
    expect(zoe.page.locator("#composer")).to_be_hidden()
    assert zoe.complaints == []


def test_a_used_code_gets_a_kind_sentence(phones: HandPhone, house: House) -> None:
    code = invite(house)["code"]
    for phone in (phones(), phones()):
        phone.open()
        phone.page.locator("#enrol-code").fill(code)
        phone.page.locator("#enrol-name").fill("Zoë")
        phone.page.locator("#enrol button").click()
        last = phone.page
    expect(last.locator("#enrol .form-note")).to_contain_text("Vraag je coördinator om een nieuwe.")
    expect(last.locator("html")).to_have_attribute("data-face", "intro")


def test_a_wrong_password_gets_a_kind_sentence(phones: HandPhone) -> None:
    eve = phones()
    eve.open()
    eve.page.locator("#staff summary").click()
    eve.page.locator("#sign-in-email").fill("mara@example.org")
    eve.page.locator("#sign-in-password").fill("not the password")
    eve.page.locator("#sign-in button").click()
    expect(eve.page.locator("#sign-in .form-note")).to_contain_text("horen niet bij elkaar")


def test_a_coordinator_sees_an_honest_empty_page(phones: HandPhone, house: House) -> None:
    mara = phones()
    mara.open(house.take_coordinator().token)
    expect(mara.page.locator("#beginning-text")).to_contain_text("Meldingen van je team zie je hierboven.")
    expect(mara.page.locator("#composer")).to_be_hidden()
    assert mara.complaints == []


def test_signing_out_forgets_everything_and_ends_the_link(ada: Phone, house: House) -> None:
    expect(ada.page.locator("html")).to_have_attribute("data-line", "live")
    token = ada.page.evaluate("sessionStorage.getItem('warmlijn.token')")
    ada.page.get_by_role("button", name="Meer").click()
    ada.page.get_by_role("button", name="Uitloggen").click()
    expect(ada.page.locator("#intro-note")).to_have_text("Je bent uitgelogd.")
    assert ada.page.evaluate("sessionStorage.length") == 0
    again = httpx.get(f"{house.url}/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert again.status_code == 401


def test_the_page_holds_no_inline_script_or_style(house: House) -> None:
    answer = httpx.get(f"{house.url}/")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", answer.text)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_compiled_dutch_is_that_of_the_words_file() -> None:
    """`msgfmt` is no part of the set-up, so the compiled file is kept beside its source and must agree with it."""
    source = (WORDS / "django.po").read_text(encoding="utf-8")
    written = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE))
    with (WORDS / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    assert written.keys() == {key for key in catalogue._catalog if key}  # type: ignore[attr-defined]
    assert all(catalogue.gettext(key) == text for key, text in written.items())


def test_modules_make_no_markup_from_text() -> None:
    """What a person wrote is only ever put in as text."""
    markup = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
    modules = list(STATIC.glob("*.js"))
    assert modules
    assert [path.name for path in modules if markup.search(path.read_text(encoding="utf-8"))] == []


def test_every_module_is_asked_for_at_once(house: House) -> None:
    """On a slow line the imports of imports would each wait for the one before."""
    page = httpx.get(f"{house.url}/").text
    asked = set(re.findall(r'rel="modulepreload" href="/static/web/([\w.-]+)"', page))
    assert asked == {path.name for path in STATIC.glob("*.js")} - {"early.js", "main.js"}
