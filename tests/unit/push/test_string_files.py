"""The string files of native apps hold every key that a payload may name."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from server.push.rules.kinds import KINDS, LANGUAGES, TITLE_KEY, WORDS
from server.push.rules.string_files import draw_strings

KEYS = {TITLE_KEY, *(kind.loc_key for kind in KINDS.values())}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_android_file_is_xml_with_every_key(language: str) -> None:
    rows = ElementTree.fromstring(draw_strings("android", language))  # noqa: S314  our own

    assert {row.attrib["name"]: (row.text or "").replace("\\", "") for row in rows} == dict(WORDS[language])
    assert {row.attrib["name"] for row in rows} == KEYS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ios_file_has_every_key(language: str) -> None:
    lines = draw_strings("ios", language).splitlines()

    assert {line.split('"')[1] for line in lines} == KEYS
    assert all(line.endswith('";') for line in lines)
