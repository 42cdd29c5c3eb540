from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.errors import EmptyReport, IntakeError, TooLarge
from reportedly.intake import Overrides, Rejected, from_lines, from_record, take_in
from reportedly.records import Report


def test_text_and_id_are_kept_exactly() -> None:
    text = "  First\r\n\tsecond  line \u00a0\n"
    report = from_record({"id": 17, "text": text})
    assert (report.text, report.id) == (text, "17")


def test_synonyms() -> None:
    row = {
        "source": {"name": "Selwyn Gazette"},
        "date": "2024-05-05",
        "content": "A ferry sank.",
        "author": "Jane Roe, John Doe",
    }
    report = from_record(row)
    assert (report.outlet, report.published, report.authors) == (
        "Selwyn Gazette",
        "2024-05-05",
        ("Jane Roe", "John Doe"),
    )


def test_a_date_that_is_not_understood_is_a_warning() -> None:
    report = from_record({"text": "A ferry sank.", "published": "the other day"})
    assert report.published is None
    assert "the other day" in report.warnings[0]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({}, IntakeError),
        ({"text": 5}, IntakeError),
        ({"text": " "}, EmptyReport),
        ({"title": "x"}, IntakeError),
    ],
)
def test_rows_without_text(row: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        from_record(row)


def test_a_bad_line_does_not_stop_the_others() -> None:
    lines = (
        b'\xef\xbb\xbf{"text": "One."}\n{bad\n\n[1]\n{"text": "' + b"x" * 300 + b'"}\n{"text": "Two.\\ud800"}'
    )
    outcomes = list(from_lines(io.BytesIO(lines), "news.jsonl", max_bytes=100))
    kinds = [type(o) for o in outcomes]
    assert kinds == [Report, Rejected, Rejected, Rejected, Report]
    rejected = [o for o in outcomes if isinstance(o, Rejected)]
    assert [r.where for r in rejected] == ["news.jsonl:2", "news.jsonl:4", "news.jsonl:5"]
    assert isinstance(rejected[2].error, TooLarge)
    assert all("\n" not in str(r.error) for r in rejected)


def test_overrides_of_one_report_are_refused_for_many() -> None:
    with pytest.raises(IntakeError):
        take_in(b'{"text": "One."}', overrides=Overrides(id="a"))
    outcome = next(take_in(b'{"text": "One."}', overrides=Overrides(outlet="Gazette")))
    assert isinstance(outcome, Report)
    assert outcome.outlet == "Gazette"


@given(st.text(min_size=1, max_size=200))
def test_offsets_fit_the_callers_text(text: str) -> None:
    line = json.dumps({"text": text}).encode() + b"\n"
    (outcome,) = from_lines(io.BytesIO(line), "x")
    if isinstance(outcome, Report):
        assert outcome.text == text
    else:
        assert isinstance(outcome.error, IntakeError)
