"""Who says what, how firmly, in plain words; and the check that no claim leaves without its holder.

Every format passes what it writes through :func:`carried`. It is the one place
where a record that carries the words of a claim and not who says so is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ..errors import ExchangeError
from ..records import Appearance, Attribution, Objection, Passage, Source, StorySource

T = TypeVar("T")

STANCE: Mapping[str, str] = {
    "assert": "says", "confirm": "confirms", "deny": "denies", "dispute": "disputes", "allege": "alleges",
    "predict": "predicts", "intend": "intends", "demand": "demands", "question": "questions",
    "evaluate": "judges", "hint": "hints",
}  # fmt: skip
FACTUALITY: Mapping[str, str] = {
    "CT+": "as certain", "PR+": "as probable", "PS+": "as possible", "CT-": "as certainly not so",
    "PR-": "as probably not so", "PS-": "as possibly not so", "CTu": "known, not told", "Uu": "uncommitted",
}  # fmt: skip
KIND: Mapping[str, str] = {
    "person": "person", "organization": "organization", "official": "official", "anonymous": "anonymous",
    "group": "group", "outlet": "news outlet", "document": "document", "hearsay": "no source named",
    "narrator": "the report itself",
}  # fmt: skip

OBJECTION: Mapping[str, str] = {
    "denial": "denies", "contradiction": "contradicts it and says", "figure": "gives another figure",
    "retraction": "takes it back",
}  # fmt: skip

NAMELESS = ("hearsay", "narrator")
"""The kinds of source of which no name is wanted."""

NOBODY = "no source named"
"""The holder of what is only said to be so."""


_JOINERS = "\u200c\u200d"  # which Persian and Hindi are written with


class Unheld(ExchangeError):
    """Something would have carried a claim away from who makes it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says, with who says it: the only form in which formats get at the words of a claim.

    ``words`` are as they may be shown (see :func:`shortened`), ``holder`` is never empty, ``how`` tells
    what the holder does and how firmly ("denies, as certainly not so").
    """

    words: str
    holder: str
    kind: str
    how: str = "says"

    @property
    def sentence(self) -> str:
        """All of it in one line: "Oda Fenn (official) denies, as certainly not so: the port will close"."""
        kind = KIND.get(self.kind, self.kind)
        who = self.holder if self.kind in ("narrator", "hearsay", "") else f"{self.holder} ({kind})"
        return f"{who} {self.how}: {self.words}"


def holder(
    source: Source | StorySource, outlet: str | None = None, names: Mapping[str, str] | None = None
) -> str:
    """Return who says so, in words that stand alone.

    Args:
        source: as the report has it ("he").
        outlet: that of the report, which stands for its own voice.
        names: names of entities by id: "he" becomes "he (Corin Dask)".

    Raises:
        Unheld: the source should be somebody and is nobody.
    """
    text = shown(source.text)
    if source.kind == "narrator":
        return f"{shown(outlet)} itself" if outlet else "the report itself"
    if source.kind == "hearsay":
        return text or NOBODY
    if not text:
        raise Unheld(f"there is a claim whose source, of kind {source.kind!r}, is nobody")
    name = shown((names or {}).get(source.entity or "", ""))
    return f"{text} ({name})" if name and name.lower() not in text.lower() else text


def said(
    what: Appearance | Attribution | Objection,
    outlet: str | None = None,
    *,
    names: Mapping[str, str] | None = None,
    most: int | None = None,
) -> Said:
    """Return what is said with who says it (see :func:`holder`); the words cut to ``most`` characters.

    Raises:
        Unheld: nobody says it.
    """
    words = pieced(what.content)
    words = words if most is None else shortened(words, most)
    try:
        who = holder(what.source, outlet, names)
    except Unheld as error:
        raise Unheld(f"{error}: “{shortened(words, 60)}”; correct its kind, or hide the report") from None
    if isinstance(what, Objection):
        return Said(words, who, what.source.kind, OBJECTION[what.kind])
    return Said(words, who, what.source.kind, f"{STANCE[what.stance]}, {FACTUALITY[what.factuality]}")


def carried(record: T, *things: Said) -> T:
    """Return ``record`` as it is, if everything said in it has its holder in it too.

    Args:
        record: what is about to be written: text, or lists and mappings of text.
        things: what it may carry.

    Raises:
        Unheld: it has the words of a claim, and not who makes it.
    """
    leaves = list(_leaves(record))
    for thing in things:
        if not thing.words or not any(thing.words in leaf for leaf in leaves):
            continue
        if not thing.holder or not any(thing.holder in leaf for leaf in leaves):
            raise Unheld(f"a claim would be written without who makes it: “{shortened(thing.words, 60)}”")
    return record


def _leaves(record: object) -> Iterator[str]:
    if isinstance(record, str):
        yield record
    elif isinstance(record, Mapping):
        for value in record.values():
            yield from _leaves(value)
    elif isinstance(record, (list, tuple)):
        for value in record:
            yield from _leaves(value)


def pieced(passage: Passage) -> str:
    """Return the words of a passage, with "…" where it is torn apart."""
    found, at = [], 0
    for start, end in passage.spans:
        found.append(shown(passage.text[at : at + end - start]))
        at += end - start + 1
    return " … ".join(found)


def shown(text: str) -> str:
    """Return a text in one line, without characters that steer a terminal or the direction of a line."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable() or c in _JOINERS)


def shortened(text: str, most: int) -> str:
    """Return at most ``most`` characters of a text, cut between words where it can be, with "…"."""
    if len(text) <= most:
        return text
    head = text[: max(most - 1, 0)]
    at = head.rfind(" ")
    return (head[:at] if at > most // 2 else head).rstrip() + "…" if most > 0 else ""
