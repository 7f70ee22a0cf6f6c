"""Web push from the question to the click, in a real browser: what was written is never on the way, nor on a screen.

A headless browser reaches no push service. So `subscribe` alone is another one here: it hands out a subscription of the
stand-in, whose keys are real; the server seals for them, the stand-in opens, and the debugger gives what was in it to
the service worker as the browser would.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page, Worker, expect

from tests.e2e.browser import Phone
from tests.e2e.conftest import HandPhone
from tests.e2e.house import House, Pair, Somebody
from tests.services.processes import wait_until
from tests.unit.push.outside import Outside

SECRET = "Ik slaap vannacht bij Noor."
SUBSCRIBE = """PushManager.prototype.subscribe = async (options) => {
  globalThis.subscribed = options;
  return { toJSON: () => (SUBSCRIPTION) };
};"""
WATCH_WORKER = """() => {
  self.seen = [];
  const { setAppBadge } = WorkerNavigator.prototype;
  WorkerNavigator.prototype.setAppBadge = function (...given) {
    self.seen.push("badge");
    return setAppBadge.apply(this, given);
  };
  // Both want a real press, which no test can make outside of a page.
  Clients.prototype.openWindow = async (url) => void self.seen.push(`open ${url}`);
  WindowClient.prototype.focus = async function () { self.seen.push(`focus ${new URL(this.url).pathname}`); };
}"""
SHOWN = """async () => (await registration.getNotifications())
  .map(({ title, body, tag, data }) => ({ title, body, tag, data }))"""
PRESS = "async () => { for (const one of await registration.getNotifications()) await openFor(one); }"


def settle(phone: Phone, somebody: Somebody) -> None:
    """Sign somebody in for good, as enrolling does: a link signs in one tab alone, and that is asked for no pushes."""
    phone.open()
    phone.page.evaluate("token => localStorage.setItem('warmlijn.token', token)", somebody.token)
    phone.page.reload()
    expect(phone.page.locator("html")).to_have_attribute("data-line", "live")


def deliver(phone: Phone, payload: Mapping[str, Any]) -> None:
    """Hand a push to the service worker, as the browser does with one that was for it."""
    found: list[dict[str, Any]] = []
    debugger = phone.context.new_cdp_session(phone.page)
    debugger.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    debugger.send("ServiceWorker.enable")
    assert wait_until(lambda: bool(phone.page.evaluate("true") and found))
    told = {"origin": phone.home, "registrationId": found[0]["registrationId"], "data": json.dumps(payload)}
    debugger.send("ServiceWorker.deliverPushMessage", told)


def find_worker(page: Page) -> Worker:
    """Return the running service worker."""
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    (worker,) = page.context.service_workers
    return worker


def test_a_message_rings_a_closed_app_and_says_nothing_of_itself(
    phones: HandPhone, house: House, pair: Pair, push_service: Outside
) -> None:
    ada, ben = phones(has_worker=True), phones()
    page = ada.page
    page.add_init_script(SUBSCRIBE.replace("SUBSCRIPTION", json.dumps(push_service.tell("browser"))))
    settle(ada, pair.ada)
    expect(page.locator(".push-ask")).to_have_count(0)  # nobody is asked who has not written yet
    assert page.evaluate("Notification.permission") == "default"
    ada.write("Hoi Ben")
    expect(page.locator(".push-ask")).to_contain_text("Nooit van wie, en nooit wat erin staat.")
    ada.context.grant_permissions(["notifications"], origin=ada.home)
    page.locator(".push-ask .primary").click()
    expect(page.locator("[data-strip=push]")).to_contain_text("Meldingen staan aan.")
    options = page.evaluate("[subscribed.userVisibleOnly, subscribed.applicationServerKey.length]")
    assert options == [True, 87]
    worker = find_worker(page)
    worker.evaluate(WATCH_WORKER)

    page.goto("about:blank")  # the app is closed; its worker stays
    ben.open(pair.ben.token)
    ben.enter()
    before = len(push_service.read_browsers())
    ben.write(SECRET)
    assert wait_until(lambda: len(push_service.read_browsers()) > before)
    push = push_service.read_browsers()[before]
    assert push["payload"] == {"kind": "message"}
    deliver(ada, push["payload"])
    assert wait_until(lambda: worker.evaluate("self.seen.length") > 0)
    assert worker.evaluate(SHOWN) == [
        {"title": "Warmlijn", "body": "Er is een bericht voor je.", "tag": "message", "data": {"kind": "message"}}
    ]
    worker.evaluate(PRESS)
    assert worker.evaluate("self.seen") == ["badge", "open /"]
    assert worker.evaluate(SHOWN) == []

    settle(ada, pair.ada)  # the app is open again: the next press leads to it
    deliver(ada, push["payload"])
    assert wait_until(lambda: worker.evaluate("self.seen.length") > 2)
    worker.evaluate(PRESS)
    assert worker.evaluate("self.seen") == ["badge", "open /", "badge", "focus /"]
    ada.page.locator(".back").click()
    ada.page.locator("[data-open=mine]").click()
    ada.page.get_by_role("button", name="Zet meldingen uit").click()
    expect(ada.page.locator("#pushes .outline")).to_have_text("Ja, graag")
    assert ada.complaints == ben.complaints == []


def test_a_browser_that_allows_no_notifications_is_said_so(phones: HandPhone, pair: Pair) -> None:
    ada = phones(has_worker=True)
    settle(ada, pair.ada)
    ada.write("Hoi Ben")
    expect(ada.page.locator(".push-ask")).to_be_visible()
    ada.context.grant_permissions([], origin=ada.home)  # all others are refused
    ada.page.locator(".push-ask .primary").click()
    expect(ada.page.locator("[data-strip=push]")).to_contain_text("Je browser laat geen meldingen toe.")
