"""One claim explained: how each of its fields was decided, in words.

What the ids in ``decided_by`` mean stands in ``data/decisions.tsv``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from ..data.tables import rows
from ..reading.page import Page
from ..reading.stance import cue_lemma, factuality_of, stance_of
from ..reading.wordforms import small
from ..records import Attribution, Passage, Reading
from . import words

_WIDTH = 12  # characters of the column of field names


class Decision(NamedTuple):
    """One part of ``decided_by``: its id, what it settles, and what it means in words."""

    id: str
    settles: str
    words: str


def explain(reading: Reading, claim_id: str) -> str:
    """Return how each field of one claim was decided, as lines of plain text.

    Raises:
        LookupError: the reading has no claim of that id; the message says which it has.
    """
    claims = {a.id: a for a in reading.attributions}
    if claim_id not in claims:
        known = ", ".join(claims) or "none"
        raise LookupError(f"no claim is called {claim_id!r} in this report; it has {known}")
    claim = claims[claim_id]
    decided = decisions(claim)
    names = {e.id: e.name for e in reading.entities}
    page = Page(reading.report.text)
    lines = [f"{claim.id}: {words.holder(claim, names)} — {words.content(claim)}", ""]
    lines += _field("found by", _found(claim, decided))
    lines += _field("source", _source(reading, claim, decided))
    lines += _field("cue", [_quoted(claim.cue) if claim.cue else "none"])
    lines += _field("content", [_content(claim)])
    lines += _field("via", _via(claim, names))
    lines += _field("stance", _stance(page, claim, decided))
    lines += _field("factuality", _factuality(page, claim, decided))
    lines += _field("hedges", [_quoted(h) for h in claim.hedges])
    lines += _field("parent", _others(claims, [claim.parent] if claim.parent else [], names))
    lines += _field("disputes", _others(claims, claim.disputes, names))
    against = [a.id for a in reading.attributions if claim.id in a.disputes]
    lines += _field("disputed by", _others(claims, against, names))
    lines += _field("confidence", [_confidence(claim, decided)])
    return "\n".join(lines) + "\n"


def decisions(claim: Attribution) -> list[Decision]:
    """Return the parts of a claim's ``decided_by`` with their meaning."""
    return [_decision(part) for part in claim.decided_by.split("; ") if part]


@cache
def _known() -> dict[str, tuple[str, str]]:
    return {row[0]: (row[1], row[2]) for row in rows("decisions")}


def _decision(part: str) -> Decision:
    known = _known()
    if part in known:
        return Decision(part, *known[part])
    name, _, after = part.partition("/")
    kind = name.split("-", 1)[0] + "-" + (f"/{after}" if after else "")
    if kind in known:
        return Decision(part, *known[kind])
    return Decision(part, "other", "not known to this version")


def _field(name: str, found: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(found):
        yield f"{name if number == 0 else '':<{_WIDTH}}{line}"


def _quoted(passage: Passage) -> str:
    return f"“{' '.join(passage.text.split())}” at {passage.start}"


def _by(decided: Sequence[Decision], settles: str) -> list[Decision]:
    return [d for d in decided if d.settles == settles]


# -- fields


def _found(claim: Attribution, decided: Sequence[Decision]) -> list[str]:
    found = _by(decided, "found") or _by(decided, "other")
    return [f"{d.words} [{d.id}]" for d in found]


def _source(reading: Reading, claim: Attribution, decided: Sequence[Decision]) -> list[str]:
    source = claim.source
    kind = words.KIND[source.kind]
    if source.kind == "narrator":
        return ["the report itself"]
    if not source.spans:
        return [f"{kind}: the wording names nobody"]
    settled = _by(decided, "kind")
    why = f"{settled[0].words} [{settled[0].id}]" if settled else "from the words of the phrase and its name"
    lines = [_quoted(source), f"kind: {kind}, {why}"]
    entity = next((e for e in reading.entities if e.id == source.entity), None)
    if entity is not None:
        lines.append(f"stands for {entity.name} (mentions in this report: {len(entity.mentions)})")
    return lines


def _content(claim: Attribution) -> str:
    marks = {
        "direct": "all of it in quotation marks",
        "indirect": "none of it in quotation marks",
        "mixed": "part of it in quotation marks",
    }
    pieces = len(claim.content.spans)
    torn = f", in {pieces} pieces" if pieces > 1 else ""
    return f"characters {claim.content.start} to {claim.content.end}{torn}; {marks[claim.quotation]}"


def _via(claim: Attribution, names: dict[str, str]) -> list[str]:
    lines = []
    for link in claim.via:
        name = names.get(link.entity or "")
        lines.append(_quoted(link) + (f", {name}" if name and name != link.text else ""))
    return lines


def _stance(page: Page, claim: Attribution, decided: Sequence[Decision]) -> list[str]:
    cue = claim.cue.spans if claim.cue else ()
    base = cue_lemma(page, cue)
    by_words = stance_of(page, cue, claim.content.spans)
    lines = [f"{claim.stance}: {words.STANCE[claim.stance]}"]
    if settled := _by(decided, "stance"):
        lines.append(f"{settled[0].words} [{settled[0].id}]" + (f": “{base}”" if base else ""))
    elif judged := _by(decided, "judged"):
        lines.append(f"chosen by {judged[0].words} [{judged[0].id}]")
        if by_words != claim.stance:
            lines.append(f"the wording alone would give {by_words}")
    else:
        lines.append("given by the rule that found the claim")
    return lines


def _factuality(page: Page, claim: Attribution, decided: Sequence[Decision]) -> list[str]:
    cue = claim.cue.spans if claim.cue else ()
    by_words, _ = factuality_of(page, cue, claim.content.spans, claim.stance)
    lines = [f"{claim.factuality}: held {words.FACTUALITY[claim.factuality]}"]
    if settled := _by(decided, "factuality"):
        lines.append(f"{settled[0].words} [{settled[0].id}]")
    elif judged := _by(decided, "judged"):
        lines.append(f"chosen by {judged[0].words} [{judged[0].id}]")
        if by_words != claim.factuality:
            lines.append(f"the wording alone would give {by_words}")
    else:
        lines.append("given by the wording")
    if denying := _denying(page, claim):
        lines.append(f"words that deny: {', '.join(f'“{w}”' for w in denying)}")
    return lines


def _denying(page: Page, claim: Attribution) -> list[str]:
    """Return the words of cue and content that deny, where the claim is held not to be so."""
    if not claim.factuality.endswith("-"):
        return []
    spans = (*(claim.cue.spans if claim.cue else ()), *claim.content.spans)
    found = [w for start, end in spans for w in page.words_in(start, end)]
    plain = [w.text for w in found if w.lower in small("denying") or w.lower.endswith("n't")]
    if claim.cue and claim.stance in ("deny", "dispute"):
        plain.insert(0, " ".join(claim.cue.text.split()))
    return list(dict.fromkeys(plain))[:3]


def _others(claims: dict[str, Attribution], ids: Sequence[str], names: dict[str, str]) -> list[str]:
    lines = []
    for one in ids:
        other = claims.get(one)
        if other is not None:
            lines.append(f"{one}: {words.holder(other, names)} — {words.content(other)}")
    return lines


def _confidence(claim: Attribution, decided: Sequence[Decision]) -> str:
    model = any(d.id.startswith("tagger-") for d in decided)
    why = "the tagger's own probabilities" if model else "a constant of the rule that found it"
    return f"{claim.confidence:.2f}, {why}"
