"""Claims that name no source: "reportedly", "is said to", "is accused of", "it is believed that".

The rules and their words are in the table ``cues.toml``. The content is the
clause without the cue, so it is often discontinuous.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast as typed

from ..data import tables
from ..records.attribution import Stance
from .clauses import clause, is_auxiliary, noun_phrase_before
from .draft import Draft, touches, trim
from .page import Page, Word
from .paragraphs import Range


def hearsay(page: Page) -> list[Draft]:
    """Return the attributions without a source of a page, in text order."""
    found: list[Draft] = []
    for sentence in page.sentences:
        words = page.words_in(*sentence)
        for k in range(len(words)):
            for draft in _at(page, words, k, sentence):
                cues = draft.cue
                if not any(touches(other.cue, s, e) for other in found[-3:] for s, e in cues):
                    found.append(draft)
    return found


def cue_words() -> frozenset[str]:
    """Return the base forms of all verbs and nouns that may carry an attribution."""
    table = tables.toml("cues")["stance"]
    return frozenset(word for line in table.values() for word in line.split())


def _at(page: Page, words: list[Word], k: int, sentence: Range) -> Iterator[Draft]:
    word = words[k].lower
    table = tables.toml("cues")["hearsay"]
    if word in tables.words("cues", "hearsay.adverbs"):
        yield from _adverb(page, words, k, sentence)
    elif word in table["passive_of"] and _next(words, k) == table["passive_of"][word]:
        yield from _passive(page, words, k, k + 1, sentence, "allege", "accused-of")
    elif word in table["impersonal"] and _is_impersonal(words, k):
        yield from _impersonal(page, words, k, sentence, table["impersonal"][word])
    elif word in table["passive_to"] and _next(words, k) in ("to", "killed", "dead"):
        if _be_before(words, k) is not None:
            end = k + 1 if _next(words, k) == "to" else k
            yield from _passive(page, words, k, end, sentence, table["passive_to"][word], "said-to")
        elif word in tables.words("cues", "hearsay.reduced_to") and _is_reduced(words, k):
            yield from _passive(page, words, k, k + 1, sentence, table["passive_to"][word], "said-to")
    elif word in tables.words("cues", "hearsay.passive_as") and _next(words, k) == "as":
        agent = any(w.lower == "by" for w in words[k + 1 : k + 12])
        if _be_before(words, k) is not None and not agent:
            yield from _passive(page, words, k, k + 1, sentence, "evaluate", "described-as")
    elif word in table["nouns"] and _next(words, k) == "that":
        yield from _noun(page, words, k, sentence, table["nouns"][word])
    elif k == 0:
        yield from _idiom(page, words, sentence)


def _is_reduced(words: list[Word], k: int) -> bool:
    """Tell whether a participle stands right behind its noun ("a man believed to be armed")."""
    return (
        _next(words, k) == "to"
        and k > 0
        and words[k - 1].text[-1:].isalpha()
        and not is_auxiliary(words[k - 1].lower)
    )


def _next(words: list[Word], k: int) -> str:
    return words[k + 1].lower if k + 1 < len(words) else ""


def _be_before(words: list[Word], k: int) -> int | None:
    """Return the number of the form of "be" before word ``k`` (adverbs may stand between)."""
    for j in range(k - 1, max(-1, k - 4), -1):
        if words[j].lower in tables.words("clauses", "be"):
            return j
        if words[j].lower not in tables.words("clauses", "between") and not words[j].lower.endswith("ly"):
            return None
    return None


def _adverb(page: Page, words: list[Word], k: int, sentence: Range) -> Iterator[Draft]:
    cue = (words[k].start, words[k].end)
    before = words[k - 1] if k else None
    stance = "allege" if words[k].lower in ("allegedly", "purportedly") else "assert"
    reduced = (
        before is not None
        and before.text.isalpha()
        and not is_auxiliary(before.lower)
        and before.lower not in ("who", "which", "that", "and", "he", "she", "it", "they", "to")
        and k + 2 < len(words)
        and words[k + 1].lower.endswith(("ed", "en", "wn", "ing"))
        and words[k + 2].lower
        in ("by", "in", "at", "to", "for", "with", "on", "from", "into", "the", "a", "of")
        and not (before.text[0].isupper() and words[k + 2].lower in ("the", "a"))
    )
    if reduced:
        phrase = noun_phrase_before(page, cue[0], sentence[0])
        start, end = clause(page, words[k + 1].start, words[k + 1].end, cue_words())
        if phrase:
            yield _draft(page, cue, [phrase, (words[k + 1].start, end)], stance, "adverb")
            return
    start, end = clause(page, *cue, cue_words())
    yield _draft(page, cue, [(start, cue[0]), (cue[1], end)], stance, "adverb")


def _passive(
    page: Page, words: list[Word], k: int, last: int, sentence: Range, stance: str, rule: str
) -> Iterator[Draft]:
    be = _be_before(words, k)
    begin = k if be is None else be
    cue = (words[begin].start, words[k].end)
    after = words[last].end
    _, end = clause(page, words[k].start, words[last].end, cue_words())
    if be is None:
        subject = noun_phrase_before(page, cue[0], sentence[0])
        if subject is None:
            return
        pieces = [subject, (after, end)]
    else:
        start, _ = clause(page, *cue, cue_words())
        pieces = [(start, cue[0]), (after, end)]
    yield _draft(page, (cue[0], after), pieces, stance, rule)


def _is_impersonal(words: list[Word], k: int) -> bool:
    be = _be_before(words, k)
    if (
        be is None
        or be == 0
        or _next(words, k) not in ("that", "whether", "if", "how", "what", "when", "why", "who")
    ):
        return False
    return words[be - 1].lower == "it" or (words[be - 1].lower in ("has", "had", "have") and be > 1)


def _impersonal(page: Page, words: list[Word], k: int, sentence: Range, stance: str) -> Iterator[Draft]:
    be = _be_before(words, k)
    assert be is not None
    it = be - 1 if words[be - 1].lower == "it" else be - 2
    begin = words[k + 1].start if words[k + 1].lower != "that" else words[k + 1].end
    if k + 2 >= len(words):
        return
    _, end = clause(page, words[k + 2].start, words[k + 2].end, cue_words())
    cue = (words[max(it, 0)].start, words[k].end)
    yield _draft(page, cue, [(begin, max(begin, end))], stance, "it-is-said")


def _noun(page: Page, words: list[Word], k: int, sentence: Range, stance: str) -> Iterator[Draft]:
    if k + 2 >= len(words):
        return
    _, end = clause(page, words[k + 2].start, words[k + 2].end, cue_words())
    yield _draft(page, (words[k].start, words[k].end), [(words[k + 1].end, end)], stance, "noun-that")


def _idiom(page: Page, words: list[Word], sentence: Range) -> Iterator[Draft]:
    """Find "Word is that …" and "Rumour has it …" at the head of a sentence."""
    low = [w.lower for w in words[:6]]
    for idiom in tables.toml("cues")["hearsay"]["idioms"]:
        cue = idiom.split()
        behind = len(cue) + (low[len(cue) : len(cue) + 1] == ["that"])
        if low[: len(cue)] == cue and behind < len(words):
            yield _draft(
                page,
                (words[0].start, words[behind - 1].end),
                [(words[behind].start, trim(page.text, *sentence, ".")[1])],
                "assert",
                "idiom",
            )
            return


def _draft(page: Page, cue: Range, pieces: list[Range], stance: str, rule: str) -> Draft:
    first = trim(page.text, *pieces[0])
    if page.text[first[0] : first[1]].lower() in ("who", "which", "that"):
        low, _ = page.sentence_at(first[0])
        start, end = trim(page.text, low, first[0], ",")
        antecedent = noun_phrase_before(page, end, start)
        if antecedent:  # the clause is about what its relative pronoun stands for
            pieces = [antecedent, *pieces[1:]]
    content = [trim(page.text, s, e, ",") for s, e in pieces]
    content = [(s, e) for s, e in content if s < e] or [cue]
    return Draft(
        source=(),
        cue=(cue,),
        content=tuple(content),
        confidence=0.6,
        rules=[f"rule:hearsay/{rule}"],
        kind="hearsay",
        stance=typed(Stance, stance),
    )
