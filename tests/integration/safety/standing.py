"""The organisation's standing addresses in tests: a mail server and a webhook on this machine, in all moods."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, cast


@dataclass(slots=True)
class Mood:
    """How a server behaves: `refuse` is what it answers instead of yes; while `hangs` is unset it answers nothing."""

    refuse: str = ""
    hangs: bool = False
    released: Event = field(default_factory=Event)


@dataclass(slots=True)
class Post:
    """What came to a standing address, and where it is."""

    port: int
    mood: Mood
    letters: list[EmailMessage] = field(default_factory=list)
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def run_mail_server() -> Iterator[Post]:
    """Run an SMTP server (RFC 5321, as much as a letter needs) on a free port."""
    with _run(_ThreadingServer(("127.0.0.1", 0), _MailHandler)) as post:
        yield post


@contextmanager
def run_webhook() -> Iterator[Post]:
    """Run an HTTP server that takes calls on a free port."""
    with _run(ThreadingHTTPServer(("127.0.0.1", 0), _HookHandler)) as post:
        yield post


class _ThreadingServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def _run(server: Any) -> Iterator[Post]:
    post = server.post = Post(server.server_address[1], Mood())
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield post
    finally:
        post.mood.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _MailHandler(socketserver.StreamRequestHandler):
    """One conversation with a client that brings a letter."""

    def handle(self) -> None:
        """Greet, then answer each line."""
        post: Post = cast(Any, self.server).post
        if post.mood.hangs:
            post.mood.released.wait(30)
            return
        self._say("220 standing.example")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self._say("354 go on")
                post.letters.append(self._read_letter())
                self._say("250 taken")
            elif word == b"QUIT":
                self._say("221 bye")
                return
            elif word == b"RCPT" and post.mood.refuse:
                self._say(post.mood.refuse)
            else:
                self._say("250 yes")

    def _read_letter(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return message_from_bytes(b"".join(lines), policy=policy.default)

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class _HookHandler(BaseHTTPRequestHandler):
    """One call."""

    def do_POST(self) -> None:
        """Keep what was brought."""
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self) -> None:
        """Somebody looks."""
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        post: Post = cast(Any, self.server).post
        if post.mood.hangs:
            post.mood.released.wait(30)
            return
        post.calls.append((dict(self.headers), body))
        self.send_response(int(post.mood.refuse or 204))
        if post.mood.refuse == "302":
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
