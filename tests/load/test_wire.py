"""The light WebSocket codec, against frames written by hand and against an independent library."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from tests.load.wire import TEXT, Frames, WireProblem, encode_frame

SIZES = st.sampled_from([0, 1, 125, 126, 127, 65535, 65536])


@settings(deadline=None)
@given(size=SIZES, fill=st.integers(0, 255))
def test_an_independent_server_reads_our_frames(size: int, fill: int) -> None:
    reader = StreamReader()
    reader.feed_data(encode_frame(TEXT, bytes([fill]) * size))
    parser = Frame.parse(reader.read_exact, mask=True, max_size=None)
    with pytest.raises(StopIteration) as done:
        next(parser)

    frame = done.value.value
    assert (frame.opcode, bytes(frame.data), frame.fin) == (Opcode.TEXT, bytes([fill]) * size, True)


@settings(deadline=None)
@given(sizes=st.lists(SIZES, min_size=1, max_size=2), cut=st.sampled_from([1, 2, 9, 64, 1000, 65535, 70000]))
def test_we_read_an_independent_server_however_it_is_cut(sizes: list[int], cut: int) -> None:
    bodies = [bytes([65 + at]) * size for at, size in enumerate(sizes)]
    stream = b"".join(Frame(Opcode.TEXT, body).serialize(mask=False) for body in bodies)
    frames = Frames()

    read = [frame for at in range(0, len(stream), cut) for frame in frames.feed(stream[at : at + cut])]

    assert read == [(True, TEXT, body) for body in bodies]


def test_a_masked_frame_from_a_server_is_refused() -> None:
    with pytest.raises(WireProblem, match="mask"):
        Frames().feed(encode_frame(TEXT, b"x" * 200))
