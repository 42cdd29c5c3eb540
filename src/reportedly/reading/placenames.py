"""Which names of a page are places: those of the name finder, and those that the words around make so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from .bodies import county, place_in_compound, place_within
from .gazetteer import WELL_KNOWN, country_of_demonym, country_of_name, lies_in, name_key
from .governments import acting
from .page import Name, Page
from .placewords import ABBREVIATED, Mention, Surroundings, bare, words_for
from .streets import street_at

_LEAST_SURE = 0.55  # of unknown names that the name finder is less sure of, two in three are no places


class Finder:
    """Finds the names of a page that are places, and which countries it speaks of."""

    def __init__(self, page: Page, names: Sequence[Name]) -> None:
        self.page = page
        self.words = page.words
        self.around = Surroundings(page, names)
        self._perhaps: list[Mention] = []  # names that are places if the page has them as such elsewhere
        self.evidence: Counter[str] = Counter()  # countries, by how often the page names them or their people

    def mentions(self) -> list[Mention]:
        """Return the mentions that are places, in order and without overlap."""
        found: list[Mention] = []
        number = 0
        while number < len(self.words):
            mentions, number = self._at(number)
            found.extend(mentions)
        found = self._contained(self._again(found))
        for mention in found:
            country = country_of_name(self.around.text(mention))
            if country and all(row.country == country for row, form in mention.candidates if form == "full"):
                self.evidence[country] += 1
        acts = acting(self.around, found)
        return [mention for mention, acted in zip(found, acts, strict=True) if not acted]

    def _at(self, number: int) -> tuple[Sequence[Mention], int]:
        """Return the mentions that begin at a word, and the word to go on from."""
        street = street_at(self.around, number) if self._may_begin(number) else number
        if street > number:
            mention = self.around.mention(number, street, True)
            mention.candidates = ()
            return [mention], street
        if number in self.around.model:
            last, kind, score = self.around.model[number]
            if kind == "LOC":
                return self._from_model(number, last, score), last
            self._note_peoples(number, last)
            return self._from_other(number, last, kind), last
        if not self.words[number].text[:1].isupper():
            return [], number + 1
        end = self.around.run_end(number)
        found = (
            self._from_gazetteer(number)
            or place_in_compound(self.around, number, end)
            or county(self.around, number, end)
        )
        if found is not None:
            return [found], found.last
        self._note_peoples(number, number + 1)
        return [], number + 1

    def _may_begin(self, number: int) -> bool:
        """Whether a name may begin here, with a capital or a figure, and not inside one that was found."""
        return not self.words[number].text[:1].islower() and (
            number in self.around.model or not self.around.in_name[number]
        )

    def _again(self, found: list[Mention]) -> list[Mention]:
        """Add where the names that are places stand again, unless in a longer name."""
        known = {self.around.text(m).lower() for m in found if m.candidates}
        found = [*found, *(m for m in self._perhaps if self.around.text(m).lower() in known)]
        taken = set[int]().union(*(range(m.first, m.last) for m in found)) if found else set()
        more = []
        for number, word in enumerate(self.words):
            if number in taken or self.around.in_name[number] or not word.text[:1].isupper():
                continue
            for last in range(self.around.run_end(number), number, -1):
                mention = self.around.mention(number, last, False)
                if self.around.text(mention).lower() in known and taken.isdisjoint(range(number, last)):
                    if not (
                        self.page.text[mention.end : mention.end + 1] == "$"
                        or self.around.is_body(mention)
                        or self.around.in_larger_name(number, last)
                        or self.around.is_adjective(mention)
                    ):
                        more.append(mention)
                        taken.update(range(number, last))
                    break
        return sorted([*found, *more], key=lambda m: m.start)

    def _note_peoples(self, first: int, last: int) -> None:
        for word in self.words[first:last]:
            if word.text[:1].isupper() and (country := country_of_demonym(bare(word.text))):
                self.evidence[country] += 1

    def _from_model(self, first: int, last: int, score: float) -> Sequence[Mention]:
        while first < last and self.words[first].lower == "the":
            first += 1
        while (
            first < last
            and not self.words[last - 1].text[-1].isalnum()
            and self.words[last - 1].text[-1] != "."
        ):
            last -= 1
        if first >= last:
            return []
        whole = self.around.mention(first, last, True)
        if whole.start >= whole.end:
            return []
        text = self.around.text(whole)
        if text.lower().rstrip(".") in words_for("place.never"):
            return []
        if self._is_named(whole):
            return []
        if country_of_demonym(text) and all(row.kind not in "CTS" for row, _ in whole.candidates):
            self._note_peoples(first, last)
            return []
        if not whole.candidates:
            inner = place_in_compound(self.around, first, last)
            if inner is None and self.words[last - 1].lower in words_for("body.facilities"):
                inner = place_within(self.around, first, last)
                if inner is None:
                    return []
            if inner is not None:
                return [inner]
            for number in range(first + 1, last - 1):
                if self.words[number].text == ",":
                    return [
                        *self._from_model(first, number, score),
                        *self._from_model(number + 1, last, score),
                    ]
            self._strip(whole)
            if not whole.candidates and (score < _LEAST_SURE or self.around.text(whole).islower()):
                return []
        if self.around.is_body(whole):
            return []
        return [whole]

    def _is_named(self, mention: Mention) -> bool:
        """Whether a place's name is a person's or a saint's here: "Fairfield said", "St. Paul's Church"."""
        text = self.around.text(mention)
        free = not (self.around.after_preposition(mention.first) or self.around.region_follows(mention))
        if text in self._surnames and free and mention.first not in self.around.datelines:
            return True
        if name_key(text).startswith("saint ") and self.page.text[mention.end : mention.end + 2] in (
            "'s",
            "’s",
        ):
            follower = self.around.next_to(mention.last)
            return follower is not None and follower.text[:1].isupper()
        return False

    def _from_other(self, first: int, last: int, kind: str) -> Sequence[Mention]:
        """Return the place in a name that was taken for a person, a body or something else."""
        inner = place_in_compound(self.around, first, last) or (
            place_within(self.around, first, last) if kind == "ORG" else None
        )
        if inner is not None:
            return [inner]
        whole = self.around.mention(first, last, True)
        full = any(form != "short" for _, form in whole.candidates)
        if full and (self._is_lived_in(whole, kind) or self.around.region_follows(whole)):
            return [whole]
        if full and not (kind == "PER" and self.around.text(whole) in self._surnames):
            self._perhaps.append(whole)
        return []

    def _is_lived_in(self, mention: Mention, kind: str) -> bool:
        """Tell whether the words around make a place of a name: "Ann Ross, 39, of Norville"."""
        words, first = self.words, mention.first
        if (
            first > 2
            and [w.text for w in words[first - 2 : first]] == [",", "of"]
            and words[first - 3].text.isdigit()
        ):
            return True
        if self.around.text(mention).lower() in words_for("place.doubtful"):
            return False
        follower = self.around.next_to(mention.last)
        if follower is not None and follower.text in words_for("place.people"):
            return not self.around.possessive(mention.last)
        plain = first > 0 and words[first - 1].lower in words_for("place.plain")
        return plain and (kind != "PER" or self.around.text(mention) not in self._surnames)

    @cached_property
    def _surnames(self) -> set[str]:
        """Last words of the people's names on the page that have more than one."""
        return {
            bare(self.words[last - 1].text)
            for first, (last, kind, _) in self.around.model.items()
            if kind == "PER" and last - first > 1
        }

    def _strip(self, mention: Mention) -> None:
        """Look up a name without words that the gazetteer's lacks ("eastern Ukraine")."""
        before, after = words_for("place.before"), words_for("place.after")
        first, last = mention.first, mention.last
        if (
            last - first > 2
            and self.words[first + 1].lower == "of"
            and self.words[first].lower in words_for("place.heads")
        ):
            first += 2
        while last - first > 1 and self.words[first].lower in before:
            first, mention.about = first + 1, True
        cut = last
        while last - first > 1 and self.words[last - 1].lower in after:
            last -= 1
            if self.words[last].text.islower() or self.words[last].text == "City":
                cut = last
        if (first, last) != (mention.first, mention.last):
            inner = self.around.mention(first, last, True)
            mention.candidates = inner.candidates
            if mention.candidates:  # the name is that of the whole: "Kenya"
                mention.start, mention.first = inner.start, first
                mention.end, mention.last = self.around.mention(first, cut, True).end, cut

    def _from_gazetteer(self, first: int) -> Mention | None:
        """Return the longest name from word ``first`` on that the words around it make a place."""
        for last in range(self.around.run_end(first), first, -1):
            mention = self.around.mention(first, last, False)
            if mention.candidates and self._is_place(mention):
                return mention
            if mention.candidates and last - first > 1:
                return None
        return None

    def _is_place(self, mention: Mention) -> bool:
        first, last = mention.first, mention.last
        text = self.around.text(mention)
        lower = text.lower().rstrip(".")
        if not text[:1].isupper() or (len(text) < 3 and name_key(text) not in ABBREVIATED):
            return False
        if lower in words_for("place.never"):
            return False
        full = [row for row, form in mention.candidates if form != "short"]
        if not full:
            return self.around.after_comma(first)
        if name_key(text) in ABBREVIATED and (
            not text.replace(".", "").isupper() or self.page.text[mention.end : mention.end + 1] == "$"
        ):
            return False
        shouted = self.around.shouted(mention)
        if not shouted and (self.around.is_body(mention) or self.around.in_larger_name(first, last)):
            return False
        if (
            first in self.around.datelines
            or self.around.after_comma(first)
            or self.around.region_follows(mention)
        ):
            return True
        if self.around.after_preposition(first):
            return lower not in words_for("place.doubtful") and not self.around.is_adjective(mention)
        if self.around.listed(first):
            return lower not in words_for("place.doubtful")
        free = any(
            r.kind in "CTS" or (r.kind == "A" and r.country in WELL_KNOWN) or (r.kind == "B" and " " in text)
            for r in full
        )
        return (
            free
            and not shouted
            and lower not in words_for("place.shared")
            and not self.around.is_adjective(mention)
        )

    def _contained(self, found: list[Mention]) -> list[Mention]:
        for inner, outer in pairwise(found):
            between = self.page.text[inner.end : outer.start]
            if between.strip() not in (",", "(", ", the") and between not in (", in ", " in ", " in the "):
                continue
            regions = tuple(row for row, _ in outer.candidates if row.kind in "CAB")
            fitting = tuple(
                b for b in regions if any(lies_in(a, b) for a, form in inner.candidates if form != "short")
            )
            if fitting:
                inner.within = fitting
            elif regions and between.strip() == "," and not self._goes_on(outer) and not _is_wide(inner):
                inner.within, inner.candidates = regions[:1], ()
        return [
            m
            for m in found
            if m.within
            or m.found_by_model
            or any(f != "short" for _, f in m.candidates)
            or self.around.after_comma(m.first)
        ]

    def _goes_on(self, mention: Mention) -> bool:
        """Whether a list goes on after this name, so that a comma before it parts equals."""
        follower = self.around.next_to(mention.last)
        if follower is None or follower.text != ",":
            return follower is not None and follower.lower in ("and", "or")
        after = self.words[mention.last + 1 : mention.last + 2]
        return any(w.text[:1].isupper() or w.lower in ("and", "or") for w in after)


def _is_wide(mention: Mention) -> bool:
    return any(row.kind in "CT" or (row.kind == "A" and form == "full") for row, form in mention.candidates)
