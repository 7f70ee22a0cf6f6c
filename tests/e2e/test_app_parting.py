"""Ways apart and on: the closing talk, another buddy, a no to a proposal; what both sides see, and the door back in."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.browser import Phone
from tests.e2e.conftest import HandPhone
from tests.e2e.house import House, Pair
from tests.e2e.test_app_journeys import ask, live


def test_a_closing_talk_ends_for_both_and_the_door_stays_open(ada: Phone, ben: Phone) -> None:
    live(ada)
    live(ben)
    ada.page.locator("[data-open=talk]").click()
    ada.page.locator("[data-act=round_off]").click()
    ada.page.get_by_label("Wil je iets tegen").fill("Dank je voor alles.")
    ada.page.get_by_role("button", name="Begin met afronden").click()
    score = ada.page.locator(".score").first
    score.get_by_label("In het begin").select_option("4")
    score.get_by_label("Nu").select_option("8")
    ada.page.get_by_label("Wat wil je onthouden?").fill("Dat ik mag bellen.")
    ada.page.get_by_role("button", name="Bewaren").click()
    expect(ada.page.locator("dialog .form-note")).to_have_text("Bewaard.")

    ben.page.get_by_role("button", name="Terugkijken").click()
    expect(ben.page.locator("dialog blockquote")).to_have_text("Dank je voor alles.")
    expect(ben.page.get_by_label("Wat wil je onthouden?")).to_have_value("")  # hers stays hers
    ben.page.get_by_role("button", name="Helemaal afronden").click()
    for phone in (ada, ben):
        expect(phone.page.locator("#closed")).to_contain_text("Dit gesprek is afgerond.")
        expect(phone.page.locator("#composer")).to_have_count(0)

    ada.page.keyboard.press("Escape")
    ada.page.locator(".back").click()
    expect(ada.page.get_by_role("heading", name="Je staat nu niet op de wachtlijst")).to_be_visible()
    ada.page.locator("[data-act=ask-buddy]").click()
    expect(ada.page.get_by_role("heading", name="Je staat op de wachtlijst")).to_be_visible()
    assert ada.complaints == ben.complaints == []


def test_another_buddy_and_a_no_from_either_side(phones: HandPhone, house: House) -> None:
    """The one who is left is out at once; a proposal that one of the two declines leaves both as they were."""
    pair, kim, third = house.take_pairs(3)
    (old,) = ask(house, kim.ben.token, "GET", "/pairings")["pairings"]
    ada, ben, new = phones(has_touch=True), phones(), phones(has_touch=True)
    ada.open(pair.ada.token)
    ben.open(pair.ben.token)
    new.open(kim.ben.token)
    live(ada)
    ben.enter()
    live(new)
    ada.page.locator("[data-open=talk]").tap()
    ada.page.locator("[data-act=change]").tap()
    ada.page.get_by_label("Niets").check()
    ada.page.locator("[data-act=change-now]").tap()
    expect(ada.page.locator("[data-strip=change]")).to_contain_text("Binnen één werkdag hoor je wie er voor je is.")
    ada.page.locator(".back").tap()
    expect(ada.page.locator("#waiting")).to_contain_text("hoor je wie er voor je is.")
    expect(ben.page.locator("[data-strip^=gone]")).to_contain_text("is gestopt")
    expect(ben.page.locator("#composer")).to_have_count(0)
    expect(ben.page.locator("#conversations .row")).to_have_count(0)

    # The expert says no, by finger; then the youth does, to somebody else: who declined is not proposed again.
    ask(house, pair.mara.token, "POST", "/pairings", {"youth": pair.ada.id, "expert": kim.ben.id})
    expect(ada.page.locator("[data-answer=yes]")).to_be_visible()
    for decider, other in ((new, kim.ben), (ada, third.ben)):
        if decider is ada:
            ask(house, pair.mara.token, "POST", "/pairings", {"youth": pair.ada.id, "expert": other.id})
        decider.page.locator("[data-answer=no]").tap()
        decider.page.locator("[data-answer=really-no]").tap()
        expect(decider.page.locator("[data-pairing=proposed]")).to_have_count(0)
        expect(ada.page.get_by_role("heading", name="Je staat op de wachtlijst")).to_be_visible()
        states = {one["youth"]["id"]: one["state"] for one in ask(house, other.token, "GET", "/pairings")["pairings"]}
        assert states.get(pair.ada.id, "declined") == "declined"
    (still,) = [one for one in ask(house, kim.ben.token, "GET", "/pairings")["pairings"] if one["id"] == old["id"]]
    assert still["state"] == old["state"] == "active"
    assert ada.complaints == ben.complaints == new.complaints == []


def test_after_a_heavy_talk_one_question_and_a_call_back(ben: Phone, house: House, pair: Pair) -> None:
    live(ben)
    ben.page.locator(".back").click()
    worry = ask(house, pair.ben.token, "POST", f"/conversations/{pair.conversation}/worries", {"level": "urgent"})
    path = f"/escalations/{worry['escalation']['id']}"
    ask(house, pair.mara.token, "POST", f"{path}/acknowledge", {})
    ask(house, pair.mara.token, "POST", f"{path}/resolve", {"outcome": "safe"})
    ben.page.locator("[data-care]").get_by_role("button", name="Antwoorden").click()
    send = ben.page.get_by_role("button", name="Versturen", exact=True)
    expect(send).to_have_count(0)  # nobody has to answer; there is nothing to send yet
    ben.page.get_by_role("radio", name="4").check()
    expect(ben.page.locator("dialog .hint")).to_contain_text("Dan zetten we je meteen op rust.")
    ben.page.get_by_label("Ik wil graag gebeld worden").check()
    send.click()
    expect(ben.page.locator("[data-strip=care]")).to_contain_text("Een coördinator belt je terug.")
    expect(ben.page.locator("[data-care]")).to_have_count(0)
    expect(ben.page.get_by_role("heading", name="Je hebt pauze")).to_be_visible()
    calls = ask(house, pair.mara.token, "GET", "/after-care")["call_backs"]
    (called,) = [one for one in calls if pair.ben.id in str(one)]
    ask(house, pair.mara.token, "POST", f"/after-care/{called['id']}/called")
    ben.page.get_by_role("button", name="Ik ben er weer").click()
    expect(ben.page.get_by_role("heading", name="Je bent bereikbaar")).to_be_visible()
    assert ben.complaints == []
