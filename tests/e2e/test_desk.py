"""The coordinators' desk in a real browser: from a worry to its end, by keyboard and on a phone at night."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.browser import DESKTOP, PHONE, Phone, Scheme, hand_phone
from tests.e2e.checks import find_serious
from tests.e2e.desk import (
    MAKE_NOOR_AND_OLGA,
    PASSWORD,
    Team,
    ask_noor_to_take_a_night,
    choose_by_keys,
    confirm,
    expect_roles,
    find_dialog,
    find_upheld,
    go,
    hand_over,
    keep_file,
    list_places,
    make_account,
    make_link,
    press,
    press_button,
    press_in,
    press_offered,
    read_team,
    save_shift,
    sit_down,
    walk_to,
)
from tests.e2e.figures import make_figures
from tests.e2e.house import REPOSITORY, House

Desk = Callable[..., Phone]
A_DRAWING = re.compile(r"^(M\d+ \d+h1v1h-1z){100,}$")  # a QR code has far more dark modules than these
# What is refused before somebody who must have a second factor has one.
EVERYTHING_ELSE = re.compile(r"/api/v1/(?!me$|me/factors|sessions/current)")
ZOOMED = (720, 450)  # 1440×900 at 200 %


@pytest.fixture(scope="module")
def team(house: House) -> Team:
    """The demo team; Noor, a coordinator with a password, and Olga, an admin."""
    return read_team(house, MAKE_NOOR_AND_OLGA.format(password=PASSWORD))


@pytest.fixture
def desk(browser: Browser, house: House, team: Team) -> Iterator[Desk]:
    """Hands out desks at which Mara sits; nothing is open when it begins, and nothing went wrong when it ends."""
    handed: list[Phone] = []
    team.end_all()

    def hand(size: tuple[int, int] = DESKTOP, scheme: Scheme = "light", name: str | None = "Mara") -> Phone:
        handed.append(hand_phone(browser, house.url, size=size, scheme=scheme))
        if name is not None:
            sit_down(handed[-1], team, name)
        return handed[-1]

    yield hand
    for phone in handed:
        phone.context.close()
        assert phone.complaints == []


def test_worry_to_resolved_by_keyboard(desk: Desk, team: Team) -> None:
    mara = desk()
    expect(mara.page.locator(".calm")).to_be_visible()
    escalation = team.raise_worry("urgent", "Lot klinkt anders dan anders.")
    card = mara.page.locator(".case")
    expect(card).to_contain_text("Dringend")
    expect(card).to_contain_text("Lot")
    expect(card).to_contain_text("Nog niemand pakt dit op")
    expect(card.locator(".countdown")).to_be_visible()
    press(mara.page, "n")
    expect(mara.page.locator("h1")).to_contain_text("Lot")
    mara.page.get_by_role("button", name="Lees de toelichting").click()
    expect(mara.page.locator("blockquote")).to_have_text("Lot klinkt anders dan anders.")
    press_offered(mara, "a")
    expect(mara.page.locator(".banner")).to_contain_text("Mara (jij) pakt dit op")
    press_offered(mara, "j")
    expect(find_dialog(mara, "join").locator(".consequences")).to_contain_text(
        "Iedereen in het gesprek ziet dat je er bent"
    )
    press_in(mara, "join", "Enter")
    expect(mara.page.locator(".composer")).to_be_visible()
    press(mara.page, "t")
    expect(mara.page.locator("#talk-text")).to_be_focused()
    mara.page.keyboard.type("Hoi Lot, ik ben Mara.")
    press(mara.page, "Enter")
    expect(mara.page.locator(".messages")).to_contain_text("Hoi Lot, ik ben Mara.")
    said = team.ask("Lot", "GET", f"/conversations/{team.find_talk('Lot')}/messages")["messages"]
    assert said[-1]["body"] == "Hoi Lot, ik ben Mara."
    mara.page.locator("h1").focus()
    press_button(mara, "Neem over")
    expect(mara.page.get_by_role("button", name="Geef terug")).to_be_visible()
    keep_file(mara)
    hand_over(mara)
    expect(mara.page.locator(".timeline").first).to_contain_text("Overgedragen")
    press_offered(mara, "u")
    press_in(mara, "reopen", "Enter")
    expect(mara.page.locator(".timeline").first).to_contain_text("Heropend")
    press_offered(mara, "a")
    expect(mara.page.locator(".banner")).to_contain_text("Mara (jij) pakt dit op")
    press_offered(mara, "r")
    walk_to(mara, find_dialog(mara, "resolve").get_by_label("De jongere is veilig"))
    press_in(mara, "resolve", "Space", "Enter")
    expect(mara.page.locator(".timeline").first).to_contain_text("Afgerond")
    press(mara.page, "1")
    expect(mara.page.locator(".calm")).to_be_visible()
    verbs = [one["verb"] for one in team.ask("Mara", "GET", f"/escalations/{escalation}")["history"]]
    assert verbs[:6] == ["open", "page", "acknowledge", "begin", "take_over", "hand_over"]
    assert (verbs[6], verbs[-2:]) == ("reopen", ["acknowledge", "resolve"])
    go(mara, "earlier")
    expect(mara.page.locator("tbody tr").first).to_contain_text("De jongere is veilig")


def test_an_emergency_is_seen_and_heard_and_handled_on_a_phone_at_night(desk: Desk, team: Team) -> None:
    mara = desk(size=PHONE, scheme="dark")
    mara.page.locator("h1").click()  # the browser allows sound from now on
    expect(mara.page.get_by_role("button", name="Geluid bij een noodgeval")).to_have_attribute(
        "title", "Geluid staat aan"
    )
    team.press_help()
    expect(mara.page.locator(".ringing")).to_contain_text("Noodgeval, Ada")
    expect(mara.page.locator("#announcer-urgent")).to_contain_text("Noodgeval, Ada")
    mara.page.wait_for_function("() => document.title.startsWith('‼')")
    mara.page.get_by_role("button", name="Stil").click()
    mara.page.get_by_role("link", name="Ga erheen").click()
    mara.page.get_by_role("button", name="Ik pak dit op").click()
    expect(mara.page.locator(".ringing")).to_have_count(0)
    mara.page.get_by_role("button", name="Draag over").click()
    find_dialog(mara, "hand-over").get_by_label("112").check()
    expect(find_dialog(mara, "hand-over")).to_contain_text("Bel 112 zelf")
    confirm(mara, "hand-over")
    expect(mara.page.locator("main")).to_contain_text("overgedragen")
    assert mara.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "‼" not in mara.page.title()


def test_reading_along_asks_why_and_a_colleague_reviews_it(desk: Desk, team: Team) -> None:
    mara = desk()
    escalation = team.raise_worry("concern", "")
    go(mara, f"escalation/{escalation}")
    press_offered(mara, "l")
    form = find_dialog(mara, "glass")
    expect(form.locator(".consequences")).to_contain_text("Een tweede coördinator hoort het meteen")
    form.get_by_label("Waarom", exact=True).select_option("silence")
    form.get_by_label("In je eigen woorden").fill("We horen al drie dagen niets.")
    confirm(mara, "glass")
    expect(mara.page.locator(".reading")).to_contain_text("Je leest mee met Lot")
    expect(mara.page.locator(".reading .messages")).to_be_visible()  # a look that is cut off would be refused
    mara.page.get_by_role("button", name="Stop met meelezen").click()
    expect(mara.page.locator(".reading")).to_have_count(0)
    noor = desk(name="Noor")
    noor.page.get_by_role("link", name="Bekijk", exact=True).last.click()
    noor.page.get_by_role("button", name="Kijk na").click()
    form = find_dialog(noor, "review")
    form.get_by_label("terecht", exact=True).check()
    form.get_by_label("Wat je vond").fill("Goed gedaan.")
    confirm(noor, "review")
    expect(noor.page.locator("table .tag[data-tone=good]")).to_have_text("terecht")
    decide_together(mara, noor, team)


def decide_together(mara: Phone, noor: Phone, team: Team) -> None:
    """A complaint that two handle: each sees what the other finds, without a reload, and both must find the same."""
    ben = team.ask("Ben", "GET", "/me")["id"]
    complaint = team.ask("Ada", "POST", "/complaints", {"about": ben, "text": "Hij zei dat ik zeur."})["id"]
    go(mara, "tonight")
    expect(mara.page.locator("main")).to_contain_text("Klacht die jij behandelt")
    for phone in (mara, noor):
        go(phone, f"complaints/{complaint}")
        expect(phone.page.locator(".one")).to_contain_text("Hij zei dat ik zeur.")
    assert find_serious(mara.page) == []
    find_upheld(mara, "Zo praten we niet.")
    expect(noor.page.locator(".one")).to_contain_text("gegrond: Zo praten we niet.")
    find_upheld(noor, "Eens.")
    expect(mara.page.locator(".one .tag").first).to_have_text("besloten")
    mara.page.get_by_role("button", name="Antwoord en sluit af").click()
    find_dialog(mara, "complain-close").get_by_label("Antwoord aan wie klaagde").fill("Je had gelijk. Sorry.")
    confirm(mara, "complain-close")
    told = team.ask("Ada", "GET", f"/complaints/{complaint}")
    assert (told["state"], told["decision"], told["answer"]) == ("closed", "upheld", "Je had gelijk. Sorry.")


def test_who_asks_for_duty_is_seen_at_the_desk_and_taken_by_who_has_it(desk: Desk, team: Team) -> None:
    joris = desk(size=PHONE, name=None)
    joris.open(team.tokens["Joris"])
    expect(joris.page.locator("#evening-title")).to_be_visible()
    team.enrol("Kiki").ask("Kiki", "POST", "/duty-requests", {})
    mara = desk()
    talks = mara.page.locator(".panel", has=mara.page.get_by_role("heading", name="Wie praat er nu"))
    expect(talks).to_contain_text("Kiki vraagt om wie dienst heeft")
    joris.page.get_by_role("button", name="Ik ben er").click()
    joris.write("Hoi Kiki, ik ben Joris.")
    expect(joris.bubble("Hoi Kiki, ik ben Joris.")).to_have_count(1)
    go(mara, "account")
    go(mara, "tonight")
    expect(talks).to_contain_text("Kiki met Joris")
    expect(talks).not_to_contain_text("vraagt om wie dienst heeft")


def sign_in(phone: Phone) -> None:
    """Sign in as Noor with a password."""
    phone.page.goto(f"{phone.home}/desk/")
    phone.page.get_by_label("E-mailadres").fill("noor@example.org")
    phone.page.get_by_label("Wachtwoord").fill(PASSWORD)
    phone.page.get_by_role("button", name="Log in", exact=True).click()
    expect(phone.page.locator("#line")).to_have_attribute("data-mood", "live")


def test_who_must_have_a_second_factor_is_led_to_it_and_not_thrown_out(desk: Desk, team: Team) -> None:
    noor = desk(name=None)
    problem = {"code": "auth.factor_required", "title": "Set up a second step", "status": 403}
    refusal = {"status": 403, "content_type": "application/problem+json", "body": json.dumps(problem)}
    noor.page.route(EVERYTHING_ELSE, lambda route: route.fulfill(**refusal))
    noor.page.goto(f"{noor.home}/desk/#token={team.tokens['Noor']}")
    expect(noor.page.locator("h1")).to_have_text("Mijn account: Noor")
    expect(noor.page.get_by_role("button", name="App met codes")).to_be_visible()
    expect(noor.page.locator("main")).not_to_contain_text("Waar je bent ingelogd")
    expect(noor.page.locator("#line, .strip")).to_have_count(0)
    noor.page.goto("about:blank")  # it asks for its line every five seconds
    noor.complaints.clear()  # the browser notes each 403


def test_a_youth_is_invited_by_a_code_that_is_drawn_here(desk: Desk, team: Team) -> None:
    mara = desk()
    go(mara, "people/invite")
    mara.page.get_by_label("Naam", exact=True).fill("Robin")
    mara.page.get_by_role("button", name="Maak een uitnodiging").click()
    made = mara.page.locator(".made")
    expect(made.locator("svg.qr path")).to_have_attribute("d", A_DRAWING)
    assert "#code=" in made.get_by_label("Link", exact=True).input_value()
    row = mara.page.locator("tbody tr", has_text="Robin")
    row.get_by_role("button", name="Trek in").click()
    confirm(mara, "revoke")
    expect(row).to_have_count(0)


def test_colleagues_are_invited_and_each_ends_at_their_own_face(desk: Desk) -> None:
    mara, bo = desk(), desk(size=PHONE, name=None)
    expect_roles(mara, ["jongere", "ervaringsdeskundige"])
    bo.page.goto(make_link(mara, "ervaringsdeskundige", "Bo uit Ede"))
    expect(bo.page.get_by_label("Je naam")).to_be_visible()
    assert find_serious(bo.page) == []
    make_account(bo, "Bo", "noor@example.org")
    expect(bo.page.locator(".form-note")).to_contain_text("Met dit e-mailadres lukt het niet.")
    bo.complaints.clear()  # the browser notes the 400
    make_account(bo, "Bo", "bo@example.org")
    expect(bo.page.locator("#app")).to_contain_text("Je hebt nog geen uren ingevuld.")
    mara.page.get_by_role("button", name="gebruikt").click()
    expect(mara.page.locator("tbody tr", has_text="Bo uit Ede")).to_contain_text("gebruikt")
    olga = desk(name="Olga")
    expect(olga.page.locator("table")).to_be_visible()
    olga.page.get_by_role("link", name="Ben").click()
    expect(olga.page.locator("main")).to_contain_text("Toestellen en sessies")
    go(olga, "complaints")
    expect(olga.page.locator("main")).to_contain_text("Je behandelt geen klachten.")
    expect_roles(olga, ["ervaringsdeskundige", "coördinator"])
    bo.page.goto(make_link(olga, "coördinator", "Iris"))
    make_account(bo, "Iris", "iris@example.org")
    bo.page.wait_for_url("**/desk/")
    expect(bo.page.locator("h1")).to_have_text("Vanavond")


def test_two_are_proposed_and_a_shift_is_given_by_dragging(desk: Desk, team: Team) -> None:
    mara = desk()
    go(mara, list_places(team)["candidates"])
    youth = mara.page.locator(".subject").inner_text()
    mara.page.locator(".columns button").first.click()
    expect(find_dialog(mara, "propose").locator(".consequences")).to_contain_text("kunnen ja of nee zeggen")
    confirm(mara, "propose")
    expect(mara.page.locator("tbody tr", has_text=youth)).to_contain_text("voorgesteld")
    go(mara, "roster")
    mara.page.get_by_role("button", name="Nieuwe dienst", exact=True).click()
    form = find_dialog(mara, "add-shift")
    form.locator("[name=on]").evaluate("one => one.stepUp()")  # tomorrow: today's may be over
    form.get_by_label("Soort").select_option("duty")
    confirm(mara, "add-shift")
    empty = mara.page.locator(".shift[data-empty=true]")
    mara.page.locator(".hands li", has_text="Roos").drag_to(empty)
    given = mara.page.locator(".shift", has_text="Roos")
    expect(given).to_have_count(1)
    walk_to(mara, given.locator("button"))  # the same without a mouse
    press(mara.page, "Enter")
    find_dialog(mara, "shift")
    choose_by_keys(mara, "Wie", "Ben")
    save_shift(mara)
    expect(mara.page.locator(".shift", has_text="Ben")).to_have_count(1)
    ask_noor_to_take_a_night(mara)


def test_a_youth_or_expert_has_no_desk_and_a_bad_link_leads_to_the_door(desk: Desk, team: Team, house: House) -> None:
    ben = desk(name=None)
    ben.page.goto(f"{house.url}/desk/#token={team.tokens['Ben']}")
    ben.page.wait_for_url(f"{house.url}/")
    ben.page.goto("about:blank")
    ben.complaints.clear()  # the app's page is held against its own tests
    nobody = desk(name=None)
    nobody.page.goto(f"{house.url}/desk/#token=not-a-session")
    expect(nobody.page.get_by_label("E-mailadres")).to_be_visible()
    assert "not-a-session" not in nobody.page.url
    nobody.complaints.clear()  # the browser notes the 401


def test_no_screen_has_a_serious_finding_or_runs_out_of_its_frame(desk: Desk, team: Team, house: House) -> None:
    mara = desk()
    emergency, worry = team.press_help(), team.raise_worry("urgent", "Even kijken.")
    team.ask("Mara", "POST", f"/escalations/{worry}/join", {})
    mara.page.route("**/api/v1/insight/*", answer_figures)
    places = list_places(team) | {"escalation": f"escalation/{emergency}", "joined": f"escalation/{worry}"}
    for name, place in places.items():
        go(mara, place)
        assert find_serious(mara.page) == [], name
        for size in (ZOOMED, PHONE):
            mara.page.set_viewport_size({"width": size[0], "height": size[1]})
            assert mara.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (name, size)
        mara.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    answer = mara.page.goto(f"{house.url}/desk/?lang=en")
    assert answer is not None
    assert "script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"]
    expect(mara.page.locator("h1")).to_have_text("Tonight")


def test_the_night_the_phone_and_the_dialogs_have_none_either(desk: Desk, team: Team) -> None:
    escalation = team.raise_worry("urgent", "")
    mara = desk(scheme="dark")
    go(mara, "tonight")
    assert find_serious(mara.page) == []
    go(mara, "pairing/week")
    assert find_serious(mara.page) == []
    go(mara, f"escalation/{escalation}")
    expect(mara.page.get_by_role("button", name="Lees mee")).to_be_visible()
    for key, name in {"l": "glass", "j": "join", "?": "keys"}.items():
        press(mara.page, key)
        find_dialog(mara, name)
        assert find_serious(mara.page) == [], name
        press(mara.page, "Escape")
        expect(mara.page.locator("dialog")).to_have_count(0)
    mara.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert find_serious(mara.page) == []


def test_both_languages_have_every_word_that_the_modules_ask_for(desk: Desk, house: House) -> None:
    door = desk(name=None)
    door.page.goto(f"{house.url}/desk/")
    script = """async () => {
      const { TABLES } = await import('/static/desk/words/index.js');
      return TABLES.flatMap((table) => Object.entries(table));
    }"""
    words = dict(door.page.evaluate(script))
    assert len(words) > 500
    assert [key for key, both in words.items() if len(both) != 2 or not all(both)] == []
    assert [key for key in list_asked_for() if key not in words] == []
    assert find_serious(door.page) == []


def list_asked_for() -> list[str]:
    """Return every key that stands as a text in the desk's modules and in those that both faces share."""
    folders = REPOSITORY / "server" / "console" / "static" / "desk", REPOSITORY / "server" / "web" / "static" / "lib"
    modules = [one for folder in folders for one in folder.glob("*.js")]
    found = {key for one in modules for key in re.findall(r'\bt\("([a-z0-9_.]+)"', one.read_text())}
    of_the_library = re.findall(r'^ +"([\w.]+)":', (folders[1] / "i18n.js").read_text(), re.MULTILINE)
    return sorted(found - set(of_the_library))


def answer_figures(route: Route) -> None:
    """Answer the insight calls with made-up numbers: an empty house has none."""
    route.fulfill(status=200, content_type="application/json", body=json.dumps(make_figures()))
