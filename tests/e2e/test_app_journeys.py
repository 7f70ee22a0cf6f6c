"""What an evening brings, each on a phone of 390 by 844: out of hours, a quick exit, a match that becomes a talk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from playwright.sync_api import expect

from tests.e2e.browser import Phone
from tests.e2e.conftest import HandPhone
from tests.e2e.house import House, Pair, Somebody
from tests.e2e.test_coming_in import come_in
from tests.services.processes import wait_until


def live(phone: Phone) -> None:
    """Wait until the page is connected and has caught up."""
    expect(phone.page.locator("html")).to_have_attribute("data-line", "live")


def ask(house: House, token: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Return the answer of one call of the contract; None for an empty one."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.request(method, f"{house.url}/api/v1{path}", headers=headers, json=body, timeout=30)
    assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def close_hours(house: House, ben: Somebody) -> None:
    """Give Ben one hour, twelve hours from now: the server itself turns his gate."""
    start = datetime.now(UTC) + timedelta(hours=12)
    window = {"weekday": start.isoweekday(), "start": f"{start:%H:%M}", "end": f"{start + timedelta(hours=1):%H:%M}"}
    ask(house, ben.token, "PUT", "/me/availability", {"zone": "UTC", "windows": [window]})


def test_out_of_hours_the_answer_is_honest_and_has_doors(ada: Phone, house: House, pair: Pair) -> None:
    live(ada)
    close_hours(house, pair.ben)
    expect(ada.page.locator("#room-hours")).to_contain_text("weer vanaf")
    ada.write("Ben je wakker?")
    expect(ada.state_of("Ben je wakker?")).to_contain_text("opgeslagen, nog niet bij")
    held = ada.bubble("Ben je wakker?")
    expect(held.locator(".held")).to_contain_text("je bericht is veilig bewaard")
    expect(held.locator("[data-door=help]")).to_be_visible()
    ada.page.reload()  # the answer is given once: the three doors stand there without it as well
    expect(held.locator("[data-door]")).to_have_count(3)
    expect(held.locator("[data-door=duty]")).to_have_text("Vragen of er nu iemand dienst heeft")
    held.locator("[data-door=wait]").click()
    expect(held.locator("[data-door=help]")).to_have_count(0)
    expect(ada.page.locator(".room [data-help-now]")).to_be_visible()
    ask(house, pair.ben.token, "PUT", "/me/availability", {"zone": "UTC", "windows": around_the_clock()})
    expect(ada.page.locator("#room-hours")).to_contain_text("bereikbaar")
    expect(ada.page.locator(".held-answer")).to_have_count(0)
    assert ada.complaints == []


def around_the_clock() -> list[dict[str, Any]]:
    """Return hours that never end."""
    return [{"weekday": day, "start": "00:00", "end": "00:00"} for day in range(1, 8)]


def test_the_quick_exit_empties_everything_at_once(ada: Phone, house: House, pair: Pair) -> None:
    live(ada)
    ada.write("Dit mag niemand zien")
    expect(ada.bubble("Dit mag niemand zien")).to_have_count(1)
    ada.page.locator("#body").fill("half af")
    before, after = ada.page.evaluate(PRESS_AND_LOOK)
    assert "Dit mag niemand zien" in before
    assert after == ""
    ada.page.wait_for_url("about:blank")
    assert ada.page.inner_text("body") == ""
    ada.page.goto(f"{ada.home}/healthz")
    assert ada.page.evaluate("localStorage.length") == 0
    ada.page.goto(f"{ada.home}/")
    expect(ada.page.get_by_role("heading", level=1)).to_contain_text("Iemand die weet hoe het is.")
    assert ada.page.evaluate("async () => (await indexedDB.databases()).length") == 0
    own = {"Authorization": f"Bearer {pair.ada.token}"}
    assert wait_until(lambda: httpx.get(f"{house.url}/api/v1/me", headers=own, timeout=30).status_code == 401)


# What the page holds when the third press was dealt with is what the very next frame paints. In one go: the three count
# within a second and a half.
PRESS_AND_LOOK = """() => {
  const press = () => dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  const look = () => document.title + document.body.innerText.trim();
  press();
  press();
  const before = look();
  press();
  return [before, look()];
}"""


def test_going_back_after_the_quick_exit_shows_nothing(ada: Phone) -> None:
    live(ada)
    ada.write("Dit mag niemand zien")
    ada.page.evaluate("history.pushState(null, '', '/?again')")
    ada.page.locator(".exit").locator("visible=true").click()
    ada.page.wait_for_url("about:blank")
    ada.page.go_back()
    ada.page.wait_for_url("about:blank")
    assert "Dit mag niemand zien" not in ada.page.content()


def test_from_match_to_first_talk(phones: HandPhone, house: House) -> None:
    """A youth comes in, sees who is proposed, says yes; the expert too; and there is the talk."""
    lines = [line.split() for line in house.run("demo", "--url", house.url).splitlines() if "#token=" in line]
    tokens = {name.strip(",:"): link.partition("#token=")[2] for _, name, link in lines}
    joris_id = ask(house, tokens["Joris"], "GET", "/me")["id"]
    zoe, joris = phones(), phones()
    come_in(zoe, ask(house, tokens["Mara"], "POST", "/invitations", {})["link"], "Zoë")
    zoe.page.locator("#to-talk").click()
    live(zoe)
    zoe_id = ask(house, zoe.page.evaluate("localStorage.getItem('warmlijn.token')"), "GET", "/me")["id"]
    ask(house, tokens["Mara"], "POST", "/pairings", {"youth": zoe_id, "expert": joris_id})
    expect(zoe.page.get_by_role("heading", name="Dit is Joris")).to_be_visible()
    joris.open(tokens["Joris"])
    zoe.page.locator("[data-answer=yes]").click()
    expect(zoe.page.get_by_role("heading", name="Je hebt ja gezegd")).to_be_visible()
    joris.page.locator("[data-answer=yes]").click()
    expect(zoe.page.locator("#room-name")).to_have_text("Joris")
    zoe.write("Hoi Joris")
    expect(zoe.state_of("Hoi Joris")).to_contain_text("opgeslagen")
    zoe.page.locator("[data-strip=trial] button").click()
    expect(zoe.page.locator("[data-strip=trial]")).to_have_count(0)
    assert zoe.complaints == joris.complaints == []


def test_a_reply_shows_what_it_answers_and_a_report_reaches_the_team(ada: Phone, ben: Phone) -> None:
    live(ada)
    ben.write("Hoe was je dag?")
    expect(ada.bubble("Hoe was je dag?")).to_have_count(1)
    ada.bubble("Hoe was je dag?").locator(".bubble").click(button="right")
    ada.page.locator("[data-act=reply]").click()
    ada.write("Best goed")
    expect(ben.bubble("Best goed").locator(".quote")).to_contain_text("Hoe was je dag?")
    ada.bubble("Hoe was je dag?").locator(".bubble").first.click(button="right")
    ada.page.locator("[data-act=report]").click()
    ada.page.get_by_role("button", name="Melden", exact=True).click()
    expect(ada.page.get_by_role("heading", name="Bedankt dat je het zegt")).to_be_visible()
    assert ada.complaints == ben.complaints == []


def test_an_experts_evening(ben: Phone, house: House, pair: Pair) -> None:
    """Hours typed and kept, a pause in two taps, a worry passed on, the way back."""
    live(ben)
    ben.page.locator(".worry").click()
    ben.page.get_by_label("Het moet vandaag nog").check()
    ben.page.get_by_role("button", name="Doorgeven").click()
    expect(ben.page.locator("dialog .note")).to_contain_text("Je zorg is doorgegeven")
    ben.page.locator("dialog .sheet-end button").click()
    ben.page.locator(".back").click()
    ben.page.get_by_role("button", name="Mijn uren").first.click()
    ben.page.locator(".day-name").first.click()
    ben.page.get_by_label("maandag vanaf").fill("20:15")
    ben.page.get_by_label("maandag tot").fill("22:45")
    ben.page.locator("#keep-hours").click()
    expect(ben.page.locator("[data-strip=hours]")).to_contain_text("gelden nu meteen")
    kept = ask(house, pair.ben.token, "GET", "/me/availability")["windows"]
    assert {"weekday": 1, "start": "20:15", "end": "22:45"} in kept
    ben.page.locator(".back").click()
    ben.page.locator("#pause").click()
    ben.page.get_by_role("button", name="Tot ik zelf terugkom").click()
    expect(ben.page.get_by_role("heading", name="Je hebt pauze")).to_be_visible()
    ben.page.get_by_role("button", name="Ik ben er weer").click()
    expect(ben.page.get_by_role("heading", name="Je hebt pauze")).to_have_count(0)
    assert ben.complaints == []


def test_an_expert_who_is_free_keeps_a_draft_and_reads_from_when_it_can_go(
    ben: Phone, house: House, pair: Pair
) -> None:
    live(ben)
    ben.page.locator("#body").fill("Hoe ging het examen?")
    close_hours(house, pair.ben)
    note, send = ben.page.locator("#composer-note"), ben.page.locator("#composer .send")
    with ben.page.expect_response("**/api/v1/conversations"):  # the page looks after its hours with a line that is new
        ben.page.reload()
    expect(note).to_contain_text("kun je weer versturen")
    expect(send).to_be_disabled()
    ben.page.locator("#body").press("Enter")
    expect(ben.page.locator("#body")).to_have_value("Hoe ging het examen?")
    expect(ben.page.locator("li.message")).to_have_count(0)
    ask(house, pair.ben.token, "PUT", "/me/availability", {"zone": "UTC", "windows": around_the_clock()})
    ben.page.reload()
    expect(send).to_be_enabled()
    send.click()
    expect(ben.bubble("Hoe ging het examen?")).to_have_count(1)
    assert ben.complaints == []


def test_older_pages_come_without_a_jump(phones: HandPhone, house: House, pair: Pair) -> None:
    for number in range(1, 81):
        ask(
            house, pair.ada.token, "POST", f"/conversations/{pair.conversation}/messages",
            {"m": str(uuid4()), "body": f"regel {number}."},
        )  # fmt: skip
    ada = phones()
    ada.open(pair.ada.token)
    live(ada)
    expect(ada.bubble("regel 80.")).to_be_visible()
    shown = len(ada.texts)
    text, before = ada.page.evaluate(SCROLL_UP)
    expect(ada.page.locator(".bubble").nth(shown)).to_be_attached()
    assert abs(ada.page.evaluate(FIND_TOP, text) - before) < 3


# Near the top, the older page is fetched; where the third message stands is noted in the same breath.
SCROLL_UP = """() => {
  document.querySelector("#pages").scrollTop = 100;
  const third = document.querySelectorAll(".bubble")[2];
  return [third.innerText, third.getBoundingClientRect().top];
}"""
FIND_TOP = """(text) => {
  return [...document.querySelectorAll(".bubble")].find((one) => one.innerText === text).getBoundingClientRect().top;
}"""
