"""The files that make up the app: what the page asks for at once, and what its worker keeps for a train tunnel."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.templatetags.static import static

_STATIC: Final = Path(__file__).parent / "static"
_FOLDERS: Final = ("app", "lib", "vendor")
# The worker is fetched from its own address; the licences are for readers of the repository.
_KEPT: Final = (".js", ".css", ".svg", ".webmanifest", ".png")
_ENTRY: Final = frozenset({"app/main.js", "app/worker.js", "lib/early.js"})
# Fetched when they are opened: the door, the pages beside the talk, most sheets, second factors, and one of the two
# languages.
LATER: Final = frozenset(
    f"{name}.js"
    for name in (
        "app/answers", "app/evening_sheets", "app/factors", "app/honest", "app/hours", "app/intake", "app/languages",
        "app/ledger", "app/message_menu", "app/mine", "app/other_days", "app/part_of_day", "app/parting",
        "app/questions", "app/start", "app/waiting", "app/waiting-words-en", "app/waiting-words-nl", "app/week",
        "app/welcome", "app/words-en", "app/words-nl",
        "lib/account_news", "lib/act_dialog", "lib/code_field", "lib/factor_words", "lib/factors", "lib/passkeys",
        "lib/proof", "lib/qr", "vendor/qrcode",
    )
)  # fmt: skip


def list_modules(language: str) -> list[str]:
    """Return the addresses of the modules of a first load, so that a page asks for all at once."""
    names = (name for name in _list_names() if name.endswith(".js") and name not in _ENTRY | LATER)
    return [static(name) for name in (f"app/words-{language}.js", *names)]


def list_shell() -> list[str]:
    """Return the addresses of all that the app needs without a network, the page itself not counted."""
    return [static(name) for name in _list_names() if name != "app/worker.js"]


@lru_cache(maxsize=1)
def read_version() -> str:
    """Return a short mark of the contents of all files: another one means that something changed."""
    mark = sha256()
    for name in _list_names():
        mark.update(name.encode() + b"\0" + (_STATIC / name).read_bytes())
    return mark.hexdigest()[:16]


def read_worker() -> str:
    """Return the source of the service worker."""
    return (_STATIC / "app" / "worker.js").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _list_names() -> tuple[str, ...]:
    paths = [path for folder in _FOLDERS for path in sorted((_STATIC / folder).iterdir()) if path.suffix in _KEPT]
    return tuple(path.relative_to(_STATIC).as_posix() for path in paths)
