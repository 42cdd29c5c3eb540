from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.errors import EmptyReport, IntakeError, NotText, TooLarge
from reportedly.intake.text import decode

LINE = "The harbour master said “no ship” would sail — not today, at the Café Miró."


def test_line_ends_and_mark_are_all_that_changes() -> None:
    decoded = decode(b"\xef\xbb\xbfFirst  line\r\n\r\n\tsecond \n")
    assert decoded.text == "First  line\n\n\tsecond \n"
    assert decoded.warnings == ()


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings(charset: str) -> None:
    assert decode((LINE * 5).encode(charset)).text == LINE * 5


def test_windows_text_is_detected_with_a_warning() -> None:
    decoded = decode(LINE.encode("cp1252"))
    assert decoded.text == LINE
    assert "windows-1252" in decoded.warnings[0]


def test_declared_charset_is_believed_without_a_warning() -> None:
    text = "Президент сказал, что войска вернутся. " * 3
    decoded = decode(text.encode("koi8-r"), charset="KOI8-R")
    assert (decoded.text, decoded.warnings) == (text, ())


def test_cut_utf8_stays_utf8() -> None:
    decoded = decode((LINE * 3).encode() + "é".encode()[:1])
    assert decoded.text.startswith(LINE)
    assert decoded.charset == "utf-8"
    assert decoded.warnings


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n...", "PNG"),
        (b"PK\x03\x04...", "zip"),
        (b"a\x00b\x00\x01" * 9, "NUL"),
    ],
)
def test_binary_is_named(data: bytes, kind: str) -> None:
    with pytest.raises(NotText, match=kind):
        decode(data)


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", b"\xef\xbb\xbf", "\u200b\ufeff \u00a0".encode()])
def test_empty(data: bytes) -> None:
    with pytest.raises(EmptyReport):
        decode(data)


def test_too_large() -> None:
    with pytest.raises(TooLarge, match="limit"):
        decode(b"word " * 100, max_bytes=499)


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_an_error_of_ours(data: bytes) -> None:
    try:
        text = decode(data).text
    except IntakeError:
        return
    text.encode("utf-8")
    assert text.strip()
