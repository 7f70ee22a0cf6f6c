"""The string files of native apps, from the one table of words: a phone shows its own sentence for a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from xml.sax.saxutils import escape

from server.push.rules.kinds import WORDS

PLATFORMS: Final = ("android", "ios")
_ANDROID: Final = '<?xml version="1.0" encoding="utf-8"?>\n<resources>\n{rows}\n</resources>\n'


def draw_strings(platform: str, language: str) -> str:
    """Return the file for `res/values-nl/push.xml` (android) or `nl.lproj/Localizable.strings` (ios)."""
    return _WRITERS[platform](WORDS[language])


def _draw_android(words: Mapping[str, str]) -> str:
    rows = (f'    <string name="{key}">{_quote_android(text)}</string>' for key, text in words.items())
    return _ANDROID.format(rows="\n".join(rows))


def _draw_ios(words: Mapping[str, str]) -> str:
    return "".join(f'"{key}" = "{_quote(text)}";\n' for key, text in words.items())


def _quote_android(text: str) -> str:
    return escape(_quote(text)).replace("'", "\\'").replace("@", "\\@").replace("?", "\\?")


def _quote(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


_WRITERS: Final[Mapping[str, Callable[[Mapping[str, str]], str]]] = {"android": _draw_android, "ios": _draw_ios}
