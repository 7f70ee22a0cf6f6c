"""E-mail through the organisation's own mail server."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from server.safety.channels import TIMEOUT_SECONDS, ChannelFailed, ChannelMissing, Message

_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """`smtps://USER:PASSWORD@HOST:PORT` speaks TLS from the start, `smtp://…` after STARTTLS.

    Only a server on this machine may be spoken to in the clear.
    """

    host: str
    port: int
    tls: bool
    user: str
    password: str

    @property
    def is_local(self) -> bool:
        """Tell whether it runs on this machine."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_mail_server(url: str) -> MailServer:
    """Return the server of a URL. Raises ChannelMissing when it is none."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ChannelMissing("ESCALATION_SMTP_URL is not smtp:// or smtps://")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname, parts.port or _PORTS[parts.scheme], parts.scheme == "smtps", user, password)


class Smtp:
    """Sends plain text; every wait is bounded."""

    def __init__(self, url: str, *, sender: str, to: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._server, self._sender, self._to, self._timeout = read_mail_server(url), sender, to, timeout

    def send(self, message: Message) -> None:
        """Hand the letter to the mail server. Raises ChannelFailed, ChannelMissing, OSError."""
        to = message.to or self._to
        if not to or not self._sender:
            raise ChannelMissing("no standing address")
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self._sender, to, message.subject
        # The same page keeps its id: who gets it twice sees that it is one.
        letter["Message-ID"] = make_msgid(message.page_id, domain="warmlijn.invalid")
        letter["X-Warmlijn-Page"] = message.page_id
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text)
        try:
            with self._open() as server:
                self._prepare(server)
                server.send_message(letter)
        except smtplib.SMTPException as problem:
            raise ChannelFailed(type(problem).__name__) from None

    def _open(self) -> smtplib.SMTP:
        known = self._server
        if known.tls:
            return smtplib.SMTP_SSL(known.host, known.port, timeout=self._timeout, context=ssl.create_default_context())
        return smtplib.SMTP(known.host, known.port, timeout=self._timeout)

    def _prepare(self, server: smtplib.SMTP) -> None:
        if not self._server.tls and not self._server.is_local:
            server.starttls(context=ssl.create_default_context())
        if self._server.user:
            server.login(self._server.user, self._server.password)
