"""Word forms: what each common English word can be, from tables and a small morphology.

The tables stand in ``data/grammar.toml``: closed classes, verbs with their
irregular forms, heads of noun phrases that can act. Regular inflection follows
the spelling rules of any English grammar (silent e, doubled consonant, y to
ie). Every word form gets one *tag*, a single character; the tags of ambiguous
forms are settled from their neighbours in :mod:`reportedly.reading.phrases`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from reportedly.data.tables import toml, words

_VOWELS: Final = "aeiou"

# The tags. Lower-case letters are ambiguous and never survive tagging.
#   D determiner  P preposition  C conjunction  S subordinator  R relative  O pronoun  M modal
#   B be  H have  K do  X adverb  Y time word  T "to"  # number  N noun, name or adjective
#   V finite or base verb  F past tense only  E past or participle  L participle only  G -ing verb
#   v base verb or noun  s third person or plural noun  g -ing word that is often a noun
#   W "that"  h "her";  any other mark is its own tag
VERBS: Final = frozenset("VFELG")
FINITE: Final = frozenset("VFE")
AUXILIARY: Final = frozenset("BHKM")
NOMINAL: Final = frozenset("DN#O")


@dataclass(frozen=True, slots=True)
class Grammar:
    """The tables of ``data/grammar.toml``, ready for use.

    ``lexicon`` maps a lower-case form to its tag, ``lemmas`` a verb form to its
    base form. ``timed`` are words whose tag may depend on a time or number beside
    them, ``pairing`` the first words of pairs that are one word. ``invariant``
    verbs have one form for base, past and participle.
    """

    lexicon: dict[str, str]
    lemmas: dict[str, str]
    irregular: dict[str, tuple[str, str]]
    invariant: frozenset[str]
    doubling: frozenset[str]
    negation: frozenset[str]
    months: frozenset[str]
    time_unit: frozenset[str]
    time_before: frozenset[str]
    timed: frozenset[str]
    pairing: frozenset[str]
    approximate: frozenset[tuple[str, ...]]
    adverb_pairs: frozenset[tuple[str, ...]]
    reporting: frozenset[str]
    object_control: frozenset[str]
    light: frozenset[str]
    parties: frozenset[str]


def third_person(verb: str) -> str:
    """Return the -s form of a verb, or the plural of a regular noun."""
    if verb.endswith("y") and verb[-2:-1] not in ("", *_VOWELS):
        return verb[:-1] + "ies"
    if verb.endswith(("s", "x", "z", "ch", "sh")) or verb in ("go", "do", "veto", "undergo", "embargo"):
        return verb + "es"
    return verb + "s"


def past(verb: str, doubling: frozenset[str]) -> str:
    """Return the regular past of ``verb``; verbs in ``doubling`` double their last consonant."""
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2:-1] not in ("", *_VOWELS):
        return verb[:-1] + "ied"
    if verb.endswith("c"):
        return verb + "ked"
    return verb + (verb[-1] if verb in doubling else "") + "ed"


def present_participle(verb: str, doubling: frozenset[str]) -> str:
    """Return the -ing form of ``verb``."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    if verb.endswith("c"):
        return verb + "king"
    return verb + (verb[-1] if verb in doubling else "") + "ing"


def _phrases(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(item.split("_")) for item in text.split())


@cache
def small(key: str) -> frozenset[str]:
    """Return one of the small word lists of ``data/grammar.toml``."""
    return words("grammar", f"small.{key}")


@cache
def grammar() -> Grammar:
    """Return the grammar tables, read once."""
    data = toml("grammar")
    closed, verbs = data["closed"], data["verbs"]
    irregular: dict[str, tuple[str, str]] = {}
    noun_too = set(verbs["both"].split())
    for line in verbs["irregular"].strip().splitlines():
        base, past_form, participle = line.split()
        if base.endswith("!"):
            base = base[:-1]
            noun_too.add(base)
        irregular[base] = (past_form, participle)
    doubling = (
        frozenset(verbs["doubling"].split())
        | {base for base in irregular if len(base) <= 4 and _short(base)}
        | {"begin", "forget", "outbid", "upset", "shut", "split", "forbid", "swim", "quit"}
    )
    lexicon: dict[str, str] = {}
    lemmas: dict[str, str] = {}
    for base in sorted({*verbs["plain"].split(), *noun_too, *irregular}):
        _add_verb(base, base in noun_too, irregular.get(base), doubling, lexicon, lemmas)
    for word in verbs["nominal_ing"].split():
        lexicon[word] = "g" if word in lemmas else "N"
    lexicon.update(dict.fromkeys(verbs["nominal_ed"].split(), "N"))
    for word in closed["not_adverb"].split():
        lexicon.setdefault(word, "N")
    for tag, field in (
        ("X", "adverb"), ("P", "preposition"), ("C", "conjunction"),
        ("S", "subordinator"),
        ("D", "determiner"), ("R", "relative"), ("O", "pronoun"), ("M", "modal"), ("B", "be"), ("H", "have"),
        ("K", "do"), ("#", "number"), ("Y", "time"),
    ):  # fmt: skip
        lexicon.update(dict.fromkeys(closed[field].split(), tag))
    lexicon.update({"to": "T", "that": "W", "her": "h"})
    for base in ("be", "have", "do"):
        lemmas.update(dict.fromkeys(closed[base].split(), base))
    return Grammar(
        lexicon=lexicon,
        lemmas=lemmas,
        irregular=irregular,
        invariant=frozenset(base for base, forms in irregular.items() if forms == (base, base)),
        doubling=doubling,
        negation=frozenset(closed["negation"].split()),
        months=frozenset(closed["month"].split()),
        time_unit=frozenset(closed["time_unit"].split()),
        time_before=frozenset(closed["time_before"].split()),
        timed=frozenset(f"{closed['time_unit']} {closed['time_before']} about around over".split()),
        pairing=frozenset(
            pair[0] for field in ("approximate", "adverb_pairs") for pair in _phrases(closed[field])
        ),
        approximate=_phrases(closed["approximate"]),
        adverb_pairs=_phrases(closed["adverb_pairs"]),
        reporting=frozenset(verbs["reporting"].split()),
        object_control=frozenset(verbs["object_control"].split()),
        light=frozenset(verbs["light"].split()),
        parties=frozenset(data["parties"]["words"].split()),
    )


def _short(verb: str) -> bool:
    """Whether a short verb ends in consonant, vowel, consonant ("win", "hit")."""
    return (
        len(verb) >= 3 and verb[-1] not in _VOWELS + "wxy" and verb[-2] in _VOWELS and verb[-3] not in _VOWELS
    )


def _add_verb(
    base: str,
    noun_too: bool,
    irregular: tuple[str, str] | None,
    doubling: frozenset[str],
    lexicon: dict[str, str],
    lemmas: dict[str, str],
) -> None:
    third, ing = third_person(base), present_participle(base, doubling)
    past_form, participle = irregular or (past(base, doubling),) * 2
    tags = {third: "s" if noun_too else "V", ing: "G"}
    if past_form == participle:
        tags[past_form] = "E"
    else:
        tags[past_form], tags[participle] = "F", "L"
    tags.setdefault(base, "v" if noun_too else "V")
    if base in (past_form, participle):
        tags[base] = "v" if noun_too else "E"
    for form, tag in tags.items():
        if form in lexicon and lexicon[form] in "vsEFL" and form != base:
            continue
        lexicon[form] = tag
        lemmas[form] = base


@cache
def verb_forms(base: str) -> tuple[str, ...]:
    """Return all forms of a verb, ``base`` first, without repeats."""
    tables = grammar()
    if base == "be":
        return ("be", "is", "are", "was", "were", "been", "being", "am")
    if base == "have":
        return ("have", "has", "had", "having")
    past_form, participle = tables.irregular.get(base) or (past(base, tables.doubling),) * 2
    forms = (base, third_person(base), past_form, participle, present_participle(base, tables.doubling))
    return tuple(dict.fromkeys(forms))


@cache
def noun_forms(base: str) -> tuple[str, ...]:
    """Return singular and plural of a noun."""
    return (base, base[:-3] + "men") if base.endswith("man") else (base, third_person(base))
