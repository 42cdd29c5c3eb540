"""Bytes to text: what charset they are in, and whether they are text at all."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from ..errors import EmptyReport, NotText, TooLarge

MAX_BYTES = 10_000_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"fLaC", "a sound file"),
)
_WESTERN = "windows-1252"
_CHARSET = re.compile(rb"""charset\s{0,3}=\s{0,3}["']?([A-Za-z0-9][\w.:\-]{1,30})""", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MAX_CONTROLS = 0.02  # of all characters: more is not text
_SAMPLE = 65_536


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the charset that it was read in, and what to warn of."""

    text: str
    charset: str
    warnings: tuple[str, ...] = ()


def size(number: int) -> str:
    """Return a number of bytes in words, for messages."""
    return f"{number / 1_000_000:.1f} MB" if number >= 100_000 else f"{number:,} bytes"


def check_size(length: int, max_bytes: int) -> None:
    """Raise :class:`TooLarge` where ``length`` is over the limit."""
    if length > max_bytes:
        raise TooLarge(f"the report has {size(length)}, over the limit of {size(max_bytes)}")


def check_text(text: str) -> None:
    """Raise :class:`EmptyReport` where there is nothing to read, :class:`NotText` for control characters."""
    if not any(_is_visible(c) for c in text):
        raise EmptyReport("the report is empty: there is no text to read")
    controls = sum(1 for _ in _CONTROLS.finditer(text))
    if controls > _MAX_CONTROLS * len(text) and controls > 4:
        raise NotText(f"this is not text: {controls:,} of {len(text):,} characters are control characters")


def _is_visible(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character)[0] != "C"


def without_surrogates(text: str) -> str:
    """Replace lone surrogates, which no encoding can write, one for one."""
    return _SURROGATE.sub("\ufffd", text)


def looks_like(data: bytes) -> str | None:
    """Say what kind of file other than text ``data`` begins like, or return ``None``."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return "a picture, sound or film"
    if data[4:8] == b"ftyp":
        return "a film or a picture"
    return None


def declared_charset(data: bytes) -> str | None:
    """Return the charset that the head of an HTML or XML page declares, or ``None``."""
    head = data[:4096]
    xml = re.match(rb"""\s{0,8}<\?xml[^>]{0,80}?encoding=["']([A-Za-z0-9][\w.:\-]{1,30})""", head)
    found = xml or _CHARSET.search(head)
    return found[1].decode("ascii") if found else None


def decode(data: bytes, *, charset: str | None = None, max_bytes: int = MAX_BYTES) -> Decoded:
    r"""Decode a document: byte-order mark, UTF-8, the declared charset, then by detection.

    ``charset`` is the one declared by a header or page. ``\r\n`` becomes
    ``\n``; a byte-order mark is dropped; nothing else changes.

    Raises:
        TooLarge: more than ``max_bytes``.
        NotText: a picture, an archive, or bytes full of control characters.
        EmptyReport: nothing to read in it.
    """
    check_size(len(data), max_bytes)
    kind = looks_like(data)
    if kind is not None:
        raise NotText(f"this is not text: it looks like {kind}")
    if not data.strip():
        raise EmptyReport("the report is empty: there is no text to read")
    decoded = _decode(data, charset)
    text = decoded.text.removeprefix("\ufeff").replace("\r\n", "\n")
    check_text(text)
    return Decoded(without_surrogates(text), decoded.charset, decoded.warnings)


def _decode(data: bytes, charset: str | None) -> Decoded:
    for mark, marked in _BOMS:
        if data.startswith(mark):
            return _lenient(data[len(mark) :], marked, said=True)
    if b"\x00" in data[:_SAMPLE]:
        wide = _wide(data)
        if wide is None and data.count(0) > _MAX_CONTROLS * len(data):
            raise NotText("this is not text: it has NUL bytes in it")
        if wide is not None:
            return _lenient(data, wide, said=False)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    name = _known(charset)
    if name is not None and name != "utf-8":
        try:
            return Decoded(data.decode(name), name)
        except (UnicodeDecodeError, UnicodeError):
            pass
    if _is_damaged_utf8(data):
        return _lenient(data, "utf-8", said=True)
    return _lenient(data, _detected(data), said=False)


def _lenient(data: bytes, name: str, *, said: bool) -> Decoded:
    """Decode with replacement; ``said`` tells that the charset is known and not a guess."""
    text = data.decode(name, errors="replace")
    stated = "\ufffd".encode(name, errors="ignore")
    lost = text.count("\ufffd") - (data.count(stated) if stated else 0)
    warnings = [] if said else [f"the text is not in UTF-8; it was read as {name}, by detection"]
    if lost > 0:
        warnings.append(f"{lost:,} characters could not be decoded as {name} and are shown as \ufffd")
    return Decoded(text, name, tuple(warnings))


def _known(charset: str | None) -> str | None:
    """Return Python's name of a declared charset; Latin-1 means windows-1252 (WHATWG Encoding Standard)."""
    if not charset:
        return None
    try:
        name = codecs.lookup(charset.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    if name in ("iso8859-1", "ascii", "cp1252"):
        return _WESTERN
    try:  # codecs such as "hex" and "rot13" are no charsets
        b"a".decode(name)
    except (LookupError, UnicodeError, ValueError):
        return None
    return name


def _wide(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark by where its NUL bytes stand."""
    sample = data[:4096]
    half = len(sample) // 2 or 1
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.7 and even < 0.05:
        return "utf-16-le"
    if even > 0.7 and odd < 0.05:
        return "utf-16-be"
    return None


def _is_damaged_utf8(data: bytes) -> bool:
    """Tell UTF-8 with a few broken bytes (a cut, a stray character) from another charset."""
    sample = data[:1_000_000]
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return sum(c > "\x7f" for c in text) - broken > 4 * broken


def _detected(data: bytes) -> str:
    """Guess a charset: windows-1252 for mostly ASCII letters, else by charset-normalizer."""
    sample = data[:_SAMPLE]
    high = sum(byte > 0x7F for byte in sample)
    if high <= 0.2 * len(sample):
        return _WESTERN
    import charset_normalizer

    best = charset_normalizer.from_bytes(sample).best()
    return _known(best.encoding if best else None) or _WESTERN
