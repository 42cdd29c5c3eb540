"""A speech tag at the end of its sentence: "…, two people familiar with the talks told the Courier."

The commonest form of a news lead. The tagger nearly always finds it; where it
does not, because the sentence is long and holds another cue, this rule does.
"""

from __future__ import annotations

from ..data import tables
from .clauses import is_auxiliary
from .draft import Draft, Nearby, touches, trim
from .nesting import begins_a_source
from .page import Page, Word
from .paragraphs import Range

_LONGEST = 16  # words of the source
_BEHIND = 8  # words behind the verb: whom, where, when
_LEAST = 5  # words of the content
_PERFECT = ("has", "have", "had")  # "…, two officials have told the Courier"


def trailing(page: Page, near: Nearby) -> list[Draft]:
    """Return the attributions by a closing speech tag whose verb is no cue of a draft in ``near`` yet."""
    verbs = tables.words("cues", "trailing.verbs")
    found = []
    for low, high in page.sentences:
        words = page.words_in(low, high)
        for k in range(len(words) - 1, max(_LEAST, len(words) - _BEHIND - 3), -1):
            if words[k].lower not in verbs:
                continue
            head = k - 1 if words[k - 1].lower in _PERFECT else k
            source = _source(words, head)
            if source is None:
                break
            first, last = source
            cue = (words[head].start, words[k].end)
            dateline = page.dateline(low, high)
            content = trim(page.text, dateline.end() if dateline else low, words[first].start, ",")
            span: Range = (words[first].start, words[last].end)
            taken = (c for d in near.around(low, high) for c in (*d.cue, *d.source))
            if not touches(tuple(taken), span[0], cue[1]) and page.text[content[1]] == ",":
                rules = ["rule:trailing"]
                found.append(Draft((span,), (cue,), (content,), confidence=0.7, rules=rules))
            break
    return found


def _source(words: list[Word], verb: int) -> Range | None:
    """Return the first and last word of the source between a comma and the verb."""
    for k in range(verb - 1, max(_LEAST, verb - _LONGEST - 1), -1):
        if words[k].lower in ("“", "”", '"', ";", ":", "—") or is_auxiliary(words[k].lower):
            return None
        if words[k].lower == ",":
            first = words[k + 1]
            begins = first.text[0].isupper() or first.lower in begins_a_source()
            return (k + 1, verb - 1) if begins and k + 1 < verb else None
    return None
