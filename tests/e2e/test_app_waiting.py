"""A youth who came in and has no buddy yet: on the waiting list, the intake, help and exit in reach, a lost line."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.e2e.browser import Phone
from tests.e2e.checks import find_serious
from tests.e2e.conftest import HandPhone
from tests.e2e.house import House
from tests.e2e.test_app_journeys import ask, live
from tests.e2e.test_coming_in import come_in


def read_own(house: House, zoe: Phone, path: str) -> dict[str, object]:
    """Return what the server answers to the youth's own call."""
    answer: dict[str, object] = ask(house, zoe.page.evaluate("localStorage.getItem('warmlijn.token')"), "GET", path)
    return answer


def come_to_wait(phones: HandPhone, house: House) -> Phone:
    """Have Zoë come in by an invitation; she is on the waiting list."""
    mara, zoe = house.take_coordinator(), phones()
    come_in(zoe, ask(house, mara.token, "POST", "/invitations", {})["link"], "Zoë")
    zoe.page.locator("#to-talk").click()
    live(zoe)
    return zoe


def go_on(page: Page, title: str) -> None:
    """Press "Verder"; the next step's title has the focus."""
    page.locator("#intake-next").click()
    expect(page.locator("#intake h2")).to_have_text(title)
    expect(page.locator("#intake h2")).to_be_focused()


def test_who_waits_for_a_buddy_reads_what_comes_and_fills_in_the_intake(phones: HandPhone, house: House) -> None:
    zoe = come_to_wait(phones, house)
    page = zoe.page
    expect(page.get_by_role("heading", name="Je staat op de wachtlijst")).to_be_visible()
    expect(page.locator("#waiting .steps li")).to_have_count(3)
    expect(page.locator("[data-help-now]")).to_be_visible()
    found = find_serious(page)
    page.locator("[data-open=intake]").click()

    expect(page.locator("#intake-step")).to_have_text("Stap 1 van 6")
    page.get_by_label("angst", exact=True).check()
    page.get_by_label("eenzaamheid", exact=True).check()
    found += find_serious(page)
    zoe.context.set_offline(True)
    page.get_by_label("in je eigen woorden").fill("Ik hou van tekenen.")
    expect(page.locator("#intake-kept")).to_contain_text("gaat straks vanzelf mee")
    go_on(page, "Over jou")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/me/intake")):
        page.get_by_label("18 tot en met 20").check()
    zoe.context.set_offline(False)
    expect(page.locator("#intake-kept")).to_contain_text("vanzelf bewaard")
    live(zoe)
    page.reload()  # what is sent comes back from the server, and the step is where it was
    page.locator("[data-open=intake]").click()
    expect(page.get_by_label("18 tot en met 20")).to_be_checked()
    late: list[Route] = []
    page.route("**/me/intake", lambda route: late.append(route))
    with page.expect_request("**/me/intake"):
        page.get_by_label("Wat vind je leuk om te doen?").fill("tekenen\nvoetbal")

    go_on(page, "Over je buddy")
    page.get_by_label("Minstens").fill("9")
    late.pop().continue_()  # an answer that comes while somebody types takes nothing away
    page.wait_for_function("() => !sessionStorage.getItem('warmlijn.note.intake')")
    page.unroute("**/me/intake")
    expect(page.get_by_label("Minstens")).to_have_value("9")
    page.get_by_label("Hoogstens").fill("3")
    page.get_by_label("een vrouw", exact=True).check()
    expect(page.locator("[data-question=age_distance] .form-note")).to_contain_text("Kijk nog eens.")
    page.get_by_label("Hoogstens").fill("12")
    go_on(page, "Wanneer")
    page.get_by_label("maandag: avond").check()
    page.get_by_label("zondag: nacht").focus()
    page.keyboard.press("Space")
    found += find_serious(page)
    go_on(page, "Wie liever niet")
    go_on(page, "Verder nog iets?")
    page.locator("#intake-next").click()
    expect(page.get_by_role("heading", name="Klaar. Dank je wel.")).to_be_focused()
    expect(page.locator("#intake .steps li")).to_have_count(3)
    page.locator("#intake-home").click()
    expect(page.locator("[data-open=intake]")).to_have_text("Je antwoorden aanpassen")

    told = read_own(house, zoe, "/me/intake")["intake"]
    assert isinstance(told, dict)
    assert told["themes"] == ["anxiety", "loneliness"]
    assert (told["own_words"], told["age_band"], told["likes"]) == (
        "Ik hou van tekenen.",
        "18-20",
        ["tekenen", "voetbal"],
    )
    assert (told["gender_wish"], told["age_distance"]) == ("woman", [9, 12])
    assert told["times"] == [
        {"weekday": 1, "start": "18:00", "end": "23:00"}, {"weekday": 7, "start": "23:00", "end": "06:00"},
    ]  # fmt: skip
    assert found == []
    assert [one for one in zoe.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []
