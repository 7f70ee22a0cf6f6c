"""What goes wrong for people: a clear sentence each time, and nothing lost."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import Route, expect

from tests.e2e.browser import Phone
from tests.e2e.conftest import HandPhone
from tests.e2e.house import House, Pair
from tests.e2e.test_app_journeys import ask, live

PORTAL = "<html><body>Log in op deze wifi</body></html>"
# Six hours late: what a phone says whose owner set it by hand.
WRONG_CLOCK = """
  const RealDate = Date;
  const LATE = 6 * 3600_000;
  globalThis.Date = class extends RealDate {
    constructor(...given) { given.length ? super(...given) : super(RealDate.now() - LATE); }
    static now() { return RealDate.now() - LATE; }
  };
"""
HAS_ONE_SHELL = """async () => {
  for (let look = 0; look < 200; look++) {
    if ((await caches.keys()).length === 1) return true;
    await new Promise((go) => setTimeout(go, 100));
  }
  return false;
}"""
COMES_TO_NOTHING = """async () => {
  for (let look = 0; look < 200; look++) {
    const kept = [...(await caches.keys()), ...(await navigator.serviceWorker.getRegistrations())];
    if (kept.length === 0) return true;
    await new Promise((go) => setTimeout(go, 100));
  }
  return false;
}"""
# As the box "Dit is niet mijn eigen telefoon of computer" does (test_coming_in).
BORROW = """(token) => {
  sessionStorage.setItem("warmlijn.token", token);
  sessionStorage.setItem("warmlijn.borrowed", "1");
}"""
SESSION_ENDS = """async (token) => {
  for (let look = 0; look < 300; look++) {
    const answer = await fetch("/api/v1/me", { headers: { Authorization: `Bearer ${token}` } });
    if (answer.status === 401) return true;
    await new Promise((go) => setTimeout(go, 100));
  }
  return false;
}"""
FULL_STORAGE = """
  IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
"""


def test_a_captive_portal_is_named_and_nothing_is_lost(ada: Phone, ben: Phone) -> None:
    live(ada)
    ada.context.route("**/api/v1/**", _answer_as_portal)
    ada.page.reload()
    expect(ada.page.locator("[data-strip=line]")).to_contain_text("Je wifi wil eerst dat je inlogt.")
    ada.context.unroute_all()
    live(ada)
    ada.write("Ik ben er weer")
    expect(ben.bubble("Ik ben er weer")).to_have_count(1)


def test_a_session_that_ended_elsewhere_says_so_and_keeps_what_was_unsent(ada: Phone, house: House, pair: Pair) -> None:
    live(ada)
    sessions = ask(house, pair.ada.token, "GET", "/sessions")["sessions"]
    ada.context.set_offline(True)
    ada.write("Nog niet weg")
    expect(ada.state_of("Nog niet weg")).to_contain_text("wacht op verbinding")
    headers = {"Authorization": f"Bearer {pair.ada.token}"}
    httpx.delete(f"{house.url}/api/v1/sessions/{sessions[0]['id']}", headers=headers, timeout=30).raise_for_status()
    ada.context.set_offline(False)
    expect(ada.page.locator("#intro-note")).to_contain_text("Je bent niet meer ingelogd.")
    expect(ada.page.locator(".bubble")).to_have_count(0)
    assert ada.outbox == ["Nog niet weg"]
    # Somebody else signs in on this device: it is theirs now, and nothing of Ada's is shown, sent or left.
    other = house.take_pair()
    ada.page.evaluate("(token) => localStorage.setItem('warmlijn.token', token)", other.ada.token)
    ada.page.reload()
    live(ada)
    ada.write("Hoi, met mij")
    expect(ada.state_of("Hoi, met mij")).to_contain_text("opgeslagen")
    assert (ada.texts, ada.outbox) == (["Hoi, met mij"], [])
    assert ask(house, pair.ben.token, "GET", f"/conversations/{pair.conversation}/messages")["messages"] == []


def test_on_a_borrowed_device_what_is_unsent_lives_and_goes_with_the_tab(phones: HandPhone, pair: Pair) -> None:
    ada = phones()
    ada.page.goto(f"{ada.home}/")
    ada.page.evaluate(BORROW, pair.ada.token)
    ada.page.reload()
    live(ada)
    ada.context.route("**/api/v1/realtime/tickets", lambda route: route.abort())
    ada.context.set_offline(True)
    ada.write("Nog in mijn zak")
    expect(ada.state_of("Nog in mijn zak")).to_contain_text("wacht op verbinding")
    ada.context.set_offline(False)
    ada.page.reload()
    expect(ada.page.locator("html")).to_have_attribute("data-line", "waiting")
    expect(ada.page.locator(".empty")).to_have_count(0)  # nobody knows yet that she has no talk
    assert "Nog in mijn zak" in ada.page.evaluate("sessionStorage.getItem('warmlijn.outbox')")
    assert ada.outbox == []
    later = ada.context.new_page()
    later.goto(f"{ada.home}/")
    expect(later.locator(".ways")).to_be_visible()
    assert later.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    ada.context.unroute_all()
    expect(ada.state_of("Nog in mijn zak")).to_contain_text("opgeslagen")
    ada.page.wait_for_function("sessionStorage.getItem('warmlijn.outbox') === null")


def test_a_clock_that_is_hours_wrong_changes_no_time(phones: HandPhone, pair: Pair, ben: Phone) -> None:
    live(ben)
    ben.write("Hoe laat is het bij jou?")
    ada = phones()
    ada.page.add_init_script(WRONG_CLOCK)
    ada.open(pair.ada.token)
    live(ada)
    expect(ada.page.locator("[data-strip=clock]")).to_contain_text("6 u 00")
    ada.write("Even laat als bij jou")
    expect(ben.bubble("Even laat als bij jou")).to_have_count(1)
    expect(ada.page.locator(".day")).to_have_text(["vandaag"])
    expect(ada.state_of("Even laat als bij jou")).to_have_text("gelezen")  # by then it has the server's time
    assert ada.page.locator("time").last.inner_text() == ben.page.locator("time").last.inner_text()


def test_full_storage_is_said_and_the_message_still_goes(phones: HandPhone, pair: Pair, ben: Phone) -> None:
    ada = phones()
    ada.page.add_init_script(FULL_STORAGE)
    ada.open(pair.ada.token)
    live(ada)
    ada.write("Past dit nog?")
    expect(ada.page.locator("[data-strip=keeping]")).to_contain_text("de opslag is vol")
    expect(ben.bubble("Past dit nog?")).to_have_count(1)
    assert ada.texts == ["Past dit nog?"]


def test_signing_out_in_a_second_tab_is_said_in_the_first(phones: HandPhone, pair: Pair) -> None:
    ada = phones()
    ada.page.goto(f"{ada.home}/")
    ada.page.evaluate("(token) => localStorage.setItem('warmlijn.token', token)", pair.ada.token)
    ada.page.reload()
    live(ada)
    second = ada.context.new_page()
    second.goto(f"{ada.home}/")
    expect(second.locator("html")).to_have_attribute("data-line", "live")
    second.locator(".back").click()
    second.locator("[data-open=mine]").click()
    second.locator("#sign-out").click()
    second.locator("#sign-out-now").click()
    expect(ada.page.locator("#intro-note")).to_contain_text("uitgelogd")
    expect(ada.page.locator(".bubble")).to_have_count(0)
    assert ada.page.evaluate("localStorage.length") == 0


def test_in_a_tunnel_the_app_opens_and_the_numbers_can_be_called(phones: HandPhone, pair: Pair) -> None:
    """The shell comes from the service worker; what is written waits. A quick exit leaves neither behind, and the
    worker ends the session once there is a network again."""
    ada = phones(has_worker=True)
    ada.open(pair.ada.token)
    live(ada)
    ada.page.evaluate("async () => (await navigator.serviceWorker.ready).active.state")
    assert ada.page.evaluate(HAS_ONE_SHELL)
    ada.page.wait_for_function("navigator.serviceWorker.controller !== null")
    ada.context.set_offline(True)
    ada.page.reload()
    expect(ada.page.locator("[data-strip=line]")).to_contain_text(re.compile("Je bent offline|Geen verbinding"))
    ada.page.locator("[data-open=help]").click()
    expect(ada.page.locator("dialog a[href='tel:112']")).to_be_visible()
    expect(ada.page.locator("dialog a[href='tel:08000113']")).to_be_visible()
    for _ in range(3):
        ada.page.keyboard.press("Escape")
    ada.page.wait_for_url("about:blank")
    ada.context.set_offline(False)
    ada.page.goto(f"{ada.home}/healthz")
    assert ada.page.evaluate(SESSION_ENDS, pair.ada.token)
    assert ada.page.evaluate(COMES_TO_NOTHING)


def _answer_as_portal(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body=PORTAL)
