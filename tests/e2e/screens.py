"""Take the screenshots of docs/screens: the demo team on a phone and on a desk, in light and in dark.

python -m tests.e2e.screens [DIRECTORY]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from playwright.sync_api import Browser, expect

from tests.e2e.browser import DESKTOP, PHONE, Phone, Scheme, hand_phone, open_browser
from tests.e2e.house import REPOSITORY, House, Pair, Somebody, open_house

SCREENS = REPOSITORY / "docs" / "screens"
SIZES = {"phone": PHONE, "desktop": DESKTOP}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
TALK = (
    ("ada", "Best oké. Alleen, ik zie op tegen morgen. Dat gesprek op de gemeente."),
    ("ben", "Snap ik. Dat vond ik ook altijd spannend."),
    ("ben", "Wat zou morgen iets makkelijker maken?"),
    ("ada", "Als er iemand meegaat, denk ik."),
)

Scene = Callable[[Phone], None]


def main() -> int:
    """Take every picture; return 0."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else SCREENS
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="warmlijn-screens-") as made, open_browser() as browser:
        with open_house(Path(made)) as house:
            take_all(house, browser, target)
    return 0


def take_all(house: House, browser: Browser, target: Path) -> None:
    """Walk the demo team through an evening and take a picture at each stop."""
    cast = read_demo_links(house)
    pair = find_pair(house, cast)
    take(house, browser, target, "intro", None, see_all_of_it)
    take(house, browser, target, "coordinator", cast["coordinator"], wait_for_words)
    talk(house, browser, pair)
    take(house, browser, target, "talk-youth", pair.ada, wait_for_words)
    take(house, browser, target, "talk-expert", pair.ben, wait_for_words)
    take(house, browser, target, "help", pair.ada, open_sheet("help"))
    take(house, browser, target, "who-reads", pair.ada, open_sheet("honest"))
    take(house, browser, target, "more", pair.ada, open_sheet("more"))
    house.turn_gate(pair, "close")
    take(house, browser, target, "held", pair.ada, write_out_of_hours)
    take(house, browser, target, "offline", pair.ada, write_in_a_tunnel)


def read_demo_links(house: House) -> dict[str, Somebody]:
    """Return the demo people by role, with the token of their printed link."""
    lines = [line.split() for line in house.run("demo", "--url", house.url).splitlines() if "#token=" in line]
    tokens = {role: link.partition("#token=")[2] for role, _, link in lines}
    return {role: Somebody(ask(house, token, "/me")["id"], token) for role, token in tokens.items()}


def find_pair(house: House, cast: dict[str, Somebody]) -> Pair:
    """Return the demo youth and expert with the conversation they have."""
    conversations = ask(house, cast["youth"].token, "/conversations")["conversations"]
    return Pair(cast["youth"], cast["expert"], conversations[0]["id"])


def ask(house: House, token: str, path: str) -> dict[str, Any]:
    """Return the answer of one REST call."""
    answer = httpx.get(f"{house.url}/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def talk(house: House, browser: Browser, pair: Pair) -> None:
    """Have the two exchange a few lines."""
    phones = {"ada": hand_phone(browser, house.url), "ben": hand_phone(browser, house.url)}
    phones["ada"].open(pair.ada.token)
    phones["ben"].open(pair.ben.token)
    for name, text in TALK:
        phones[name].write(text)
        for phone in phones.values():
            expect(phone.bubble(text)).to_have_count(1)
    expect(phones["ada"].state_of(TALK[-1][1])).to_have_text("gelezen")
    for phone in phones.values():
        phone.context.close()


def take(house: House, browser: Browser, target: Path, name: str, who: Somebody | None, scene: Scene) -> None:
    """Play one scene, and take it in both sizes and both schemes."""
    phone = hand_phone(browser, house.url)
    phone.open(who.token if who else None)
    scene(phone)
    for size_name, (width, height) in SIZES.items():
        phone.page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            phone.page.emulate_media(color_scheme=scheme)
            path = target / f"{name}-{size_name}-{scheme}.png"
            phone.page.screenshot(path=path, full_page=who is None, animations="disabled", caret="hide")
            print(path.name)
    phone.context.close()


def see_all_of_it(phone: Phone) -> None:
    """Wait for the page without a token."""
    expect(phone.page.locator("#enrol")).to_be_visible()


def wait_for_words(phone: Phone) -> None:
    """Wait until the page is connected and shows what it has to show."""
    expect(phone.page.locator("html")).to_have_attribute("data-line", "live")
    expect(phone.page.locator(".bubble, #beginning").first).to_be_visible()


def open_sheet(name: str) -> Scene:
    """Return a scene with one of the sheets open."""

    def scene(phone: Phone) -> None:
        wait_for_words(phone)
        phone.page.locator(f'.room-head [data-open="{"help" if name == "help" else "more"}"]').click()
        if name == "honest":
            phone.page.locator('#more [data-open="honest"]').click()
        expect(phone.page.locator(f"#{name}")).to_be_visible()

    return scene


def write_in_a_tunnel(phone: Phone) -> None:
    """Write without a connection; the picture is taken before anything is sent."""
    wait_for_words(phone)
    phone.context.set_offline(True)
    phone.write("Ik zit nu in de trein")
    expect(phone.state_of("Ik zit nu in de trein")).to_contain_text("wacht op verbinding")
    expect(phone.page.locator("#line")).to_be_visible()


def write_out_of_hours(phone: Phone) -> None:
    """Write while the expert's hours are over."""
    wait_for_words(phone)
    phone.write("Ben, slaap je al?")
    expect(phone.page.locator(".held")).to_be_visible()


if __name__ == "__main__":
    sys.exit(main())
