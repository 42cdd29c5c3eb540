"""Documents that are almost right, and a clock for what never comes back."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from hypothesis import strategies as st

LONG = 60  # seconds after which something hangs: it takes thousandths of that, so no machine is too slow

_PIECES = (
    b"\x00", b"\xff", b"\xff\xfe", b"\xed\xa0\x80", b"\r\n", b"\n", b" ", b"\t", b"<", b">", b"</",
    b"/>", b"&", b";", b"&#x110000;", b"&#0;", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<!DOCTYPE x [",
    b"<?", b"?>", b"<script>", b"{", b"}", b"[", b"]", b'"', b"'", b"\\", b"\\u0000", b"\\ud800", b",", b":",
    b"null", b"-1",
    b"1e999", b"99999999999999999999", b"0", b"NaN", b"Infinity", b"true", b"{}", b"[[[[", b"T1\t", b"R1\t",
    b"A1\t", b"#", b"Content-Length: 0", b"WARC/1.1", b"chunked", b"\xe2\x80\xae", b"\xd9\xa1", b"\xc4\xb0",
)  # fmt: skip


@st.composite
def mangled(draw: st.DrawFn, *seeds: bytes) -> bytes:
    """Return one of the seeds with some of it taken away, doubled, moved or replaced."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 200)))
        part = data[start:end]
        match draw(st.integers(0, 5)):
            case 0:
                data = data[:start] + data[end:]
            case 1:
                data = data[:end] + part + data[end:]
            case 2:
                data = data[:start] + draw(st.sampled_from(_PIECES)) + data[end:]
            case 3:
                data = data[:start] + draw(st.binary(max_size=20)) + data[end:]
            case 4:
                data = data[:start] + draw(st.text(max_size=20)).encode("utf-8", "surrogatepass") + data[end:]
            case _:
                data = data[:start]
    return data


class Hang(BaseException):
    """Something took far too long; no error of the program, so that nothing in it catches this."""


@contextmanager
def in_time(seconds: int = LONG) -> Iterator[None]:
    """Raise :class:`Hang` in what goes on for much too long."""

    def over(_signal: int, _frame: FrameType | None) -> None:
        raise Hang(f"not done after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
