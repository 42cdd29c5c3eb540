"""What kind of source a phrase names, from its wording and its entity."""

from __future__ import annotations

import re

from ..data import tables
from ..data.outlets import looks_like_outlet
from ..records.attribution import SourceKind
from .cast import Member
from .page import Page
from .paragraphs import Range

_CUT = re.compile(
    r",(?!\d)|[;:(\[—–]|\s(?:who|which|that|of|for|in|from|at|on|with|to|whose|by|during|after|before|as|about|against"
    r"|behind|near|among|inside|close|familiar|speaking|released|published|conducted|obtained|filed|issued|sent|based"
    r"|held|made|working|living|led|known|seen|written|led)\s"
)
_COUNTED = re.compile(
    r"\b(?:two|three|four|five|six|seven|several|some|many|other|others|both|all|most|few|\d+)\b"
)


def kind_of(page: Page, span: Range, member: Member | None, sentence_tail: str = "") -> SourceKind:
    """Return the kind of the source at ``span``.

    Args:
        page: the text.
        span: the source phrase.
        member: the entity that the phrase stands for, if it stands for one.
        sentence_tail: what follows the phrase in its sentence (anonymity is often said there).
    """
    text = page.text[span[0] : span[1]]
    lower = text.lower().replace("’", "'")
    withheld = tables.toml("sources")["anonymous_phrases"]
    person = member is not None and member.type == "PER"
    if not person and any(phrase in lower or phrase in sentence_tail.lower() for phrase in withheld):
        return "anonymous"
    if member is not None and member.type == "PER":
        return "person"
    words = head_words(lower)
    head = words[-1] if words else ""
    if head in tables.words("sources", "anonymous_nouns"):
        return "anonymous"
    named = _head_text(text)
    if (member is not None and member.is_outlet) or looks_like_outlet(named):
        return "outlet"
    described = words[:1] and words[0] in tables.words("clauses", "determiners")
    if head in tables.words("sources", "document_nouns") and (
        described or len(words) == 1 or not _is_name(text)
    ):
        return "document"
    if head in tables.words("sources", "outlet_nouns"):
        return "outlet"
    if words[:1] == ["the"] and head in tables.words("sources", "definite_people"):
        return "person"
    if head in tables.words("sources", "organization_nouns"):
        return "organization"
    if head in tables.words("sources", "official_nouns"):
        return "official"
    if head in tables.words("sources", "group_nouns") and len(words) > 1:
        return "group"
    if member is not None and member.type in ("ORG", "LOC"):
        return "organization"
    if member is not None and member.type == "MISC" and not head.endswith("s"):
        return "organization"
    if head in tables.words("sources", "group_nouns") or _COUNTED.search(lower) or head.endswith("s"):
        return "group"
    if lower in tables.words("sources", "pronouns"):
        return _pronoun(lower)
    if _is_name(text):
        return "person" if len(text.split()) < 4 else "organization"
    return "group"


def head_words(lower: str) -> list[str]:
    """Return the words of a phrase up to the end of its head noun."""
    match = _CUT.search(lower, 1)
    part = lower[: match.start()] if match else lower
    return [
        w
        for w in re.findall(r"[^\W\d_]+(?:['\-][^\W\d_]+)*", part.replace("'s ", " ").removesuffix("'s"))
        if w
    ]


def _head_text(text: str) -> str:
    match = _CUT.search(text, 1)
    return (text[: match.start()] if match else text).strip()


def _is_name(text: str) -> bool:
    head = _head_text(text).removeprefix("the ").removeprefix("The ")
    words = head.split()
    return bool(words) and all(w[:1].isupper() for w in words if len(w) > 3)


def _pronoun(lower: str) -> SourceKind:
    if lower in ("he", "she", "him", "her", "i", "me", "you", "who", "one"):
        return "person"
    if lower in ("they", "we", "them", "us", "those"):
        return "group"
    return "document" if lower in ("this", "that") else "organization"
