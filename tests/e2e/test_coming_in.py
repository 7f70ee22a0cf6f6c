"""The page without a token, and the ways in and out: honest words, invitation, recovery, password, sign-out."""

from __future__ import annotations

import gettext
import re

import httpx
from playwright.sync_api import expect

from server.web.shell_files import LATER
from tests.e2e.browser import Phone
from tests.e2e.conftest import HandPhone
from tests.e2e.house import REPOSITORY, House, Pair

WORDS = REPOSITORY / "server" / "web" / "locale" / "nl" / "LC_MESSAGES"
STATIC = REPOSITORY / "server" / "web" / "static"
REFUSE_COPYING = """() => {
  navigator.clipboard.writeText = () => Promise.reject(new DOMException("no", "NotAllowedError"));
}"""


SIGN_IN_FOR_GOOD = """() => {
  localStorage.setItem("warmlijn.token", sessionStorage.getItem("warmlijn.token"));
  sessionStorage.removeItem("warmlijn.token");
  localStorage.setItem("warmlijn.choice.theme", "dark");
}"""


def invite(house: House) -> dict[str, str]:
    """Have a coordinator make an invitation."""
    mara = house.take_coordinator()
    answer = httpx.post(
        f"{house.url}/api/v1/invitations", json={}, headers={"Authorization": f"Bearer {mara.token}"}, timeout=30
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def come_in(phone: Phone, link: str, name: str) -> None:
    """Follow an invitation and say how to be called."""
    phone.page.goto(link)
    phone.page.locator("#enrol [name=display_name]").fill(name)
    phone.page.locator("#enrol .primary").click()


def test_a_visitor_reads_what_this_is_and_who_can_read(phones: HandPhone) -> None:
    eve = phones()
    eve.open()
    page = eve.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Iemand die weet hoe het is.")
    expect(page.get_by_role("main")).to_contain_text("Het is geen end-to-end-versleuteling.")
    expect(page.get_by_role("link", name="Bel 112")).to_have_attribute("href", "tel:112")
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


def test_an_invitation_becomes_an_account_and_its_recovery_code_leads_back_in(phones: HandPhone, house: House) -> None:
    zoe = phones()
    come_in(zoe, invite(house)["link"], "Zoë")
    expect(zoe.page.get_by_role("heading", level=1)).to_have_text("Welkom, Zoë")
    assert zoe.page.url == f"{zoe.home}/"
    code = zoe.page.locator("#recovery-code").inner_text()
    zoe.page.evaluate(REFUSE_COPYING)
    zoe.page.locator("#copy-code").click()
    expect(zoe.page.locator(".recovery .form-note")).to_contain_text("Kopiëren lukte hier niet.")
    zoe.page.locator("#to-talk").click()
    expect(zoe.page.locator("#waiting")).to_contain_text("Je staat op de wachtlijst")
    expect(zoe.page.locator("#composer")).to_have_count(0)
    again = phones()
    again.open()
    again.page.locator("[data-way=again]").click()
    again.page.locator("#recover [name=code]").fill(code)
    again.page.get_by_label("Dit is niet mijn eigen telefoon of computer").check()
    again.page.locator("#recover .primary").click()
    expect(again.page.get_by_role("heading", level=1)).to_have_text("Fijn dat je er weer bent, Zoë")
    expect(again.page.locator("#recovery-code")).not_to_have_text(code)
    assert again.page.evaluate("[sessionStorage.getItem('warmlijn.borrowed'), localStorage.length]") == ["1", 0]
    zoe.page.locator("[data-open=mine]").click()
    expect(zoe.page.locator(".devices li")).to_have_count(2)
    expect(zoe.page.locator(".devices")).to_contain_text("met je herstelcode binnengekomen")
    expect(zoe.page.locator(".devices")).to_contain_text("ingelogd sinds")
    assert zoe.complaints == again.complaints == []


def test_a_used_code_gets_a_kind_sentence(phones: HandPhone, house: House) -> None:
    link = invite(house)["link"]
    first, second = phones(), phones()
    come_in(first, link, "Zoë")
    expect(first.page.locator("#to-talk")).to_be_visible()
    come_in(second, link, "Zoë")
    expect(second.page.locator("#enrol .form-note")).to_contain_text("Vraag je coördinator om een nieuwe.")
    expect(second.page.locator("html")).to_have_attribute("data-face", "intro")
    expect(second.page.locator("#enrol [name=display_name]")).to_have_value("Zoë")


def test_a_wrong_password_gets_a_kind_sentence(phones: HandPhone) -> None:
    eve = phones()
    eve.open()
    eve.page.locator("[data-way=expert]").click()
    eve.page.locator("#sign-in [name=email]").fill("mara@example.org")
    eve.page.locator("#sign-in [name=password]").fill("not the password")
    eve.page.locator("#sign-in .primary").click()
    expect(eve.page.locator("#sign-in .form-note")).to_contain_text("horen niet bij elkaar")


def test_signing_out_forgets_everything_and_ends_the_link(ada: Phone, house: House, pair: Pair) -> None:
    """Also what was not sent; how the device looks is no person's and stays."""
    ada.page.evaluate(SIGN_IN_FOR_GOOD)
    ada.page.reload()
    expect(ada.page.locator("html")).to_have_attribute("data-line", "live")
    ada.context.route("**/api/v1/realtime/tickets", lambda route: route.abort())
    ada.context.set_offline(True)
    ada.write("Nog niet weg")
    expect(ada.state_of("Nog niet weg")).to_contain_text("wacht op verbinding")
    ada.context.set_offline(False)
    assert ada.outbox == ["Nog niet weg"]
    ada.page.locator(".back").click()
    ada.page.locator("[data-open=mine]").click()
    ada.page.locator("#sign-out").click()
    expect(ada.page.locator("dialog .note")).to_contain_text("Er staat nog een bericht klaar")
    ada.page.locator("#sign-out-now").click()
    expect(ada.page.locator("#intro-note")).to_have_text("Je bent uitgelogd.")
    assert ada.outbox == []
    assert ada.page.evaluate("[sessionStorage.length, Object.keys(localStorage)]") == [0, ["warmlijn.choice.theme"]]
    again = httpx.get(f"{house.url}/api/v1/me", headers={"Authorization": f"Bearer {pair.ada.token}"}, timeout=30)
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
    modules = [path for folder in ("app", "lib") for path in (STATIC / folder).glob("*.js")]
    assert modules
    assert [path.name for path in modules if markup.search(path.read_text(encoding="utf-8"))] == []


def test_every_module_is_asked_for_at_once(house: House) -> None:
    """On a slow line the imports of imports would each wait for the one before."""
    page = httpx.get(f"{house.url}/").text
    asked = set(re.findall(r'rel="modulepreload" href="/static/([\w./-]+)"', page))
    wanted = {path for folder in ("app", "lib", "vendor") for path in (STATIC / folder).glob("*.js")}
    entry = {"app/main.js", "app/worker.js", "lib/early.js"}
    assert asked == {path.relative_to(STATIC).as_posix() for path in wanted} - entry - LATER | {"app/words-nl.js"}
