"""Attributions that stand in the content of another, which a flat tagger cannot give.

Contents that carry a reporting verb are read once more by themselves; and a
relative clause that is handed to somebody ("the ring, which the ministry claims
is led by …") is found by rule, for its content is torn in two.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ..data import tables
from . import tagging
from .clauses import clause, is_auxiliary, noun_phrase_before
from .draft import Draft, Nearby, touches, trim
from .encoder import Encoder
from .hearsay import cue_words
from .lemmas import lemma
from .page import Page, Word
from .paragraphs import Range

_LEAST_WORDS = 6  # of a content that is read again
_LEAST_SURE = 0.5
_LONGEST_SOURCE = 7  # words between the relative pronoun and the verb


def nested(page: Page, outer: Sequence[Draft], encoder: Encoder) -> list[Draft]:
    """Return the attributions inside the contents of ``outer``."""
    found = _handed_over(page, Nearby(outer))
    near = Nearby([*outer, *found])
    verbs = tables.words("cues", "nested.verbs")
    ranges: list[Range] = []
    for draft in outer:
        for start, end in draft.content:
            words = page.words_in(start, end)
            if len(words) >= _LEAST_WORDS and any(_may_report(words, k, verbs) for k in range(1, len(words))):
                ranges.append(trim(page.text, start, end, "“”\"'"))
    if not ranges:
        return found
    speakers = tables.words("people", "pronouns_i") | tables.words("people", "pronouns_it")
    for tagged in tagging.attributions(encoder.run(page.text, ranges), page):
        if tagged.cue is None or tagged.source is None or tagging.confidence(tagged) < _LEAST_SURE:
            continue
        if page.text[slice(*tagged.source)].lower() in speakers:
            continue  # "I think" in a quotation is the speaker's own hedge, "it shows" an argument
        if not any(_is_verb(page, w, tagged.source, verbs) for w in page.words_in(*tagged.cue)):
            continue
        around = near.around(tagged.cue[0], tagged.content[-1][1])
        if any(touches(d.cue, *tagged.cue) or d.content == tagged.content for d in around):
            continue
        found.append(
            Draft(
                source=(tagged.source,),
                cue=(tagged.cue,),
                content=tagged.content,
                confidence=tagging.confidence(tagged),
                rules=["model/nested"],
            )
        )
    return found


def _may_report(words: Sequence[Word], k: int, verbs: frozenset[str]) -> bool:
    """Tell whether word ``k`` may be a reporting verb with a subject: worth reading the content again."""
    word, before = words[k].lower, words[k - 1].lower
    if not words[k].text.islower() or not lemma(word, verbs):
        return False
    if word in verbs:  # a base form: "they say", not "to say" or "the claim"
        return before.endswith("s") or before in tables.words("people", "pronouns_they")
    return before not in tables.words("clauses", "determiners")


def _is_verb(page: Page, word: Word, source: Range, verbs: frozenset[str]) -> bool:
    """Tell whether a word of a cue is a reporting verb here, not the noun ("the ministry's claim is …")."""
    if not word.text.islower() or not lemma(word.lower, verbs):
        return False
    if word.lower not in verbs:
        return True  # an inflected form
    last = page.words_in(*source)[-1:]
    plural = bool(last) and (
        last[0].lower in tables.words("people", "pronouns_they") or last[0].lower.endswith("s")
    )
    possessive = page.text[source[0] : source[1]].endswith(("'s", "’s", "'", "’"))
    singular = page.text[source[0] : source[1]].lower().startswith(("a ", "an "))
    return plural and not possessive and not singular


def _handed_over(page: Page, near: Nearby) -> list[Draft]:
    """Find "…, which the ministry claims is led by …" anywhere in the text."""
    found = []
    verbs = tables.words("cues", "nested.verbs")
    for low, high in page.sentences:
        words = page.words_in(low, high)
        for k, word in enumerate(words):
            if word.lower not in ("which", "who", "that") or not k:
                continue
            verb = _verb_after(words, k, verbs)
            if verb is None:
                continue
            source = (words[k + 1].start, words[verb - 1].end)
            if not _is_verb(page, words[verb], source, verbs):
                continue
            cue = (words[verb].start, words[verb].end)
            if any(touches(d.cue, *cue) for d in near.around(*cue)):
                continue
            end_of_noun = words[k - 1].start if words[k - 1].lower == "," else words[k - 1].end
            antecedent = noun_phrase_before(page, end_of_noun, low)
            _, end = clause(page, words[verb + 1].start, words[verb + 1].end, cue_words())
            rest = trim(page.text, words[verb + 1].start, end, ",;")
            found.append(
                Draft(
                    source=(source,),
                    cue=(cue,),
                    content=(antecedent, rest) if antecedent else (rest,),
                    confidence=0.7,
                    rules=["rule:nested/relative"],
                )
            )
    return found


@cache
def begins_a_source() -> frozenset[str]:
    """Return the words in lower case that a source without a name begins with."""
    lists = (
        ("clauses", "determiners"),
        ("clauses", "numbers"),
        ("sources", "pronouns"),
        ("sources", "official_nouns"),
        ("sources", "group_nouns"),
        ("sources", "anonymous_nouns"),
    )
    return frozenset().union(*(tables.words(*which) for which in lists))


def _verb_after(words: list[Word], k: int, verbs: frozenset[str]) -> int | None:
    """Return the number of a reporting verb near word ``k`` that a finite verb follows at once."""
    first = words[k + 1] if k + 1 < len(words) else None
    if first is None or not (first.text[0].isupper() or first.lower in begins_a_source()):
        return None
    for j in range(k + 2, min(len(words) - 1, k + 2 + _LONGEST_SOURCE)):
        if words[j].lower in (",", ".", ";", ":", "—") or is_auxiliary(words[j].lower):
            return None
        if lemma(words[j].lower, verbs) and is_auxiliary(words[j + 1].lower):
            return j
    return None
