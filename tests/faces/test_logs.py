"""The log: one line an entry, whatever is in it; nothing of what reports say."""

from __future__ import annotations

import io
import json
import logging
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.errors import DeskError
from reportedly.faces import logs

HOSTILE = 'x\n{"level": "error", "what": "forged"}\r\n\x1b[2J\u2028\u0085 2026-01-01T00:00:00Z error \x00'


@pytest.fixture(autouse=True)
def _as_before():
    root, hook = logging.getLogger(), threading.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    threading.excepthook = hook


def told(form, act, level="info"):
    stream = io.StringIO()
    logs.configure(form, level, stream)
    act(logging.getLogger("reportedly.test"))
    return stream.getvalue()


@pytest.mark.parametrize("form", ["json", "text"])
@given(value=st.text() | st.just(HOSTILE))
def test_nothing_in_an_entry_begins_another(form, value):
    said = told(form, lambda log: log.info("job %s", value, extra={"fields": {"who": value}}))
    assert said.endswith("\n")
    assert len(said.splitlines()) == 1
    assert said[:-1].isprintable()
    if form == "json":
        entry = json.loads(said)
        assert entry["what"] == f"job {value}"
        assert entry["who"] == value
        assert entry["level"] == "info"


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_error_is_told_with_its_places_and_without_what_a_report_says(form):
    def act(log):
        try:
            try:
                raise ValueError(f"cannot read ‘the minister said’ {HOSTILE}")
            except ValueError as error:
                raise KeyError("the minister said") from error
        except KeyError:
            log.exception("job %s", "j-1")

    said = told(form, act)
    assert "minister" not in said
    assert "builtins.KeyError" in said
    assert "builtins.ValueError" in said
    assert "test_logs.py" in said
    lines = said.splitlines()
    assert len(lines) == 1 if form == "json" else all(line.startswith("  | ") for line in lines[1:])


@pytest.mark.parametrize("form", ["json", "text"])
def test_what_is_wrong_with_the_desk_is_told_in_one_line(form):
    def act(log):
        try:
            raise DeskError(f"'news' cannot be reached {HOSTILE}")
        except DeskError:
            log.exception("again")

    said = told(form, act)
    assert "cannot be reached" in said
    assert "\x1b" not in said
    lines = said.splitlines()
    assert len(lines) == 1 if form == "json" else all(line.startswith("  | ") for line in lines[1:])


def test_what_libraries_say_is_not_repeated():
    stream = io.StringIO()
    logs.configure("json", "info", stream)
    logging.getLogger("some.parser").warning("discarding: the minister said %s", "so")
    entry = json.loads(stream.getvalue())
    assert entry["what"] == "a message of some.parser"


def test_a_value_without_end_is_cut_and_a_bad_message_does_no_harm():
    said = told("json", lambda log: log.info("%s", "x" * 100_000))
    assert len(said) < 3_000
    bad = logging.LogRecord("reportedly.test", logging.INFO, "x.py", 1, "%d of", ("x",), None)
    assert logs.entry(bad)["what"] == "%d of"
    assert told("json", lambda log: log.info("hm", extra={"fields": {"odd": object()}}))


def test_the_level_and_what_is_configured_twice():
    stream = io.StringIO()
    logs.configure("json", "info", io.StringIO())
    logs.configure("json", "warning", stream)
    logging.getLogger("reportedly.test").info("no")
    logging.getLogger("reportedly.test").warning("yes")
    assert [json.loads(line)["what"] for line in stream.getvalue().splitlines()] == ["yes"]


def test_a_thread_that_ends_with_an_error_is_told():
    stream = io.StringIO()
    logs.configure("json", "warning", stream)

    def fail():
        raise RuntimeError("the minister said")

    thread = threading.Thread(target=fail, name="intake")
    thread.start()
    thread.join()
    entry = json.loads(stream.getvalue())
    assert entry["what"] == "a thread ended: intake"
    assert entry["error"][0]["kind"] == "builtins.RuntimeError"
    assert "minister" not in stream.getvalue()
