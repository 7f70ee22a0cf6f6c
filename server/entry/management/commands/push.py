"""Set up push and look at it: a key for web pushes, the apps' string files, a check, a test page, a stand-in."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from server.foundation.clock import read_clock
from server.push.backends.choosing import CONSOLE, FCM, WEBPUSH, is_on, open_fcm
from server.push.backends.port import Verdict
from server.push.backends.vapid import VapidKeyError, make_vapid_key, read_public_half, read_vapid_key
from server.push.checks import check_push
from server.push.rules.kinds import LANGUAGES
from server.push.rules.string_files import PLATFORMS, draw_strings
from server.push.trying import NobodyToTest, send_test

# What a cause means to whoever sets up; docs/runbooks/push-stopped.md says more.
_CAUSES = {
    "no_credentials": "Google does not take FCM_CREDENTIALS_FILE: unreadable, revoked, or this machine's clock is off",
    "timeout": "Google did not answer in time",
    "cut": "no connection: may this machine reach oauth2.googleapis.com and fcm.googleapis.com on port 443?",
    "unavailable": "Google's sign-in is not to be had at the moment",
}


class Command(BaseCommand):
    """`check` and `strings` change nothing; `send-test` rings; `fake` is a stand-in of Firebase for this machine."""

    help = "Set up push: key, strings, check, send-test, fake."
    # The checks refuse what this command is there to mend.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        key = verbs.add_parser("key", help="write a new key for web pushes; refuses when there is one")
        key.add_argument("file", nargs="?", type=Path, help="where to; VAPID_KEY_FILE if not given")
        strings = verbs.add_parser("strings", help="print the string file for a native app")
        strings.add_argument("platform", choices=PLATFORMS)
        strings.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
        verbs.add_parser("check", help="say in one line whether push is set up right; asks Google, sends nothing")
        test = verbs.add_parser("send-test", help="ring a coordinator's devices at once, with a test page's sentence")
        test.add_argument("email")
        fake = verbs.add_parser("fake", help="stand in for Firebase and the browsers' push service, on loopback")
        fake.add_argument("--port", type=int, default=0)
        fake.add_argument("--credentials", type=Path, help="where to write its service account's file")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Run one verb. Raises CommandError with the one line that says what is wrong."""
        match verb:
            case "key":
                self._make_key(options["file"] or settings.VAPID_KEY_FILE)
            case "strings":
                self.stdout.write(draw_strings(options["platform"], options["language"]), ending="")
            case "check":
                self._check()
            case "send-test":
                self._send_test(options["email"])
            case "fake":
                self._stand_in(options["port"], options["credentials"])

    def _make_key(self, file: Path | None) -> None:
        if file is None:
            raise CommandError("push.no_file: name a file, or set VAPID_KEY_FILE")
        try:
            public = make_vapid_key(file)
        except FileExistsError:
            raise CommandError(f"push.key_exists: {file} is there already, and browsers hang on it") from None
        except OSError as problem:
            raise CommandError(f"push.key_file: {file}: {problem.strerror}") from None
        self.stdout.write(
            f"{file}: new key for web pushes. Its public half, which the app asks for by itself:\n{public}"
        )

    def _check(self) -> None:
        wrong = [f"{one.id} {one.msg}" for one in check_push(None) if one.is_serious()]
        if wrong:
            raise CommandError("; ".join(wrong))
        ways = [self._check_fcm()] if is_on(FCM) else []
        if is_on(WEBPUSH):
            ways.append(f"webpush: key {_read_public_key()[:12]}…")
        if is_on(CONSOLE):
            ways.append("console: pushes go into the log")
        self.stdout.write("; ".join(ways))

    def _check_fcm(self) -> str:
        backend = open_fcm()
        try:
            outcome = backend.check()
            if outcome.verdict is not Verdict.SENT:
                raise CommandError(f"push.{outcome.cause}: {_CAUSES.get(outcome.cause, 'see docs/push.md')}")
            return f"fcm: signed in to project {backend.project}"
        finally:
            backend.close()

    def _send_test(self, email: str) -> None:
        try:
            tried = send_test(email=email, now=read_clock())
        except NobodyToTest as problem:
            raise CommandError(f"push.nobody: {problem}") from None
        for device, outcome in tried:
            self.stdout.write(f"{device.platform} {device.id}: {outcome.verdict.value} {outcome.cause}".rstrip())

    def _stand_in(self, port: int, credentials: Path | None) -> None:
        if settings.APP_ENV == "prod":
            raise CommandError("push.no_stand_in: a stand-in has no place in production")
        # Loaded here: nothing of it belongs into a process that serves people.
        from server.entry.fake_push.outside import run_outside

        file = credentials or settings.VAR / "fake-firebase.json"
        try:
            asyncio.run(run_outside(port, file, lambda line: self.stdout.write(line)))
        except OSError as problem:
            raise CommandError(f"push.stand_in: {problem.strerror}") from None


def _read_public_key() -> str:
    try:
        return read_public_half(read_vapid_key(settings.VAPID_KEY_FILE))
    except VapidKeyError as problem:
        raise CommandError(f"push.key_file: {problem}") from None
