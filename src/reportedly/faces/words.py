"""The ledger's values in plain words, for people who read the tables and pages."""

from __future__ import annotations

from ..exchange.sayings import FACTUALITY, KIND, STANCE
from ..records import Attribution, Figure

__all__ = ["FACTUALITY", "KIND", "STANCE", "amount", "chain", "content", "holder"]


def holder(claim: Attribution, names: dict[str, str]) -> str:
    """Return who holds the claim, with the entity's name where the text says less."""
    if claim.source.kind == "narrator":
        return "the report itself"
    if not claim.source.spans:
        return "no source named"
    name = names.get(claim.source.entity or "")
    text = claim.source.text
    return f"{text} ({name})" if name and name.lower() not in text.lower() else text


def content(claim: Attribution) -> str:
    """Return what is claimed, with "…" where the content is torn apart."""
    found, at = [], 0
    for start, end in claim.content.spans:
        found.append(claim.content.text[at : at + end - start])
        at += end - start + 1
    return " … ".join(" ".join(piece.split()) for piece in found)


def chain(claim: Attribution) -> str:
    """Return the chain a claim came through, nearest first: "via the Herald, via AP"."""
    return ", ".join(f"via {link.text}" for link in claim.via)


def amount(figure: Figure) -> str:
    """Return a figure's range with its unit: "≥ 62 person killed"."""
    low, high, value = (_plain(x) for x in (figure.low, figure.high, figure.value))
    if figure.low is not None and figure.low == figure.high:
        range_ = low
    elif figure.low is not None and figure.high is not None:
        range_ = f"{low}–{high}"
    elif figure.low is not None:
        range_ = f"≥ {low}"
    elif figure.high is not None:
        range_ = f"≤ {high}"
    else:
        range_ = value
    return " ".join(part for part in (range_, figure.unit, figure.measure) if part)


def _plain(number: float | None) -> str:
    return "?" if number is None else f"{round(number, 3):,.10g}"
