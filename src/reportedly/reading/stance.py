"""What a source does with its content and how firmly it holds it, from the words.

Stance comes from the cue; factuality from the cue, the hedges and the negation
at the content's main predicate (FactBank's values, Saurí and Pustejovsky 2009).
"""

from __future__ import annotations

from functools import cache

from ..data import tables
from ..records.attribution import Factuality, Stance
from .lemmas import lemma
from .page import Page, Word
from .paragraphs import Range

_MAIN = 14  # words of the content in which its main predicate is looked for
_TURN: dict[Factuality, Factuality] = {
    "CT+": "CT-",
    "PR+": "PR-",
    "PS+": "PS-",
    "CT-": "CT+",
    "PR-": "PR+",
    "PS-": "PS+",
}


@cache
def _by_cue(section: str) -> dict[str, str]:
    table = tables.toml("cues")[section]
    found: dict[str, str] = {}
    for value, line in table.items():
        for word in line.split():
            found.setdefault(word, value)
    return found


def cue_lemma(page: Page, cue: tuple[Range, ...], section: str = "stance") -> str | None:
    """Return the base form of the word of the cue that the table ``section`` knows, the last one first."""
    table = _by_cue(section)
    words = [w.lower for s, e in cue for w in page.words_in(s, e)]
    found = [base for w in words if (base := lemma(w, table))]
    weak = {"say", "tell", "see", "point", "own", "back", "press", "according", "per"}
    strong = [base for base in found if base not in weak]
    last = strong or found
    return last[-1] if last else None


def stance_of(page: Page, cue: tuple[Range, ...], content: tuple[Range, ...]) -> Stance:
    """Return the stance that the cue and the opening of the content show."""
    base = cue_lemma(page, cue)
    stance: Stance = _by_cue("stance").get(base or "", "assert")  # type: ignore[assignment]  # the table's keys are the stances
    cue_text = {w.lower for s, e in cue for w in page.words_in(s, e)}
    opening = [w.lower for w in _opening(page, content)]
    negated = bool(cue_text & {"not", "never", "n't", "cannot"}) or any(w.endswith("n't") for w in cue_text)
    if negated and stance == "confirm":
        return "deny"
    if stance == "assert" and base in (
        "say",
        "tell",
        "add",
        None,
        "state",
        "write",
        "insist",
        "believe",
        "think",
    ):
        if "will" in opening[:6] or "would" in opening[:6]:
            return (
                "intend" if opening[:1] in (["he"], ["she"], ["they"], ["it"], ["i"], ["we"]) else "predict"
            )
        if {"should", "must"} & set(opening[:6]):
            return "demand"
        if page.text[content[-1][1] - 1 : content[-1][1] + 1].strip('”"’').endswith("?"):
            return "question"
    return stance


def factuality_of(
    page: Page, cue: tuple[Range, ...], content: tuple[Range, ...], stance: Stance
) -> tuple[Factuality, list[Range]]:
    """Return the factuality of the content for its source, and the hedges as character ranges."""
    base = cue_lemma(page, cue, "factuality")
    value: Factuality = _by_cue("factuality").get(base or "", "CT+")  # type: ignore[assignment]  # keys are FactBank's
    if stance in ("demand", "intend", "question") and value == "CT+":
        value = "Uu"
    if stance == "predict" and value == "CT+":
        value = "PR+"
    words = _opening(page, content)
    hedges = _hedges(page, cue, content)
    said = " ".join(page.text[s:e] for s, e in (*cue, *content))[:200].lower()
    if any(phrase in said for phrase in tables.toml("cues")["plain"]["phrases"]):
        return "Uu", hedges
    degree = _degree(words)
    if degree == "PS" and value in ("CT+", "PR+"):
        value = "PS+"
    elif degree == "PR" and value == "CT+":
        value = "PR+"
    elif degree == "PR-" and value in ("CT+", "PR+"):
        value = "PR-"
    elif degree == "Uu" and value in ("CT+", "PR+") and stance not in ("predict",):
        value = "Uu"
    if _is_negated(words) and value in _TURN and stance not in ("deny", "dispute"):
        value = _TURN[value]
    if (
        len(content) == 1
        and _states_nothing(page, content)
        and (stance, value) in (("evaluate", "CT+"), ("dispute", "CT+"), ("dispute", "CT-"))
    ):
        value = "Uu"
    return value, hedges


def _opening(page: Page, content: tuple[Range, ...]) -> list[Word]:
    """Return the words of the content's first main clause, a bounded number."""
    found: list[Word] = []
    for start, end in content:
        for word in page.words_in(start, end):
            if word.lower in (";", ".", "?", "!", "—") and found:
                return found
            if (
                word.lower
                in ("because", "while", "although", "unless", "after", "before", "when", "which", "who")
                and len(found) > 4
            ):
                return found
            if word.lower in ("if",) and len(found) > 3:
                return found
            found.append(word)
            if len(found) >= 3 * _MAIN:
                return found
    return found


def _degree(words: list[Word]) -> str | None:
    hedges = tables.toml("cues")["hedges"]
    table = {w: degree for degree in ("Uu", "PS", "PR") for w in hedges[degree].split()}
    table |= dict.fromkeys(hedges["negative_probable"].split(), "PR-")
    lower = [w.lower for w in words[:_MAIN]]
    for k, word in enumerate(lower):
        if word == "may" and words[k].text == "May":
            continue
        if word == "can" or (word == "would" and k > 8):
            continue
        if word in table:
            return table[word]
        if word == "will":
            return None
    return None


def _is_negated(words: list[Word]) -> bool:
    lower = [w.lower for w in words[:_MAIN]]
    for k, word in enumerate(lower):
        if word in ("not", "never", "cannot") or word.endswith("n't"):
            if word == "not" and k + 1 < len(lower) and lower[k + 1] in ("only", "just", "least"):
                continue
            return True
        if word in ("no", "nothing", "nobody", "none", "neither") and k < 6:
            return True
        if word in ("that", "who", "which") and k > 3:
            return False
    return False


def _states_nothing(page: Page, content: tuple[Range, ...]) -> bool:
    """Tell whether the content is a bare phrase without a verb form that states something."""
    text = page.text[content[0][0] : content[0][1]]
    return len(text.split()) < 9 and not any(
        w.lower in ("is", "are", "was", "were", "has", "have", "had", "will", "would", "that")
        or w.lower.endswith("ing")
        for w in page.words_in(*content[0])
    )


def _hedges(page: Page, cue: tuple[Range, ...], content: tuple[Range, ...]) -> list[Range]:
    known = tables.words("cues", "hedges.marked") | tables.words("cues", "hearsay.adverbs")
    found = {
        (word.start, word.end)
        for start, end in (*cue, *content)
        for word in page.words_in(start, end)
        if word.lower in known and word.text != "May"
    }
    return sorted(found)
