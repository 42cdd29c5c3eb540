"""What the server tells of itself, one line an entry: JSON for programs, or text for people.

No entry holds what a report says, what was asked for, or a secret. So of an error the log has
its kind and where in the program it came from, and its message only where that is about the
desk or the machine: other messages may quote a report. Nothing in an entry can begin another
one or act on a terminal (CWE-117, improper output neutralization for logs): in JSON everything
but ASCII is escaped, in text whatever is not printable.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import IO, Any, Literal

from ..errors import DeskError, ModelError

Format = Literal["json", "text"]
LEVELS = ("debug", "info", "warning", "error")

#: The id of the request that is being answered, if one is.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

_LONGEST = 2_000  # characters of one value
_FRAMES = 60  # places in the program, the innermost, that an error is traced back to
_CHAIN = 5  # errors that followed from each other
_TRUSTED = ("reportedly", "uvicorn")
_OURS = "reportedly-log"  # the name of the handler


def configure(form: Format = "text", level: str = "warning", stream: IO[str] | None = None) -> None:
    """Send everything that is logged to a stream; what was configured before is replaced.

    Args:
        form: how an entry is written.
        level: the least that is told, one of :data:`LEVELS`.
        stream: where to; standard error, if not said.
    """
    handler = _Stderr() if stream is None else logging.StreamHandler(stream)
    handler.set_name(_OURS)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    for old in [h for h in root.handlers if h.get_name() == _OURS]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("httpx2", "httpcore2", "asyncio", "alembic"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    threading.excepthook = _of_thread


def entry(record: logging.LogRecord) -> dict[str, Any]:
    """Return what an entry says, in order."""
    at = datetime.fromtimestamp(record.created, UTC)
    found: dict[str, Any] = {
        "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "from": record.name,
        "what": _cut(_message(record)),
        "pid": record.process,
    }
    within = request_id.get()
    if within is not None:
        found["request"] = within
    fields = getattr(record, "fields", None)
    if isinstance(fields, dict):
        found |= {str(k): _cut(v) if isinstance(v, str) else v for k, v in fields.items()}
    if record.exc_info and record.exc_info[1] is not None:
        found["error"] = told(record.exc_info[1])
    return found


def told(error: BaseException) -> list[dict[str, Any]]:
    """Return an error and those that it followed from: kind, message where it may be told, places."""
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen and len(found) < _CHAIN:
        seen.add(id(one))
        part: dict[str, Any] = {"kind": f"{type(one).__module__}.{type(one).__qualname__}"}
        said = _said(one)
        if said:
            part["said"] = _cut(said)
        part["places"] = _places(one.__traceback__)
        found.append(part)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return found


def _said(error: BaseException) -> str:
    """Return an error's message if it is about the desk or the machine; others may quote a report."""
    if isinstance(error, DeskError | ModelError):
        return str(error)
    return (error.strerror or "") if isinstance(error, OSError) else ""


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False)[-_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _message(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] not in _TRUSTED:
        return f"a message of {record.name}"  # a library may quote what it was given
    try:
        return record.getMessage()
    except Exception:  # a message that does not go with its values
        return str(record.msg)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


class _Stderr(logging.StreamHandler[Any]):
    """Writes to what standard error is at the moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr


class JsonLines(logging.Formatter):
    """One JSON object a line, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(entry(record), ensure_ascii=True, default=lambda value: type(value).__name__)


class TextLines(logging.Formatter):
    """One line of text; an error takes more lines, each of which begins with a bar."""

    def format(self, record: logging.LogRecord) -> str:
        found = entry(record)
        error = found.pop("error", [])
        head = " ".join(_plain(str(found.pop(name))) for name in ("at", "level", "from", "what"))
        rest = " ".join(f"{_plain(name)}={_quoted(value)}" for name, value in found.items())
        lines = [f"{head} {rest}".rstrip()]
        for number, part in enumerate(error):
            said = f": {part['said']}" if "said" in part else ""
            lines.append(f"  | {'after ' if number else ''}{part['kind']}{said}")
            lines += [f"  |   at {place}" for place in part["places"]]
        return "\n".join([lines[0], *map(_plain, lines[1:])])


def _quoted(value: object) -> str:
    text = str(value)
    bare = text.isprintable() and text and not any(c in ' "=\\' for c in text)
    return text if bare else _plain(json.dumps(text, ensure_ascii=False))


def _plain(text: str) -> str:
    """Return a text with everything that is not printable written as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _of_thread(found: threading.ExceptHookArgs) -> None:
    """Log what ended a thread; that a supervisor hung up on its worker is no error."""
    name = found.thread.name if found.thread is not None else "?"
    if issubclass(found.exc_type, EOFError | OSError) and "always_pong" in name:
        return
    if found.exc_value is not None and not issubclass(found.exc_type, SystemExit):
        error = (found.exc_type, found.exc_value, found.exc_traceback)
        logging.getLogger(__name__).error("a thread ended: %s", name, exc_info=error)
