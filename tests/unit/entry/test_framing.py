"""The short way for whole text frames takes exactly what it understands, and leaves everything else untouched."""

from __future__ import annotations

import pytest

from server.entry.daphne_server import _read_whole_frames

MASK = b"\x11\x22\x33\x44"


def make_frame(payload: bytes, *, first: int = 0x81, masked: bool = True) -> bytes:
    """Return one RFC 6455 frame."""
    size, bit = len(payload), 0x80 if masked else 0
    head = bytes((first, bit | size)) if size < 126 else bytes((first, bit | 126)) + size.to_bytes(2)
    if not masked:
        return head + payload
    return head + MASK + bytes(one ^ MASK[at % 4] for at, one in enumerate(payload))


@pytest.mark.parametrize("text", ["", "h", "hoi", "x" * 125, "x" * 126, "é😀" * 60, "y" * 65_535])
def test_a_whole_text_frame_is_read(text: str) -> None:
    assert _read_whole_frames(make_frame(text.encode())) == [text]


def test_frames_that_came_together_keep_their_order() -> None:
    assert _read_whole_frames(b"".join(make_frame(one.encode()) for one in ("een", "twee", "z" * 300))) == [
        "een", "twee", "z" * 300
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        make_frame(b"hoi")[:-1],  # not all of it is there
        make_frame(b"hoi") + make_frame(b"hoi")[:3],
        make_frame(b"hoi", first=0x01),  # more fragments follow
        make_frame(b"hoi", first=0x80),  # the end of fragments
        make_frame(b"hoi", first=0x82),  # binary
        make_frame(b"", first=0x88),  # close
        make_frame(b"hoi", first=0x89),  # ping
        make_frame(b"hoi", first=0xC1),  # a reserved bit
        make_frame(b"hoi", masked=False),
        make_frame(b"\xff\xfe"),  # no UTF-8
        b"\x81\xff" + (70_000).to_bytes(8) + MASK + b"x" * 70_000,
    ],
)
def test_anything_else_is_left_to_the_library(data: bytes) -> None:
    assert _read_whole_frames(data) is None
