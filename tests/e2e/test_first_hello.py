"""Journeys of the page at `/` in a real browser against the real server: Ada (youth) and Ben (her buddy) talk."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import uuid4

import httpx
from playwright.sync_api import WebSocketRoute, expect

from tests.e2e.browser import Phone
from tests.e2e.conftest import HandPhone
from tests.e2e.house import House, Pair


def live(phone: Phone) -> None:
    """Wait until the page is connected and has caught up."""
    expect(phone.page.locator("html")).to_have_attribute("data-line", "live")


def test_two_people_talk_and_see_how_far_their_words_are(ada: Phone, ben: Phone) -> None:
    live(ada)
    live(ben)
    ben.pocket(True)
    ada.write("Hoi Ben, ben je daar?")
    expect(ben.bubble("Hoi Ben, ben je daar?")).to_have_count(1)
    expect(ada.state_of("Hoi Ben")).to_have_text("bij je buddy")
    ben.pocket(False)
    expect(ada.state_of("Hoi Ben")).to_have_text("gelezen")
    ben.write("Ja, ik ben er.")
    expect(ada.bubble("Ja, ik ben er.")).to_have_count(1)
    expect(ben.state_of("Ja, ik ben er.")).to_have_text("gelezen")
    assert ada.texts == ben.texts == ["Hoi Ben, ben je daar?", "Ja, ik ben er."]
    assert ada.complaints == ben.complaints == []


def test_a_message_is_only_stored_while_the_buddy_is_away(ada: Phone) -> None:
    live(ada)
    ada.write("Ik schrijf je vast")
    expect(ada.state_of("Ik schrijf je vast")).to_have_text("opgeslagen")


def test_the_token_leaves_the_address_bar_and_a_reload_keeps_the_conversation(ada: Phone, ben: Phone) -> None:
    live(ada)
    live(ben)
    ada.write("Dit blijft staan")
    expect(ben.bubble("Dit blijft staan")).to_have_count(1)
    assert ada.page.url == f"{ada.home}/"
    ada.page.locator("#body").fill("Nog niet af")
    ada.page.reload()
    live(ada)
    expect(ada.bubble("Dit blijft staan")).to_have_count(1)
    expect(ada.page.locator("#body")).to_have_value("Nog niet af")
    assert ada.complaints == []


def test_ten_sends_in_a_tunnel_arrive_once_and_in_order(ada: Phone, ben: Phone) -> None:
    """The network is cut in the middle of ten sends."""
    live(ada)
    live(ben)
    texts = [f"bericht {number}." for number in range(1, 11)]
    for text in texts[:4]:
        ada.write(text)
    ada.context.set_offline(True)
    for text in texts[4:]:
        ada.write(text)
    expect(ada.state_of(texts[-1])).to_have_text("staat klaar, wacht op verbinding")
    ada.context.set_offline(False)
    expect(ben.bubble(texts[-1])).to_have_count(1)
    expect(ada.state_of(texts[-1])).to_have_text("gelezen")
    assert ada.texts == ben.texts == texts
    assert ada.complaints == ben.complaints == []


def test_what_is_unsent_survives_a_reload_and_goes_once(ada: Phone, ben: Phone) -> None:
    live(ada)
    live(ben)
    ada.context.route("**/api/v1/realtime/tickets", lambda route: route.abort())
    ada.context.set_offline(True)
    expect(ada.page.locator("html")).to_have_attribute("data-line", "waiting")
    ada.write("Nog in mijn zak")
    expect(ada.state_of("Nog in mijn zak")).to_have_text("staat klaar, wacht op verbinding")
    ada.context.set_offline(False)
    ada.page.reload()
    expect(ada.page.locator("html")).to_have_attribute("data-line", "waiting")
    ada.context.unroute("**/api/v1/realtime/tickets")
    expect(ben.bubble("Nog in mijn zak")).to_have_count(1)
    expect(ada.state_of("Nog in mijn zak")).to_have_text("gelezen")
    assert ada.texts == ben.texts == ["Nog in mijn zak"]


def test_a_lost_answer_does_not_double_a_message(ada: Phone, ben: Phone) -> None:
    """The server commits, the answer never comes: the same message goes again with the same id."""
    live(ben)
    ada.page.route_web_socket("**/ws/v1", _lose_first_answer(then_cut=True))
    ada.page.reload()
    live(ada)
    ada.write("Maar één keer")
    expect(ada.state_of("Maar één keer")).to_have_text("gelezen")
    ada.write("En dan dit")
    expect(ben.bubble("En dan dit")).to_have_count(1)
    assert ada.texts == ben.texts == ["Maar één keer", "En dan dit"]


def test_a_reload_before_the_answer_does_not_double_a_message(ada: Phone, ben: Phone) -> None:
    live(ben)
    ada.page.route_web_socket("**/ws/v1", _lose_first_answer(then_cut=False))
    ada.page.reload()
    live(ada)
    ada.write("Ook maar één keer")
    expect(ben.bubble("Ook maar één keer")).to_have_count(1)
    expect(ada.state_of("Ook maar één keer")).to_have_text("wordt verstuurd")
    ada.page.reload()
    expect(ada.state_of("Ook maar één keer")).to_have_text("gelezen")
    ada.write("En dan dit")
    expect(ben.bubble("En dan dit")).to_have_count(1)
    assert ada.texts == ben.texts == ["Ook maar één keer", "En dan dit"]


def test_a_held_message_is_shown_as_held_and_can_be_taken_back(
    ada: Phone, ben: Phone, house: House, pair: Pair
) -> None:
    house.turn_gate(pair, "close")
    live(ada)
    ada.write("Liever niet")
    expect(ada.bubble("Liever niet").locator(".held")).to_contain_text("je bericht is veilig bewaard")
    ada.bubble("Liever niet").get_by_role("button", name="Intrekken").click()
    expect(ada.page.locator(".bubble.gone")).to_have_count(1)
    ada.write("Tot morgen")
    expect(ada.state_of("Tot morgen")).to_contain_text("opgeslagen, nog niet bij")
    assert ben.texts == []
    house.turn_gate(pair, "open")
    expect(ben.bubble("Tot morgen")).to_have_count(1)
    expect(ada.state_of("Tot morgen")).to_have_text("gelezen")
    assert "Liever niet" not in ben.page.content()


def test_typing_is_shown_to_the_other_only(ada: Phone, ben: Phone) -> None:
    live(ada)
    live(ben)
    ben.page.locator("#body").press_sequentially("Hm")
    expect(ada.page.locator("#typing")).to_contain_text("is aan het typen")
    expect(ben.page.locator("#typing")).to_be_hidden()


def test_the_page_comes_back_by_itself_after_the_server_restarted(ada: Phone, ben: Phone, house: House) -> None:
    live(ada)
    live(ben)
    house.stop()
    expect(ada.page.locator("html")).not_to_have_attribute("data-line", "live")
    ada.write("Terwijl je weg was")
    house.start()
    expect(ben.bubble("Terwijl je weg was")).to_have_count(1, timeout=45_000)  # the pauses between tries have grown
    expect(ada.bubble("Terwijl je weg was")).to_be_visible()
    assert ada.texts == ben.texts == ["Terwijl je weg was"]


def test_two_tabs_share_one_line_and_each_can_write(ada: Phone, ben: Phone) -> None:
    live(ada)
    live(ben)
    second = _open_second_tab(ada)
    second.write("Uit het tweede tabblad")
    expect(ben.bubble("Uit het tweede tabblad")).to_have_count(1)
    ada.write("En uit het eerste")
    expect(ben.bubble("En uit het eerste")).to_have_count(1)
    ben.write("Ik zie ze allebei")
    for tab in (ada, second):
        expect(tab.bubble("Ik zie ze allebei")).to_have_count(1)
        assert tab.texts == ben.texts == ["Uit het tweede tabblad", "En uit het eerste", "Ik zie ze allebei"]
    ada.page.close()
    ben.write("En nu nog een")
    expect(second.bubble("En nu nog een")).to_have_count(1)
    second.write("Komt goed")
    expect(ben.bubble("Komt goed")).to_have_count(1)
    assert second.complaints == ben.complaints == []


def test_earlier_messages_come_when_one_scrolls_up(phones: HandPhone, pair: Pair, house: House) -> None:
    _fill(house, pair, 90)
    ada = phones()
    ada.open(pair.ada.token)
    live(ada)
    expect(ada.bubble("regel 90")).to_be_visible()
    assert len(ada.texts) < 90
    ada.page.get_by_role("button", name="Eerdere berichten").click()
    expect(ada.bubble("regel 12.")).to_have_count(1)
    # Pages also come by themselves when their beginning is in sight: the button may leave before one has pressed it.
    ada.page.wait_for_function(
        "() => { const older = document.querySelector('#older'); older?.click(); return !older; }"
    )
    assert ada.texts == [f"regel {number}." for number in range(1, 91)]


def test_nothing_of_a_stranger_is_shown(phones: HandPhone) -> None:
    eve = phones()
    eve.open("not-a-token")
    expect(eve.page.locator("#intro-note")).to_contain_text("Je bent niet meer ingelogd.")
    assert eve.page.evaluate("sessionStorage.length") == 0


def _open_second_tab(phone: Phone) -> Phone:
    with phone.context.expect_page() as opened:
        phone.page.evaluate("() => { window.open('/', '_blank'); }")
    tab = Phone(opened.value, phone.home)
    live(tab)
    return tab


def _lose_first_answer(*, then_cut: bool) -> Callable[[WebSocketRoute], None]:
    """After the first `send` nothing of the server comes through on that line; its answer may cut the line."""
    used: list[WebSocketRoute] = []

    def route(line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def take(message: str | bytes) -> None:
            if not used and json.loads(message)["type"] == "send":
                used.append(line)
            server.send(message)

        def bring(message: str | bytes) -> None:
            if line not in used:
                line.send(message)
            elif then_cut and json.loads(message)["type"] == "sent":
                line.close(code=4003)

        line.on_message(take)
        server.on_message(bring)

    return route


def _fill(house: House, pair: Pair, count: int) -> None:
    """Have Ada write many lines, as another of her devices would."""
    with httpx.Client(base_url=house.url, headers={"Authorization": f"Bearer {pair.ada.token}"}, timeout=30) as device:
        for number in range(1, count + 1):
            sent = device.post(
                f"/api/v1/conversations/{pair.conversation}/messages",
                json={"m": str(uuid4()), "body": f"regel {number}."},
            )
            assert sent.status_code == 201
