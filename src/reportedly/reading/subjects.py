"""Subjects: who does what a verb says, found from the words before it.

A verb's subject stands before it, or further away: before a relative pronoun,
an aside or a coordinate verb, or with the verb that an infinitive or -ing form
hangs on. Each rule looks a bounded number of words to the left.
"""

from __future__ import annotations

from .phrases import DEPTH, REACH, Sentence, VerbGroup
from .wordforms import FINITE, VERBS, grammar
from .wordtags import Range

_DASHES = frozenset("-–—")


def subject_of(sentence: Sentence, group: VerbGroup, depth: int = 0) -> list[Range]:
    """Return the subject of a verb group: noun phrases as runs of words, empty where none is found.

    ``depth`` counts the verbs that were gone through on the way to this one.
    """
    if depth > DEPTH:
        return []
    start = group.start
    if sentence.tags[group.verb] == "G" and not group.progressive:
        return _controller(sentence, start, depth)
    if group.infinitive:
        return _controller(sentence, start, depth)
    return _before(sentence, start, depth)


def clause_subject(sentence: Sentence, k: int) -> list[Range]:
    """Return the subject of the clause that the adverbial at word ``k`` stands in.

    That is the subject of the finite verb before it or, in "X, together with …,",
    what stands before its comma.
    """
    verb = _finite_left(sentence, k)
    if verb is not None:
        return subject_of(sentence, sentence.group(verb))
    end = k - (k >= 1 and sentence.low[k - 1] == ",")
    return sentence.phrases_before(end)[-1:] if end >= 1 else []


def _before(sentence: Sentence, start: int, depth: int) -> list[Range]:
    j = _skip_adverbials(sentence, start - 1)
    if j < 0:
        return []
    tag = sentence.tags[j]
    if tag == "R":
        return _antecedent(sentence, j)
    if tag in VERBS and sentence.lemma(j) in grammar().reporting:
        chunk = sentence.chunk(j - 1)  # "the cartel, which officials claim is led by"
        if chunk is not None and chunk[0] >= 1 and sentence.tags[chunk[0] - 1] == "R":
            return _antecedent(sentence, chunk[0] - 1)
        return []
    if tag == "C":
        return _shared_subject(sentence, j, depth)
    if sentence.low[j] == "," or tag in _DASHES or tag in ")":
        return _over_parenthesis(sentence, j, depth)
    if sentence.chunk(j) is None:
        return []
    found = sentence.phrases_before(j + 1)
    if not found:
        return []
    first = found[0][0]
    if sentence.is_clause_object(first):
        relative = _relative_left(sentence, first)
        if relative is not None:
            return _antecedent(sentence, relative)
        if sentence.tags[first - 1] in "PT":
            return []
        if sentence.tags[first - 1] in "G":
            return []
    return found


def _skip_adverbials(sentence: Sentence, j: int) -> int:
    """Step left over adverbs, time words and "on Monday", "in 2019"."""
    for _ in range(10):
        if j < 0:
            return j
        if sentence.tags[j] in "XY" or (
            sentence.tags[j] == "P" and j + 1 < len(sentence) and sentence.tags[j + 1] == "Y"
        ):
            j -= 1
        elif (
            sentence.low[j].isdigit()
            and j >= 1
            and (
                sentence.tags[j - 1] == "Y"
                or (_is_year(sentence.low[j]) and sentence.low[j - 1] in ("in", "since"))
            )
        ):
            j -= 1 if sentence.tags[j - 1] == "Y" else 2
        else:
            return j
    return j


def _relative_left(sentence: Sentence, k: int) -> int | None:
    for j in range(k - 1, max(-1, k - 20), -1):
        if sentence.tags[j] == "R":
            return j
        if sentence.tags[j] in "S;" or (sentence.low[j] in (",", "and") and sentence.tags[j - 1] in FINITE):
            return None
    return None


def _antecedent(sentence: Sentence, j: int) -> list[Range]:
    """Return what the relative pronoun at ``j`` stands for."""
    relative = sentence.low[j]
    if j >= 1 and sentence.tags[j - 1] == "P":
        return []
    j -= 1
    comma = j >= 0 and sentence.low[j] == ","
    j -= comma
    chunk = sentence.chunk(j) if j >= 0 else None
    if chunk is None or chunk[1] != j + 1:
        return []
    start = chunk[0]
    if relative == "who" and start >= 2 and sentence.low[start - 1] == "of":
        outer = sentence.chunk(start - 2)
        if outer is not None and sentence.named[j] < 0 and not comma:
            start = outer[0]
    return [(start, chunk[1])]


def _shared_subject(sentence: Sentence, j: int, depth: int) -> list[Range]:
    """Return the subject of the verb before a coordination ("stormed the post and killed ten")."""
    verb = _finite_left(sentence, j)
    return subject_of(sentence, sentence.group(verb), depth + 1) if verb is not None else []


def _finite_left(sentence: Sentence, j: int) -> int | None:
    for k in range(j - 1, max(-1, j - REACH), -1):
        tag = sentence.tags[k]
        if tag == ";":
            return None
        if (
            tag in "VF"
            or (tag == "E" and not _is_modifier(sentence, k))
            or (tag in "GL" and sentence.group(k).helpers)
        ):
            return k
    return None


def _is_modifier(sentence: Sentence, k: int) -> bool:
    group = sentence.group(k)
    return not group.helpers and sentence.is_reduced_passive(group)


def _over_parenthesis(sentence: Sentence, j: int, depth: int) -> list[Range]:
    """Return the subject before ", …," or "( … )" that closes at ``j``."""
    close = sentence.low[j]
    opening = {")": "("}.get(close, close)
    for k in range(j - 1, max(0, j - REACH), -1):
        if sentence.low[k] != opening:
            continue
        chunk = sentence.chunk(k - 1)
        if chunk is None or sentence.tags[k - 1] == "Y":
            if close == ",":
                continue
            return []
        if sentence.low[k + 1] in ("and", "or"):
            continue
        found = sentence.phrases_before(k)
        if found and sentence.is_clause_object(found[0][0]) and close == ",":
            continue
        return found[-1:] if close == "," else found
    if close == "," and j >= 1:
        last = j - 1
        if sentence.low[last] == ")" and "(" in sentence.low[max(0, last - 8) : last]:
            last -= sentence.low[max(0, last - 8) : last][::-1].index("(") + 2
        chunk = sentence.chunk(last)
        return [(chunk[0], last + 1)] if chunk and not sentence.is_clause_object(chunk[0]) else []
    return _shared_subject(sentence, j, depth) if sentence.tags[j - 1] in VERBS else []


def _controller(sentence: Sentence, start: int, depth: int) -> list[Range]:
    """Return who does what an infinitive or -ing form beginning at ``start`` says."""
    control = grammar().object_control
    j = _skip_adverbials(sentence, start - 1)
    if j < 0:
        return []
    if sentence.tags[start] == "G" or sentence.tags[j] in "PT":
        while j >= 0 and sentence.tags[j] in "PTX":
            j -= 1
    if j >= 0 and sentence.low[j] == ",":
        j -= 1
        verb = _finite_left(sentence, j + 1)
        return subject_of(sentence, sentence.group(verb), depth + 1) if verb is not None else []
    if j < 0:
        return []
    if sentence.tags[j] in VERBS:
        group = sentence.group(j)
        if group.passive or not sentence.is_reduced_passive(group):
            return subject_of(sentence, group, depth + 1)
        return _before(sentence, group.start, depth + 1)
    if sentence.chunk(j) is not None:
        copula = _copula_of(sentence, j) if sentence.tags[start] == "T" else None
        if copula is not None:
            return _before(sentence, copula, depth + 1)  # "Ruritania is ready to …"
        phrase = sentence.climb(j + 1)
        if phrase is None:
            return []
        left = phrase[0] - 1
        if left >= 0 and sentence.tags[left] == "P" and sentence.tags[left - 1] in VERBS:
            left -= 1
        if left >= 0 and sentence.tags[left] in VERBS and sentence.lemma(left) in control:
            return [phrase]
        if sentence.tags[start] == "G" and start >= 1 and sentence.chunk(start - 1) is not None:
            return [phrase]
        verb = _finite_left(sentence, phrase[0])
        if verb is None and left >= 0 and sentence.tags[left] in VERBS:
            verb = left
        if verb is not None:
            return subject_of(sentence, sentence.group(verb), depth + 1)
        return []
    verb = _finite_left(sentence, j + 1)
    return subject_of(sentence, sentence.group(verb), depth + 1) if verb is not None else []


def _copula_of(sentence: Sentence, k: int) -> int | None:
    """Return where the verb group of the "be" begins that the lone adjective at word ``k`` completes."""
    if sentence.chunk(k) != (k, k + 1) or sentence.named[k] >= 0:
        return None
    j = k - 1
    while j >= 0 and sentence.tags[j] == "X":
        j -= 1
    if j < 0 or sentence.tags[j] != "B":
        return None
    while j > 0 and sentence.tags[j - 1] in "BHMX":
        j -= 1
    return j


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and word[0] in "12"
