"""The pictures of the coordinators' desk: every screen, on a desk and on a phone, in light and in dark."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.browser import DESKTOP, PHONE, Phone, Scheme, hand_phone
from tests.e2e.desk import Team, find_dialog, go, list_places, press_offered, read_team, sit_down
from tests.e2e.figures import make_figures
from tests.e2e.house import House

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
expect.set_options(timeout=20_000)  # a busy machine is no reason to fail
SIZES = {"desktop": DESKTOP, "phone": PHONE}
ALL_LOOKS: tuple[tuple[str, Scheme], ...] = tuple((size, scheme) for size in SIZES for scheme in SCHEMES)
# By day at a desk, by night on a phone: enough for most screens.
FEW_LOOKS: tuple[tuple[str, Scheme], ...] = (("desktop", "light"), ("phone", "dark"))
SHOWN_WHOLE = ("tonight", "escalation", "joined", "candidates", "roster")
DIALOGS = {"glass": "l", "resolve": "r", "keys": "?"}


def take_desk(house: House, browser: Browser, target: Path) -> None:
    """Take a picture of every screen of the desk, with an emergency open and a worry in hands."""
    team = read_team(house)
    places = open_cases(team)
    mara = hand_phone(browser, house.url)
    mara.page.route(
        "**/api/v1/insight/*",
        lambda route: route.fulfill(status=200, content_type="application/json", body=json.dumps(make_figures())),
    )
    take(mara, target, "door", "", full=False, is_in=False)
    sit_down(mara, team)
    for name, place in places.items():
        go(mara, place)
        take(mara, target, name, place)
    for name, key in DIALOGS.items():
        go(mara, places["escalation" if name == "glass" else "joined"])
        mara.page.keyboard.press("?") if key == "?" else press_offered(mara, key)
        find_dialog(mara, name)
        take(mara, target, f"dialog-{name}", "", full=False)
        mara.page.keyboard.press("Escape")
    mara.context.close()


def open_cases(team: Team) -> dict[str, str]:
    """Have Ada press help, and Mara at work on a worry about Lot; return every screen."""
    emergency = team.press_help()
    worry = team.raise_worry("urgent", "Lot klinkt anders dan anders.")
    team.ask("Mara", "POST", f"/escalations/{worry}/join", {})
    return list_places(team) | {"escalation": f"escalation/{emergency}", "joined": f"escalation/{worry}"}


def take(phone: Phone, target: Path, name: str, place: str, *, full: bool = True, is_in: bool = True) -> None:
    """Take one screen in its sizes and schemes."""
    if not is_in:
        phone.page.goto(f"{phone.home}/desk/")
        expect(phone.page.locator("form")).to_be_visible()
    looks = ALL_LOOKS if name in SHOWN_WHOLE else FEW_LOOKS
    for size_name, (width, height) in SIZES.items():
        phone.page.set_viewport_size({"width": width, "height": height})
        for scheme in [scheme for size, scheme in looks if size == size_name]:
            phone.page.emulate_media(color_scheme=scheme)
            path = target / f"desk-{name}-{size_name}-{scheme}.png"
            is_full = full and place != "tonight" and size_name == "desktop"
            phone.page.screenshot(path=path, full_page=is_full, animations="disabled", caret="hide")
            print(path.name)
