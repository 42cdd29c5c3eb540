"""Which mentions of a report stand for the same: chains of names, descriptions and pronouns.

A multi-pass sieve after Raghunathan et al. (2010) and Lee et al. (2013): exact constructions
first, then matching words, then pronouns, each pass over the whole text, each seeing what the
passes before it joined. Two chains with different names never join. Pronouns are ranked by
:mod:`.salience`. Where nothing fits, a mention stands for itself, and the answer is "nobody".
"""

from __future__ import annotations

import bisect
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from typing import Final

from ..data import tables
from .appositions import is_apposition, verb_of_predicate
from .cast import Cast, Member
from .mentions import Mention, find_mentions, first_or_second
from .page import Page
from .phrases import REACH, Sentences, sentences
from .referents import Chain
from .salience import Candidate, best_antecedent
from .speakers import Said, Speeches, find_speeches
from .wordforms import VERBS

_AHEAD: Final = 2000  # characters to look ahead for whom a description means
_BACK: Final = 4  # sentences to look back over for the antecedent of a pronoun
_FAR: Final = 150  # mentions to look back over
_MOST: Final = 40  # chains with the same head word that are compared


class Chains:
    """All chains of a page, and who stands where."""

    def __init__(self, page: Page, cast: Cast, said: Iterable[Said] = ()) -> None:
        self.page = page
        self.cast = cast
        self.mentions = find_mentions(page, cast)
        self.tagged: Sentences = sentences(page, cast.names)
        self.speeches: Speeches = find_speeches(page, self.tagged, self.mentions, said)
        self._starts = [m.start for m in self.mentions]
        self._chain: dict[int, Chain] = {m.order: Chain(m) for m in self.mentions}
        for sieve in (
            self._by_name,
            self._by_speaker,
            self._by_apposition,
            self._by_wording,
            self._by_head,
            self._by_description,
            self._by_pronoun,
            self._by_owned_head,
        ):
            sieve()

    # -- asking

    def of(self, mention: Mention) -> Chain:
        """Return the chain that a mention belongs to."""
        return self._chain[mention.order]

    def all(self) -> list[Chain]:
        """Return all chains in the order of their first mentions; many hold one mention only."""
        found: dict[int, Chain] = {}
        for mention in self.mentions:
            chain = self._chain[mention.order]
            found.setdefault(id(chain), chain)
        return list(found.values())

    def mention_of(self, start: int, end: int) -> Mention | None:
        """Return the mention that the phrase ``[start, end)`` is: the outermost whose head stands in it."""
        low = bisect.bisect_left(self._starts, start)
        for mention in self.mentions[low : bisect.bisect_left(self._starts, end)]:
            if (
                mention.head < end
                and not mention.nested
                and not (mention.possessive and mention.end + 2 < end)
            ):
                return mention
        return None

    def within(self, start: int, end: int) -> Iterator[Mention]:
        """Yield the mentions inside ``[start, end)``."""
        low = bisect.bisect_left(self._starts, start)
        for mention in self.mentions[low : bisect.bisect_left(self._starts, end)]:
            if mention.end <= end:
                yield mention

    # -- joining

    def _join(self, one: Mention, two: Mention, check: bool = True) -> bool:
        a, b = self._chain[one.order], self._chain[two.order]
        if a is b:
            return True
        if check and not a.fits(b):
            return False
        if a.member is not None and b.member is not None and a.member is not b.member:
            return False
        if len(a.mentions) < len(b.mentions):
            a, b = b, a
        a.absorb(b)
        for mention in b.mentions:
            self._chain[mention.order] = a
        return True

    def _by_name(self) -> None:
        firsts: dict[int, Mention] = {}
        for mention in self.mentions:
            if mention.member is not None:
                self._join(firsts.setdefault(id(mention.member), mention), mention, check=False)

    def _by_speaker(self) -> None:
        """Join "I" with who speaks, or with the other "I" of a speaker unknown; likewise "we" and "you"."""
        known: dict[tuple[str, int], Mention] = {}
        for mention in self.mentions:
            person = first_or_second(mention)
            if person is None:
                continue
            speech = self.speeches.at(mention.start)
            speaker = speech.speaker if speech is not None else None
            if person == "me" and speaker is not None:
                self._join(speaker, mention, check=False)
                continue
            whose = id(self.of(speaker)) if speaker else speech.start if speech else -1
            self._join(known.setdefault((person, whose), mention), mention, check=False)

    def _by_apposition(self) -> None:
        """Join "Anna Ross, the mayor," and "Anna Ross is the mayor"."""
        for two in self.mentions:
            sentence = self.tagged[two.sentence]
            if two.first >= 2 and sentence.low[two.first - 1] == "," and two.kind != "pronoun":
                one = self._ending_at(two.sentence, two.first - 1)
                if one is not None and one.kind != "pronoun" and is_apposition(sentence, one, two):
                    self._join(one, two)
        for mention in self.mentions:
            verb = verb_of_predicate(self.tagged[mention.sentence], mention)
            subject = self._ending_at(mention.sentence, verb) if verb is not None else None
            if subject is not None and subject.subject:
                self._join(subject, mention)

    def _ending_at(self, number: int, last: int) -> Mention | None:
        """Return the outermost mention of a sentence whose last word is before word ``last``."""
        sentence = self.tagged[number]
        if last < 1:
            return None
        high = bisect.bisect_right(self._starts, sentence.words[last - 1].start)
        best = None
        for mention in reversed(self.mentions[max(0, high - 6) : high]):
            if mention.sentence == number and mention.last == last:
                best = mention
        return best

    def _by_wording(self) -> None:
        """Join noun phrases that say the same words, where the later one is not a new one."""
        seen: dict[tuple[str, frozenset[str], str | None, str], Mention] = {}
        for mention in self.mentions:
            if mention.kind != "noun" or not _may_repeat(mention):
                continue
            behind = self.page.text[mention.head : mention.end].lower()
            key = (mention.word, mention.modifiers, mention.number, behind)
            known = seen.get(key)
            if known is not None and not mention.indefinite and self._same_owner(known, mention):
                self._join(known, mention)
            seen[key] = mention

    def _same_owner(self, one: Mention, two: Mention) -> bool:
        """Whether "his campaign" and "his campaign" may be one: the owners are not known to differ."""
        return self._owner(one) is self._owner(two)

    def _owner(self, mention: Mention) -> object:
        """Return the chain that a phrase belongs to; of a pronoun that stands alone yet, its word."""
        k = mention.order + 1
        if k < len(self.mentions):
            inner = self.mentions[k]
            if mention.holds(inner) and inner.possessive and inner.first == mention.first:
                chain = self._chain[inner.order]
                return inner.word if len(chain.mentions) == 1 and inner.kind == "pronoun" else chain
        return None

    def _tail(self, mention: Mention) -> str:
        """Return what follows the head of a phrase inside it ("of Saren" of "the mayor of Saren")."""
        return self.page.text[mention.head + len(mention.word) : mention.end].strip(" '’s").lower()

    def _tails_agree(self, mention: Mention, chain: Chain) -> bool:
        tail = self._tail(mention)
        if not tail:
            return True
        tails = [self._tail(m) for m in chain.mentions[-4:] if m.kind == "noun" and m.word == mention.word]
        return not any(t and t != tail for t in tails)

    def _owners_agree(self, mention: Mention, chain: Chain) -> bool:
        own = self._owner(mention)
        if own is None:
            return True
        owners = [o for o in map(self._owner, chain.mentions[-4:]) if o is not None]
        return all(o is own for o in owners)

    def _by_owned_head(self) -> None:
        """Look for heads again, now that it is known whose "her" in "her campaign" is."""
        self._by_head(owned=True)

    def _by_head(self, owned: bool = False) -> None:
        """Join a definite phrase with the last one of the same head that says all that it says."""
        heads: dict[str, deque[Chain]] = defaultdict(lambda: deque(maxlen=_MOST))
        for mention in self.mentions:
            chain = self._chain[mention.order]
            if mention.kind == "noun" and mention.definite and (owned or self._owner(mention) is None):
                for other in reversed(tuple(heads[mention.word])):
                    at = other.before(mention)
                    if not at or other is chain or other.mentions[at - 1].holds(mention):
                        continue
                    if owned and not self._owners_agree(mention, other):
                        continue
                    if not self._tails_agree(mention, other):
                        continue
                    if mention.modifiers <= other.words and self._join(other.mentions[at - 1], mention):
                        break
            chain = self._chain[mention.order]
            for word in self._heads_of(mention):
                if chain in heads[word]:
                    heads[word].remove(chain)
                heads[word].append(chain)

    def _heads_of(self, mention: Mention) -> Iterator[str]:
        if mention.kind == "noun":
            yield mention.word
        elif mention.kind == "name" and mention.member is not None:
            for title in sorted(mention.member.titles):
                yield title.split()[-1]
            if mention.member.type != "PER":
                yield mention.word

    def _by_description(self) -> None:
        """Join "the minister", "the company", "the country" with a name that they fit."""
        for mention in self.mentions:
            if mention.kind != "noun" or not mention.definite or mention.number == "p":
                continue
            chain = self._chain[mention.order]
            if chain.member is not None or (mention.possessive and mention.modifiers):
                continue
            if self._owner(mention) is not None:
                continue
            known = self._named_by(mention) if not self._tail(mention) else None
            if known is not None:
                self._join(known, mention)

    def _named_by(self, mention: Mention) -> Mention | None:
        low = max(0, mention.order - _FAR)
        before = [m for m in self.mentions[low : mention.order] if m.member is not None][::-1]
        after = [
            m
            for m in self.mentions[mention.order + 1 : mention.order + 80]
            if m.member is not None and m.start < mention.start + _AHEAD
        ]
        noun, words = mention.word, mention.modifiers
        if mention.sort == "person":
            return self._titled(mention, before, after)
        for other in (*before, *after):
            member = other.member
            assert member is not None
            if member.type != "PER" and not words and noun in _last_words(member):
                return other
        if words:
            return None
        if noun in tables.words("people", "place_nouns"):
            return next((m for m in before if m.sort == "place"), None)
        if noun in tables.words("people", "outlet_nouns"):
            return next((m for m in before if m.member and m.member.is_outlet), None)
        if noun in tables.words("people", "body_anaphors"):
            return next((m for m in before if m.sort == "body" and m.sentence >= mention.sentence - 3), None)
        return None

    def _titled(self, mention: Mention, before: list[Mention], after: list[Mention]) -> Mention | None:
        """Return the person whose title a description repeats ("the Velmoran minister")."""
        same = _same_titles(mention.word)
        fitting = [
            m
            for m in (*before, *after)
            if m.member is not None
            and m.member.type == "PER"
            and any(t.split()[-1] in same for t in m.member.titles)
        ]
        for other in fitting:
            assert other.member is not None
            said = {w for t in other.member.titles for w in t.split()} | self._chain[other.order].words
            if mention.modifiers <= said:
                return other
        if fitting:
            modifiers = {w for w in mention.modifiers if w in tables.words("people", "title_modifiers")}
            return None if modifiers else fitting[0]
        if mention.word in tables.words("people", "epithets"):
            people = [c for c in self._candidates(mention) if c.named and c.mention.sort == "person"]
            return best_antecedent(mention, people)
        return None

    def _by_pronoun(self) -> None:
        for mention in self.mentions:
            if mention.kind == "pronoun" and self._wants_antecedent(mention):
                known = best_antecedent(mention, list(self._candidates(mention)))
                if known is not None:
                    self._join(known, mention, check=False)

    def _wants_antecedent(self, mention: Mention) -> bool:
        return mention.word in (
            tables.words("people", "pronouns_he")
            | tables.words("people", "pronouns_she")
            | tables.words("people", "pronouns_it")
            | tables.words("people", "pronouns_they")
        )

    def _candidates(self, mention: Mention) -> Iterator[Candidate]:
        """Yield the last mention before a pronoun of each chain that agrees with it."""
        own = self._chain[mention.order]
        speech = self.speeches.at(mention.start)
        speaker = self.of(speech.speaker) if speech and speech.speaker else None
        told = self._tells(mention)
        for other in self._last_mentions(mention, within=speech is not None):
            chain = self._chain[other.order]
            if other.holds(mention) or chain is own:
                continue
            if not chain.heads and first_or_second(other) is not None:
                continue  # "we" of the text itself is nobody to be spoken of
            if chain is speaker or not own.fits(chain) or not _sort_agrees(mention, chain):
                continue
            quoted = self.speeches.at(other.start)
            yield Candidate(
                mention=other,
                size=max(1, chain.before(mention)),
                named=chain.first_name is not None and chain.first_name < mention.order,
                sentences=mention.sentence - other.sentence,
                between=mention.order - other.order,
                quoted=quoted is not None,
                same_speech=speech is not None and quoted is speech,
                speaks=other.order in self._speakers,
                tells=self._tells(other),
                told=told,
                gender=bool(chain.genders),
                clause=self._same_clause(other, mention),
                same_paragraph=self._paragraph(other.start) == self._paragraph(mention.start),
            )

    def _last_mentions(self, mention: Mention, within: bool) -> list[Mention]:
        """Return the last mention of each chain before ``mention``, nearest first.

        For a pronoun that is not ``within`` a quotation, what stands in quotations counts only for those
        who are spoken of nowhere else.
        """
        plain: dict[int, Mention] = {}
        quoted: dict[int, Mention] = {}
        k = mention.order - 1
        low = max(0, mention.order - _FAR)
        while k >= low and mention.sentence - self.mentions[k].sentence <= _BACK:
            other = self.mentions[k]
            k -= 1
            if other.nested:
                continue
            inside = not within and self.speeches.at(other.start) is not None
            (quoted if inside else plain).setdefault(id(self._chain[other.order]), other)
        found = [*plain.values(), *(m for key, m in quoted.items() if key not in plain)]
        return sorted(found, key=lambda m: -m.order)

    def _tells(self, mention: Mention) -> bool:
        """Whether a mention is the subject of a speech verb, or stands behind one ("said Ross")."""
        sentence = self.tagged[mention.sentence]
        near = (*range(mention.last, min(mention.last + 3, len(sentence))), mention.first - 1)
        verbs = tables.words("people", "speech_verbs")
        return any(k >= 0 and sentence.tags[k] in VERBS and sentence.lemma(k) in verbs for k in near)

    def _paragraph(self, offset: int) -> int:
        return bisect.bisect_right(self.page.paragraphs, (offset, len(self.page.text) + 1))

    @cached_property
    def _speakers(self) -> frozenset[int]:
        return frozenset(s.speaker.order for s in self.speeches.all if s.speaker is not None)

    def _same_clause(self, one: Mention, two: Mention) -> bool:
        if one.sentence != two.sentence or two.first - one.last > REACH:
            return False
        sentence = self.tagged[one.sentence]
        return not any(
            sentence.tags[k] in "SRC,;" or sentence.low[k] in ("that", '"', "”")
            for k in range(one.last, two.first)
        )


def _may_repeat(mention: Mention) -> bool:
    """Tell whether a noun phrase that is said twice is likely to mean the same twice."""
    if mention.word in tables.words("people", "no_anaphor") or not mention.word[0].isalpha():
        return mention.sort == "time"
    bare = not (mention.definite or mention.indefinite or mention.modifiers)
    return not (bare and mention.word.endswith(tuple(tables.words("people", "adjective_endings"))))


def _sort_agrees(pronoun: Mention, chain: Chain) -> bool:
    """Tell whether a pronoun, or an epithet of a person, may stand for a chain of this sort and number."""
    if pronoun.sort == "person":
        return "person" in chain.sorts and "p" not in chain.numbers - {"s"}
    if pronoun.word in tables.words("people", "pronouns_it"):
        return "person" not in chain.sorts and chain.numbers != {"p"}
    return chain.numbers != {"s"} and "place" not in chain.sorts


def _last_words(member: Member) -> set[str]:
    return {form.lower().split()[-1] for form in member.forms if form}


@cache
def _same_titles(noun: str) -> frozenset[str]:
    """Return the words for the same post: "senator" and "sen"."""
    return frozenset({noun}).union(
        *(group for group in map(frozenset, tables.toml("people")["same_titles"]) if noun in group)
    )
