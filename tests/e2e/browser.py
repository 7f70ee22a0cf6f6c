"""A headless Chromium, and the phones that people hold: each one a context of its own that notes what goes wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    sync_playwright,
)

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Chromium heeds the last such list, so the first line is Playwright's, as far as it matters here. On the second are the
# popup of the address bar and a spare page: processes of their own for each phone, a quarter of a journey's work.
_WITHOUT = (
    "HttpsUpgrades HttpsFirstBalancedModeAutoEnable MediaRouter NetworkTimeServiceQuerying OptimizationHints "
    "WebUIOmniboxPopup WebUIOmniboxAimPopup SpareRendererForSitePerProcess"
)
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={_WITHOUT.replace(' ', ',')}",
)
PHONE = (390, 844)
DESKTOP = (1440, 900)
Scheme = Literal["light", "dark"]

# Lets a test put a phone into a pocket: the page runs on, and nobody looks at it.
_POCKET = """
  Object.defineProperty(document, "visibilityState", { get: () => (window.inPocket ? "hidden" : "visible") });
"""


# What waits unsent in this browser's database, whoever wrote it.
_OUTBOX = """async () => {
  if (!(await indexedDB.databases()).some((one) => one.name === "warmlijn")) return [];
  const done = (request) => new Promise((go) => (request.onsuccess = () => go(request.result)));
  const database = await done(indexedDB.open("warmlijn"));
  const entries = await done(database.transaction("outbox").objectStore("outbox").getAll());
  database.close();
  return entries.map((one) => one.body);
}"""


class ChromiumMissing(RuntimeError):
    """Say that no Chromium is installed here."""


def find_chromium() -> str:
    """Return the path of the machine's Chromium. Raises ChromiumMissing."""
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return path
    raise ChromiumMissing("no Chromium here: `make test` as root installs Debian's package chromium")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Yield a running headless Chromium. Raises ChromiumMissing."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@dataclass
class Phone:
    """One person's browser with one page. `complaints` are console errors and requests to any other host."""

    page: Page
    home: str
    complaints: list[str] = field(default_factory=list)
    _touch: CDPSession | None = field(default=None, repr=False)

    @property
    def context(self) -> BrowserContext:
        """The context: cookies, storage and network of this phone alone."""
        return self.page.context

    @property
    def texts(self) -> list[str]:
        """What the bubbles say, from top to bottom, without the name that only screen readers hear."""
        return [text.partition("\n")[2] for text in self.page.locator(".bubble").all_inner_texts()]

    def open(self, token: str | None = None) -> None:
        """Follow a sign-in link, or come without one."""
        self.page.goto(f"{self.home}/#token={token}" if token else f"{self.home}/")

    def enter(self) -> None:
        """Open the talk, from the list that an expert sees first."""
        self.page.locator("#conversations .row").first.click()
        self.page.locator("#composer").wait_for()

    def write(self, text: str) -> None:
        """Type a message and press send."""
        self.page.locator("#body").fill(text)
        self.page.locator("#composer .send").click()

    def bubble(self, text: str) -> Locator:
        """Return the message with this text."""
        return self.page.locator("li.message", has=self.page.locator(".bubble", has_text=text))

    def state_of(self, text: str) -> Locator:
        """Return the words under a message that say where it is."""
        return self.bubble(text).locator(".place")

    def finger(self, kind: Literal["touchStart", "touchMove", "touchEnd"], *at: float) -> None:
        """Have a finger come down, move or leave; `at` is x and y on the page, nothing for a finger that leaves."""
        if self._touch is None:
            self._touch = self.context.new_cdp_session(self.page)
        points = [{"x": at[0], "y": at[1]}] if at else []
        self._touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    @property
    def outbox(self) -> list[str]:
        """What lies unsent in the browser's database, of anybody."""
        bodies: list[str] = self.page.evaluate(_OUTBOX)
        return bodies

    def pocket(self, is_in: bool) -> None:
        """Put the phone into a pocket, or take it out and look."""
        self.page.evaluate(
            "isIn => { window.inPocket = isIn; document.dispatchEvent(new Event('visibilitychange')); }", is_in
        )

    def _hear_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "blocked by Playwright" not in message.text:
            self.complaints.append(f"console {message.type}: {message.text} ({message.location['url']})")

    def _see_request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.home).netloc:
            self.complaints.append(f"request to another host: {request.url}")


def hand_phone(
    browser: Browser,
    home: str,
    *,
    size: tuple[int, int] = PHONE,
    scheme: Scheme = "light",
    has_worker: bool = False,
    has_touch: bool = False,
) -> Phone:
    """Give somebody a browser of their own, with an empty page; the app's service worker only where it is wanted."""
    context = browser.new_context(
        service_workers="allow" if has_worker else "block",
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        timezone_id="Europe/Amsterdam",
        locale="nl-NL",
        has_touch=has_touch,
        is_mobile=has_touch,
    )
    context.add_init_script(_POCKET)
    phone = Phone(context.new_page(), home)
    phone.page.on("console", phone._hear_console)
    phone.page.on("pageerror", lambda error: phone.complaints.append(f"page error: {error}"))
    phone.page.on("request", phone._see_request)
    phone.page.on("websocket", lambda socket: _watch_socket(phone, socket.url))
    return phone


def _watch_socket(phone: Phone, url: str) -> None:
    if urlsplit(url).netloc != urlsplit(phone.home).netloc:
        phone.complaints.append(f"socket to another host: {url}")
