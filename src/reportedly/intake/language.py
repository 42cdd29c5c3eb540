"""The language of a text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_SAMPLE = 3000  # characters from each of the beginning and the middle
_MIN_LETTERS = 60
_MIN_PROBABILITY = 0.5
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    {"the", "and", "of", "that", "with", "from", "which", "their"}
)  # common in no other language
_THE_SHARE, _ENGLISH_SHARE = 0.03, 0.08  # half of what English prose has


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect(text: str) -> str | None:
    """Return the ISO 639-1 code of the language of ``text``, or ``None`` where it cannot be told.

    By py3langid (langid.py's method, Lui and Baldwin 2012) on a bounded sample
    in lower case. Texts of fewer than 60 letters are too short to tell. Plain
    English is told by its function words alone, because it takes most of a
    second to load the model.
    """
    middle = len(text) // 2
    sample = text[:_SAMPLE] if len(text) <= 3 * _SAMPLE else text[:_SAMPLE] + text[middle : middle + _SAMPLE]
    if sum(c.isalpha() for c in sample) < _MIN_LETTERS:
        return None
    sample = sample.lower()
    if _is_plainly_english(sample):
        return "en"
    code, probability = _identifier().classify(sample)
    return str(code) if probability >= _MIN_PROBABILITY and len(code) == 2 else None


def _is_plainly_english(sample: str) -> bool:
    words = _WORD.findall(sample)
    english = sum(w in _ENGLISH for w in words)
    return (
        len(words) >= 20
        and english >= _ENGLISH_SHARE * len(words)
        and words.count("the") >= _THE_SHARE * len(words)
    )


def name(code: str) -> str:
    """Return the English name of a language: "Spanish" for "es"."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code).get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def warning(code: str | None) -> str | None:
    """Return what to warn of where a report is not in English."""
    if code is None or code == "en":
        return None
    return f"the report seems to be in {name(code)}; the readers know English only"
