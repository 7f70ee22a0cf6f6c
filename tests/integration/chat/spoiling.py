"""Ways to spoil a good JSON object: one corpus for the socket and for REST, so that both refuse the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Spoil = Callable[[str], str]


def add(fields: str) -> Spoil:
    """Return a way that adds something before the last brace."""
    return lambda text: f"{text[:-1]},{fields}}}"


def swap(old: str, new: str) -> Spoil:
    """Return a way that puts one piece of text in the place of another."""

    def spoil(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return spoil


# The good object holds "body":"hoi", an m between MM and MM, and "reply_to":null.
WAYS: Mapping[str, Spoil] = {
    "nothing": lambda text: "",
    "white space": lambda text: " \n",
    "words": lambda text: "hoi",
    "a text": lambda text: '"hoi"',
    "a number": lambda text: "1",
    "null": lambda text: "null",
    "true": lambda text: "true",
    "a list": lambda text: f"[{text}]",
    "two": lambda text: text + text,
    "cut short": lambda text: text[:-1],
    "a trailing comma": lambda text: text[:-1] + ",}",
    "single quotes": lambda text: text.replace('"', "'"),
    "a comment": lambda text: text + "//",
    "a byte order mark": lambda text: "\ufeff" + text,
    "a NUL after it": lambda text: text + "\0",
    "a key twice": add('"body":"anders"'),
    "a key twice, escaped": add('"b\\u006fdy":"anders"'),
    "an unknown field": add('"bodyy":1'),
    "an unknown field that is null": add('"x":null'),
    "an empty key": add('"":1'),
    "a prototype": add('"__proto__":{}'),
    "NaN": add('"x":NaN'),
    "Infinity": add('"x":-Infinity'),
    "1e400": swap('"hoi"', "1e400"),
    "2^53": swap('"hoi"', "9007199254740992"),
    "5,000 digits": swap('"hoi"', "9" * 5_000),
    "depth 5": add('"x":[[[[1]]]]'),
    "depth 5 of objects": add('"x":{"x":{"x":{"x":1}}}'),
    "depth 5,000": add('"x":' + "[" * 5_000 + "]" * 5_000),
    "NUL in the text": swap("hoi", "a\\u0000b"),
    "a bare line end in the text": swap("hoi", "a\nb"),
    "half an escape": swap("hoi", "\\u12"),
    "an unknown escape": swap("hoi", "\\x41"),
    "a lone high surrogate": swap("hoi", "\\ud83d"),
    "a lone low surrogate": swap("hoi", "\\ude42"),
    "surrogates the wrong way round": swap("hoi", "\\ude42\\ud83d"),
    "a lone surrogate as key": add('"\\ud83d":1'),
    "a body that is a number": swap('"hoi"', "1"),
    "a body that is null": swap('"hoi"', "null"),
    "a body that is true": swap('"hoi"', "true"),
    "a body that is a list": swap('"hoi"', '["hoi"]'),
    "a body that is an object": swap('"hoi"', '{"text":"hoi"}'),
    "no body": swap(',"body":"hoi"', ""),
    "an m that is no UUID": swap('"m":"', '"m":"x'),
    "an m without dashes": lambda text: text.replace("-", ""),
    "an m in braces": lambda text: text.replace('"m":"', '"m":"{'),
    "an m that is empty": lambda text: _replace_m(text, '""'),
    "an m that is null": lambda text: _replace_m(text, "null"),
    "an m that is a number": lambda text: _replace_m(text, "1"),
    "an m with a line end": swap('","body"', '\\n","body"'),
    "an m in other digits": swap('"m":"0', '"m":"\N{FULLWIDTH DIGIT ZERO}'),
    "no m": lambda text: text.replace('"m":', '"mm":'),
    "a reply to nothing": swap("null", '""'),
    "a reply to a word": swap("null", '"hoi"'),
    "a reply to a list": swap("null", "[]"),
    "Body": swap('"body"', '"Body"'),
}


def _replace_m(text: str, value: str) -> str:
    before, _, rest = text.partition('"m":"')
    return f'{before}"m":{value}{rest[36 + 1 :]}'
