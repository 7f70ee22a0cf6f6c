"""Take the screenshots of docs/screens: the demo team on a phone and on a desk, in light and in dark.

python -m tests.e2e.screens [DIRECTORY]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, expect

from tests.e2e.browser import DESKTOP, PHONE, Phone, Scheme, hand_phone, open_browser
from tests.e2e.desk import Team, read_team
from tests.e2e.desk_screens import take_desk
from tests.e2e.house import REPOSITORY, House, open_house

SCREENS = REPOSITORY / "docs" / "screens"
SIZES = {"phone": PHONE, "desktop": DESKTOP}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
TALK = (
    ("Ada", "Best oké. Alleen, ik zie op tegen morgen. Dat gesprek op de gemeente."),
    ("Ben", "Snap ik. Dat vond ik ook altijd spannend."),
    ("Ben", "Wat zou morgen iets makkelijker maken?"),
    ("Ada", "Als er iemand meegaat, denk ik."),
)

Scene = Callable[[Phone], None]


def main() -> int:
    """Take every picture; return 0."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else SCREENS
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="warmlijn-screens-") as made, open_browser() as browser:
        with open_house(Path(made)) as house:
            take_app(house, browser, target)
    with TemporaryDirectory(prefix="warmlijn-desk-") as made, open_browser() as browser:
        with open_house(Path(made)) as house:
            take_desk(house, browser, target)
    return 0


def take_app(house: House, browser: Browser, target: Path) -> None:
    """Walk the demo team through an evening and take a picture of the app at each stop."""
    team = read_team(house)
    ada, ben, lot = team.tokens["Ada"], team.tokens["Ben"], team.tokens["Lot"]
    take(house, browser, target, "start", None, see_the_door)
    take(house, browser, target, "welcome", None, come_in_as_robin(team))
    talk(house, browser, team)
    take(house, browser, target, "talk-youth", ada, wait_for_words)
    take(house, browser, target, "talk-expert", ben, open_first_talk)
    take(house, browser, target, "message-menu", ada, open_message_menu)
    take(house, browser, target, "help", ada, open_sheet("help", "help"))
    take(house, browser, target, "who-reads", ada, open_sheet("readers", "readers"))
    take(house, browser, target, "change", ada, open_sheet("change", "change"))
    take(house, browser, target, "mine", ada, open_page("[data-open=mine]", ".devices"))
    take(house, browser, target, "evening", ben, wait_for_list)
    take(house, browser, target, "worry", ben, open_worry)
    take(house, browser, target, "pause", ben, open_pause)
    take(house, browser, target, "hours", ben, open_hours)
    take(house, browser, target, "boundaries", ben, open_page("text=Mijn grenzen", ".page .note"))
    take(house, browser, target, "introduction", propose(team), wait_for("[data-answer=yes]"))
    robin = enrol(team)["token"]
    take(house, browser, target, "waiting", robin, wait_for("#waiting"))
    take(house, browser, target, "intake", robin, open_intake(0))
    take(house, browser, target, "intake-times", robin, open_intake(3))
    take(house, browser, target, "held", lot, write_out_of_hours)
    take(house, browser, target, "offline", ada, write_in_a_tunnel)
    take(house, browser, target, "called", ada, press_help)


def talk(house: House, browser: Browser, team: Team) -> None:
    """Have Ada and Ben exchange a few lines."""
    phones = {name: hand_phone(browser, house.url) for name in ("Ada", "Ben")}
    for name, phone in phones.items():
        phone.open(team.tokens[name])
    phones["Ben"].enter()
    for name, text in TALK:
        phones[name].write(text)
        for phone in phones.values():
            expect(phone.bubble(text)).to_have_count(1)
    expect(phones["Ada"].state_of(TALK[-1][1])).to_have_text("gelezen")
    for phone in phones.values():
        phone.context.close()


def take(house: House, browser: Browser, target: Path, name: str, token: str | None, scene: Scene) -> None:
    """Play one scene, and take it in both sizes and both schemes."""
    phone = hand_phone(browser, house.url)
    phone.open(token)
    scene(phone)
    for size_name, (width, height) in SIZES.items():
        phone.page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            phone.page.emulate_media(color_scheme=scheme)
            path = target / f"{name}-{size_name}-{scheme}.png"
            phone.page.screenshot(path=path, full_page=token is None, animations="disabled", caret="hide")
            print(path.name)
    phone.context.close()


def see_the_door(phone: Phone) -> None:
    """Wait for the page without a token."""
    expect(phone.page.locator(".ways")).to_be_visible()


def come_in_as_robin(team: Team) -> Scene:
    """Return a scene in which somebody follows an invitation."""

    def scene(phone: Phone) -> None:
        phone.page.goto(team.ask("Mara", "POST", "/invitations", {})["link"])
        phone.page.locator("#enrol [name=display_name]").fill("Robin")
        phone.page.locator("#enrol .primary").click()
        expect(phone.page.locator("#to-talk")).to_be_visible()

    return scene


def propose(team: Team) -> str:
    """Have Mara propose Ben to somebody who came in; return the youth's token."""
    robin = enrol(team)
    ben = team.ask("Ben", "GET", "/me")["id"]
    team.ask("Mara", "POST", "/pairings", {"youth": robin["user"]["id"], "expert": ben})
    token: str = robin["token"]
    return token


def enrol(team: Team) -> dict[str, Any]:
    """Have somebody come in who has no buddy yet; return their token and who they are."""
    code = team.ask("Mara", "POST", "/invitations", {})["code"]
    robin: dict[str, Any] = team.ask(
        "Mara", "POST", "/enrol", {"code": code, "display_name": "Robin", "device_name": "pictures"}
    )
    return robin


def open_intake(step: int) -> Scene:
    """Return a scene with one of the steps of the intake open, some of it answered."""

    def scene(phone: Phone) -> None:
        wait_for("#waiting")(phone)
        phone.page.locator("[data-open=intake]").click()
        expect(phone.page.locator("#intake-step")).to_be_visible()
        if step == 0:
            phone.page.get_by_label("eenzaamheid", exact=True).check()
        for _ in range(step):
            phone.page.locator("#intake-next").click()
        if step:
            phone.page.get_by_label("maandag: avond").check()

    return scene


def wait_for(selector: str) -> Scene:
    """Return a scene that waits for something."""

    def scene(phone: Phone) -> None:
        expect(phone.page.locator("html")).to_have_attribute("data-line", "live")
        expect(phone.page.locator(selector).first).to_be_visible()

    return scene


wait_for_words = wait_for(".bubble")
wait_for_list = wait_for("#conversations .row")


def open_first_talk(phone: Phone) -> None:
    """Open the talk from the list."""
    wait_for_list(phone)
    phone.enter()
    expect(phone.page.locator(".bubble").first).to_be_visible()


def open_message_menu(phone: Phone) -> None:
    """Press long on somebody's message."""
    wait_for_words(phone)
    phone.page.locator(".theirs .bubble").last.click(button="right")
    expect(phone.page.locator("dialog")).to_be_visible()


def open_sheet(act: str, sheet: str) -> Scene:
    """Return a scene with one of the sheets of the talk's menu open."""

    def scene(phone: Phone) -> None:
        wait_for_words(phone)
        phone.page.locator("[data-open=talk]").click()
        phone.page.locator(f"[data-act={act}]").click()
        expect(phone.page.locator(f"dialog[data-sheet={sheet}] p").first).to_be_visible()

    return scene


def open_page(opener: str, sign: str) -> Scene:
    """Return a scene with one of the pages of the list open."""

    def scene(phone: Phone) -> None:
        expect(phone.page.locator("html")).to_have_attribute("data-line", "live")
        back = phone.page.locator(".room .back")
        if back.is_visible():
            back.click()
        phone.page.locator(opener).last.click()
        expect(phone.page.locator(sign).first).to_be_visible()

    return scene


def open_worry(phone: Phone) -> None:
    """Press "Ik maak me zorgen"."""
    open_first_talk(phone)
    phone.page.locator(".worry").click()
    expect(phone.page.locator("dialog")).to_be_visible()


def open_pause(phone: Phone) -> None:
    """Press "Even pauze"."""
    wait_for_list(phone)
    phone.page.locator("#pause").click()
    expect(phone.page.locator("dialog")).to_be_visible()


def open_hours(phone: Phone) -> None:
    """Open one's own week, with one day unfolded."""
    open_page("text=Mijn uren", ".day-row")(phone)
    phone.page.locator(".day-name").nth(1).click()


def press_help(phone: Phone) -> None:
    """Press "Ik heb nu hulp nodig"."""
    wait_for_words(phone)
    phone.page.locator(".room [data-help-now]").click()
    expect(phone.page.locator("#help-now-next")).to_contain_text("waarschuwen nu iemand")


def write_in_a_tunnel(phone: Phone) -> None:
    """Write without a connection; the picture is taken before anything is sent."""
    wait_for_words(phone)
    phone.context.set_offline(True)
    phone.write("Ik zit nu in de trein")
    expect(phone.state_of("Ik zit nu in de trein")).to_contain_text("wacht op verbinding")
    expect(phone.page.locator("#line")).to_be_visible()


def write_out_of_hours(phone: Phone) -> None:
    """Write while the expert's hours are over."""
    expect(phone.page.locator("html")).to_have_attribute("data-line", "live")
    phone.write("Sam, slaap je al?")
    expect(phone.page.locator("[data-door=duty]")).to_be_visible()


if __name__ == "__main__":
    sys.exit(main())
