"""Which backend stands behind a channel, by the settings; and what a message says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.utils.translation import gettext_lazy, override

from server.safety.channels import ChannelMissing, LastResort, Message
from server.safety.channels.console import Console
from server.safety.channels.smtp import Smtp
from server.safety.channels.webhook import Webhook
from server.safety.rules.levels import CONCERN, EMERGENCY, URGENT

EMAIL: Final = "email"
_LANGUAGES: Final = ("nl", "en")  # whoever reads the standing address
_WORDS: Final = {
    EMERGENCY: gettext_lazy("An emergency is waiting in Warmlijn (number %(number)s). Nobody has answered yet."),
    URGENT: gettext_lazy("An urgent call is waiting in Warmlijn (number %(number)s). Nobody has answered yet."),
    CONCERN: gettext_lazy("A worry is waiting in Warmlijn (number %(number)s). Nobody has answered yet."),
}


@register("database")
def check_last_resort(
    app_configs: Iterable[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Warn of a production whose last resort reaches nobody. Runs before `serve` and `work`."""
    named = ("SMTP_URL", "EMAIL_FROM", "EMAIL_TO", "WEBHOOK_URL", "WEBHOOK_SECRET")
    missing = [f"ESCALATION_{one}" for one in named if not getattr(settings, f"ESCALATION_{one}")]
    if not databases or settings.APP_ENV == "dev" or not missing:
        return []
    sentence = f"the last resort of an escalation would reach nobody: {', '.join(missing)} not set"
    return [Warning(sentence, hint="docs/escalation.md", id="warmlijn.W003")]


def find_channel(name: str) -> LastResort:
    """Return the backend of a channel. Raises ChannelMissing when production has none."""
    url = settings.ESCALATION_SMTP_URL if name == EMAIL else settings.ESCALATION_WEBHOOK_URL
    if not url:
        if settings.APP_ENV == "dev":
            return Console(name)
        raise ChannelMissing(f"no {name} is set")
    if name == EMAIL:
        return Smtp(url, sender=settings.ESCALATION_EMAIL_FROM, to=settings.ESCALATION_EMAIL_TO)
    return Webhook(url, secret=settings.ESCALATION_WEBHOOK_SECRET)


def write_message(*, page_id: str, reference: str, level: str, to: str) -> Message:
    """Return what leaves the house, in Dutch and English: that something waits, how urgent it is, and its number."""
    lines = []
    for language in _LANGUAGES:
        with override(language):
            lines.append(str(_WORDS[level]) % {"number": reference})
    return Message(page_id, reference, level, lines[0], "\n\n".join(lines) + "\n", to)
