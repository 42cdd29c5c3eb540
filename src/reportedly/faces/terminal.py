"""Standard output and error, on which nothing that a report says can act.

Text from the web may hold sequences that steer a terminal (ECMA-48: colours, the title, what is copied,
links that lead elsewhere than they say) or turn the direction of a line. What commands print goes through
here: such characters are written out as JSON writes them (``\\u001b``), which changes no value of JSON.
Only what rich draws with, colours and the moves of a progress bar, is let through, and from rich alone.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, ProgressColumn

_STEERING = re.compile(  # controls but tab and line feed, other ends of lines, what turns the direction, tags
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_STYLE = r"(?:[34]8;5;\d{1,3}|[34]8;2(?:;\d{1,3}){3}|[0-479]|2\d|[34][0-79]|9[0-7]|10[0-7])"
_DRAWN = re.compile(  # styles, but none that hides; moves, the cursor; the start of a line
    rf"\x1b\[(?:{_STYLE}(?:;{_STYLE}){{0,12}})?m|\x1b\[\d{{0,4}}[ABCDGJK]|\x1b\[\?25[hl]|\r\n?"
)


def harmless(text: str) -> str:
    """Return text in which no character acts on a terminal: these are written out, as ``\\u001b``."""
    return _STEERING.sub(_written, text)


def _written(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


class Harmless:
    """A text stream through which only harmless text goes; all else is the stream's own.

    Attributes:
        rich_proxied_file: where rich writes what it draws.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.rich_proxied_file = _Drawn(stream)

    def write(self, text: str) -> int:
        """Write text; returns how many characters of ``text`` that were."""
        self._stream.write(harmless(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each of ``lines``."""
        for line in lines:
            self.write(line)

    @property
    def encoding(self) -> str:
        """The stream's encoding, said in any case, so that click looks for no other way to the terminal."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    @property
    def buffer(self) -> IO[bytes]:
        """Where bytes go that programs read; a terminal gets them as harmless text."""
        if self.isatty():
            return cast("IO[bytes]", _Lettered(self))
        return cast("IO[bytes]", self._stream.buffer)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Drawn(Harmless):
    """What rich draws: its own sequences are let through."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what rich drew; returns how many characters of ``text`` that were."""
        at, parts = 0, []
        for drawn in _DRAWN.finditer(text):
            parts += [harmless(text[at : drawn.start()]), drawn[0]]
            at = drawn.end()
        self._stream.write("".join([*parts, harmless(text[at:])]))
        return len(text)


class _Lettered:
    """Takes bytes for a terminal, as its text."""

    def __init__(self, stream: Harmless) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data: bytes) -> int:
        """Write bytes of UTF-8; returns how many there were."""
        self._stream.write(self._decoder.decode(data))
        return len(data)

    def flush(self) -> None:
        """Bring out what is held back."""
        self._stream.flush()


def guard() -> None:
    """Let only harmless text through standard output and error from now on."""
    sys.stdout, sys.stderr = _guarded(sys.stdout), _guarded(sys.stderr)


def _guarded(stream: Any) -> Any:
    if stream is None or isinstance(stream, Harmless):
        return stream
    if codecs.lookup(stream.encoding or "utf-8").name == "ascii" and hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8")  # else click would write to what lies below the stream
    return Harmless(stream)


def as_written(stream: IO[str]) -> IO[str]:
    """Return the stream for what programs read, character for character; a terminal gets harmless text."""
    if isinstance(stream, Harmless) and not stream.isatty():
        return stream._stream
    return stream


def console(*, file: IO[str] | None = None, width: int | None = None) -> Console:
    """Return rich's console on a file or standard output, which draws nothing that stands in a text.

    Args:
        file: where to; standard output, if not said.
        width: in characters; the terminal's, if not said.
    """
    from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
    from rich.segment import Segment

    class Plain:
        def __init__(self, inside: ConsoleRenderable) -> None:
            self._inside = inside

        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            for segment in console.render(self._inside, options):
                yield segment if segment.control else Segment(harmless(segment.text), segment.style)

    class Hook(RenderHook):
        def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
            return [Plain(one) for one in renderables]

    made = Console(file=file, width=width, highlight=False)
    made.push_render_hook(Hook())
    return made


def progress(*columns: ProgressColumn) -> Progress:
    """Return rich's progress bar on standard error; what is printed meanwhile stands above it, harmless."""
    from rich.progress import Progress

    class Guarded(Progress):
        def start(self) -> None:
            super().start()
            guard()  # for rich has put streams of its own in the place of ours

    return Guarded(*columns, console=console(file=sys.stderr), transient=True)
