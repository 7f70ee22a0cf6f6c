"""The last resort against real servers on this machine: what is said and signed, and every mood of the other side."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import Settings

from server.safety.channels import ChannelFailed, ChannelMissing, Message
from server.safety.channels.choosing import check_last_resort, find_channel, write_message
from server.safety.channels.smtp import MailServer, Smtp, read_mail_server
from server.safety.channels.webhook import Webhook, call_url
from server.safety.models import Page
from server.safety.shapes import find_reference
from server.safety.tasks import step_letters, step_webhooks
from tests.cast import Cast
from tests.integration.availability.people import TUESDAY, get, put
from tests.integration.safety.calls import act, list_pages, press_help
from tests.integration.safety.standing import Post, run_mail_server, run_webhook

MESSAGE = Message("0190a6f0-0000-7000-8000-00000000abcd", "00C0FFEE", "emergency", "Spoed", "Er wacht een melding.")
SECRET = "between the two of us"


@pytest.fixture
def mail(settings: Settings) -> Iterator[Post]:
    """A mail server, and settings that name it."""
    with run_mail_server() as post:
        settings.ESCALATION_SMTP_URL = f"smtp://127.0.0.1:{post.port}"
        settings.ESCALATION_EMAIL_FROM = "lijn@example.org"
        settings.ESCALATION_EMAIL_TO = "wacht@example.org"
        yield post


@pytest.fixture
def hook(settings: Settings) -> Iterator[Post]:
    """A webhook, and settings that name it."""
    with run_webhook() as post:
        settings.ESCALATION_WEBHOOK_URL = f"http://127.0.0.1:{post.port}/alarm?who=team"
        settings.ESCALATION_WEBHOOK_SECRET = SECRET
        yield post


def make_smtp(post: Post, timeout: float = 30.0) -> Smtp:
    """Return a sender to a mail server."""
    return Smtp(f"smtp://127.0.0.1:{post.port}", sender="lijn@example.org", to="wacht@example.org", timeout=timeout)


def make_webhook(post: Post, timeout: float = 30.0) -> Webhook:
    """Return a caller of a webhook."""
    return Webhook(f"http://127.0.0.1:{post.port}/alarm", secret=SECRET, timeout=timeout)


def call_a_team_without_anybody(cast: Cast) -> None:
    """Have a call for help reach the last resort at once."""
    assert put(cast.mara, "/team/chains/emergency", steps=[{"kind": "last_resort"}]).status == 200


# --- both, by way of a call for help


def test_a_letter_and_a_call_leave_the_house_and_say_nothing_of_anybody(cast: Cast, mail: Post, hook: Post) -> None:
    call_a_team_without_anybody(cast)
    raised = press_help(cast, note="ik durf niet naar huis")

    assert step_letters(TUESDAY)
    assert step_webhooks(TUESDAY)

    reference = find_reference(raised.escalation)
    [letter], [(_, body)] = mail.letters, hook.calls
    said = letter.as_string() + letter.get_content() + body.decode()
    assert (letter["To"], letter["From"]) == ("wacht@example.org", "lijn@example.org")
    assert said.count(reference) >= 4
    secrets = ("Ada", "Ben", "Noord", "huis", cast.ada.id, cast.pair, str(cast.team.id))
    assert [one for one in secrets if one in said] == []
    waits = f"Er wacht een noodgeval in Warmlijn (nummer {reference})."
    assert letter["Subject"] == f"{waits} Nog niemand heeft gereageerd."
    assert "An emergency is waiting in Warmlijn" in letter.get_content()
    assert list_pages(raised.escalation) == [("email", "sent"), ("webhook", "sent")]


def test_a_teams_own_address_comes_first(cast: Cast, mail: Post) -> None:
    call_a_team_without_anybody(cast)
    numbers = get(cast.mara, "/team/safety").body | {"standing_email": "wacht@noord.example"}
    assert put(cast.mara, "/team/safety", **numbers).status == 200
    press_help(cast)
    assert step_letters(TUESDAY)
    assert [one["To"] for one in mail.letters] == ["wacht@noord.example"]


def test_one_channel_that_fails_holds_up_no_other_and_is_tried_again(cast: Cast, mail: Post, hook: Post) -> None:
    mail.mood.refuse = "451 come again"
    call_a_team_without_anybody(cast)
    raised = press_help(cast)

    assert step_letters(TUESDAY)
    assert step_webhooks(TUESDAY)
    assert list_pages(raised.escalation) == [("email", "queued"), ("webhook", "sent")]
    assert not step_letters(TUESDAY + timedelta(seconds=4))
    mail.mood.refuse = ""
    assert step_letters(TUESDAY + timedelta(seconds=5))

    assert list_pages(raised.escalation) == [("email", "sent"), ("webhook", "sent")]
    assert len(mail.letters) == 1


def test_nothing_leaves_the_house_after_somebody_answered(cast: Cast, mail: Post, hook: Post) -> None:
    call_a_team_without_anybody(cast)
    raised = press_help(cast)
    assert act(cast.mara, raised, "acknowledge").status == 200
    assert not step_letters(TUESDAY)
    assert not step_webhooks(TUESDAY)
    assert (mail.letters, hook.calls) == ([], [])


def test_a_production_without_a_last_resort_tries_and_says_so(cast: Cast, settings: Settings) -> None:
    settings.APP_ENV, settings.ESCALATION_SMTP_URL = "prod", ""
    call_a_team_without_anybody(cast)
    press_help(cast)
    assert step_letters(TUESDAY)
    page = Page.objects.get(channel="email")
    assert (page.state, page.failure) == ("queued", "ChannelMissing")
    with pytest.raises(ChannelMissing):
        find_channel("webhook")


def test_a_production_is_told_before_it_starts(settings: Settings) -> None:
    settings.APP_ENV, settings.ESCALATION_SMTP_URL = "prod", "smtps://mail.example.org"
    assert check_last_resort(None) == []
    [warning] = check_last_resort(None, ["default"])
    assert warning.id == "warmlijn.W003"
    assert "ESCALATION_WEBHOOK_URL" in warning.msg
    assert "SMTP_URL" not in warning.msg
    for name in ("EMAIL_FROM", "EMAIL_TO", "WEBHOOK_URL", "WEBHOOK_SECRET"):
        setattr(settings, f"ESCALATION_{name}", "something")
    assert check_last_resort(None, ["default"]) == []


# --- the mail server


def test_a_letter_keeps_its_number(mail: Post) -> None:
    make_smtp(mail).send(MESSAGE)
    make_smtp(mail).send(MESSAGE)
    assert {one["X-Warmlijn-Page"] for one in mail.letters} == {MESSAGE.page_id}
    assert mail.letters[0]["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("answer", ["550 nobody here", "451 come again", "421 too busy"])
def test_a_letter_that_is_refused_is_a_failure(mail: Post, answer: str) -> None:
    mail.mood.refuse = answer
    with pytest.raises(ChannelFailed):
        make_smtp(mail).send(MESSAGE)
    assert mail.letters == []


def test_a_mail_server_that_hangs_is_waited_for_in_vain_but_not_for_ever(mail: Post) -> None:
    mail.mood.hangs = True
    with pytest.raises(ChannelFailed, match="SMTPServerDisconnected"):
        make_smtp(mail, timeout=0.1).send(MESSAGE)


def test_a_mail_server_that_is_away_is_a_failure() -> None:
    with run_mail_server() as post:
        sender = make_smtp(post)
    with pytest.raises(OSError, match="refused"):
        sender.send(MESSAGE)


def test_no_letter_goes_in_the_clear_to_another_machine(mail: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MailServer, "is_local", False)
    with pytest.raises(ChannelFailed, match="SMTPNotSupportedError"):
        make_smtp(mail).send(MESSAGE)
    assert mail.letters == []


def test_a_mail_servers_url_is_read() -> None:
    known = read_mail_server("smtps://li%40jn:ge%3A@mail.example.org")
    assert known == MailServer("mail.example.org", 465, True, "li@jn", "ge:")
    assert read_mail_server("smtp://mail.example.org").port == 587
    assert [read_mail_server(f"smtp://{host}:25").is_local for host in ("127.0.0.1", "[::1]", "localhost", "a.b")] == [
        True,
        True,
        True,
        False,
    ]
    for wrong in ("", "mail.example.org", "http://mail.example.org", "smtp://"):
        with pytest.raises(ChannelMissing):
            read_mail_server(wrong)


def test_a_letter_to_nobody_is_not_sent(mail: Post) -> None:
    with pytest.raises(ChannelMissing):
        Smtp(f"smtp://127.0.0.1:{mail.port}", sender="a@b.example", to="").send(MESSAGE)


# --- the webhook


def test_a_call_is_signed_and_keeps_its_number(hook: Post) -> None:
    make_webhook(hook).send(MESSAGE)
    [(headers, body)] = hook.calls
    assert headers["X-Warmlijn-Signature"] == hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["Idempotency-Key"] == MESSAGE.page_id
    assert b"00C0FFEE" in body


@pytest.mark.parametrize("status", ["302", "400", "404", "500", "503"])
def test_a_call_that_is_not_taken_is_a_failure_and_no_redirect_is_followed(hook: Post, status: str) -> None:
    hook.mood.refuse = status
    with pytest.raises(ChannelFailed, match=status):
        make_webhook(hook).send(MESSAGE)
    assert len(hook.calls) == 1


def test_a_webhook_that_hangs_is_waited_for_in_vain_but_not_for_ever(hook: Post) -> None:
    hook.mood.hangs = True
    with pytest.raises(OSError, match="timed out"):
        make_webhook(hook, timeout=0.1).send(MESSAGE)


@pytest.mark.parametrize("url", ["http://alarm.example.org/", "ftp://127.0.0.1/", "alarm", "", "https:///x"])
def test_only_https_or_this_machine_is_called(url: str) -> None:
    with pytest.raises(ChannelMissing):
        Webhook(url, secret=SECRET)
    with pytest.raises(ChannelMissing):
        call_url(url)


def test_nothing_is_called_without_a_signature() -> None:
    with pytest.raises(ChannelMissing):
        Webhook("https://alarm.example.org/", secret="")


def test_the_monitor_is_looked_at(hook: Post) -> None:
    call_url(f"http://127.0.0.1:{hook.port}/beat?id=1")
    hook.mood.refuse = "500"
    with pytest.raises(ChannelFailed):
        call_url(f"http://127.0.0.1:{hook.port}/beat")
    assert len(hook.calls) == 2


# --- the words


@pytest.mark.parametrize("level", ["concern", "urgent", "emergency"])
def test_the_words_are_dutch_and_english(level: str) -> None:
    message = write_message(page_id=MESSAGE.page_id, reference="00C0FFEE", level=level, to="")
    dutch, english = message.text.strip().split("\n\n")
    assert dutch == message.subject
    assert "Nog niemand heeft gereageerd." in dutch
    assert "Nobody has answered yet." in english
    assert dutch.count("00C0FFEE") == english.count("00C0FFEE") == 1
