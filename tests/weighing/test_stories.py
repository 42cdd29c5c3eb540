from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.records import Entity, Event, Figure, Passage, Place, Reading, Report, Time
from reportedly.weighing.filed import Filed
from reportedly.weighing.grouping import Link, group
from reportedly.weighing.likeness_of_reports import features, features_of, likeness
from reportedly.weighing.profile import Profile, profile, stems
from reportedly.weighing.rarity import Rarity
from reportedly.weighing.rulings import Rulings
from reportedly.weighing.stories import Stories
from reportedly.weighing.succession import name_groups, steps
from reportedly.weighing.weights import weigh

SEEN = datetime(2031, 6, 1, tzinfo=UTC)
TOWNS = {"Orsk Bay": (61, 50.0, 10.0), "Tellin": (62, 53.0, 16.0)}


def made(
    name: str,
    published: str | None,
    title: str,
    text: str,
    people: tuple[str, ...] = (),
    town: str | None = None,
    day: str | None = None,
    killed: int | None = None,
) -> Profile:
    """Return the profile of a report whose reading holds what is given."""

    def spot(words: str) -> Passage:
        return Passage(text=words, spans=((0, len(words)),))

    entities = [
        Entity(id=f"n{k}", name=p, schema="Person", mentions=(spot(p),)) for k, p in enumerate(people)
    ]
    places = []
    if town:
        number, lat, lon = TOWNS[town]
        places.append(
            Place(
                id="p1",
                text=town,
                spans=((0, 1),),
                geonames=number,
                country="VL",
                lat=lat,
                lon=lon,
                precision="city",
            )
        )
    times = [Time(id="t1", text="then", spans=((0, 1),), value=day, anchor=published)] if day else []
    events = (
        [Event(id="e1", type="ASSAULT", trigger=spot("fire"), status="occurred", time="t1")] if day else []
    )
    figures = []
    if killed:
        count = float(killed)
        figures.append(
            Figure(
                id="f1", text=str(killed), spans=((0, 1),), value=count, low=count, high=count, bound=None,
                unit="person", measure="killed",
            )
        )  # fmt: skip
    reading = Reading(
        report=Report(id=name, text=text, sha256="0" * 64, title=title, published=published, language="en"),
        entities=tuple(entities),
        places=tuple(places),
        times=tuple(times),
        events=tuple(events),
        figures=tuple(figures),
    )
    return profile(Filed(reading=reading, seen=SEEN))


FERRY = (
    made(
        "ferry-1", "2031-03-02T08:00:00Z", "Ferry sinks off Orsk Bay, nine dead",
        "The ferry Sea Lark sank off Orsk Bay in a storm on Saturday night and nine passengers drowned,"
        " the coastguard"
        " said. Captain Odo Marsch was rescued from a raft.",
        ("Odo Marsch", "Lena Quill"), "Orsk Bay", "2031-03-01", 9,
    ),
    made(
        "ferry-2", "2031-03-03T09:00:00Z", "Captain of sunken ferry questioned",
        "Police questioned Odo Marsch, captain of the ferry Sea Lark that sank off Orsk Bay on Saturday in"
        " a storm."
        " Nine passengers drowned.",
        ("Odo Marsch",), "Orsk Bay", "2031-03-01", 9,
    ),
    made(
        "ferry-3", "2031-03-09T09:00:00Z", "Sea Lark ferry was overloaded, inspectors find",
        "Inspectors who raised the ferry Sea Lark found that it carried too many passengers when it sank"
        " off Orsk Bay"
        " with captain Odo Marsch aboard.",
        ("Odo Marsch", "Lena Quill"), "Orsk Bay", "2031-03-01",
    ),
)  # fmt: skip
BUDGET = (
    made(
        "budget-1", "2031-03-02T10:00:00Z", "Quill puts forward budget with tax on grain",
        "Finance minister Lena Quill put forward a budget that taxes grain exports. Farmers promised"
        " strikes in Tellin.",
        ("Lena Quill", "Ivo Brandt"), "Tellin", "2031-03-02",
    ),
    made(
        "budget-2", "2031-03-04T10:00:00Z", "Farmers strike over grain tax",
        "Farmers led by Ivo Brandt blocked roads to Tellin with tractors to protest against the tax on"
        " grain exports in"
        " the budget of finance minister Lena Quill.",
        ("Lena Quill", "Ivo Brandt"), "Tellin", "2031-03-04",
    ),
    made(
        "budget-3", "2031-03-06T10:00:00Z", "Grain tax passes parliament by one vote",
        "Parliament in Tellin passed the budget with its tax on grain exports by one vote. Ivo Brandt said"
        " that farmers"
        " would strike again.",
        ("Ivo Brandt",), "Tellin", "2031-03-06",
    ),
)  # fmt: skip
ALL = FERRY + BUDGET
SMOKE = (
    made(
        "smoke-1", "2031-04-05T20:00:00Z", "Smoke seen over Orsk Bay harbour",
        "Thick black smoke rose over the grain quay in the harbour of Orsk Bay on Saturday, residents said.",
        (), "Orsk Bay", "2031-04-05",
    ),
    made(
        "smoke-2", "2031-04-07T09:00:00Z", "Two held over arson",
        "Police held Jory Venn and Mab Oster, two former night watchmen, on suspicion of arson at a"
        " warehouse.",
        ("Jory Venn", "Mab Oster"),
    ),
    made(
        "smoke-3", "2031-04-07T12:00:00Z", "Warehouse fire in Orsk Bay harbour was arson, police say",
        "The black smoke over the grain quay in the harbour of Orsk Bay on Saturday came from a warehouse."
        " Police held"
        " two former night watchmen, Jory Venn and Mab Oster, on suspicion of arson.",
        ("Jory Venn", "Mab Oster"), "Orsk Bay", "2031-04-05",
    ),
)  # fmt: skip


def parts(stories: Stories) -> set[frozenset[str]]:
    return {frozenset(stories.reports(story)) for story in stories.ids}


def streamed(profiles: tuple[Profile, ...], rulings: Rulings | None = None) -> Stories:
    stories = Stories(rulings)
    for one in profiles:
        stories.add(one)
    return stories


WANTED = {frozenset(one.id for one in FERRY), frozenset(one.id for one in BUDGET)}


class TestProfile:
    def test_holds_what_the_reading_found(self) -> None:
        one = FERRY[0]
        assert one.people == {"odo marsch": 1, "lena quill": 1}
        assert [town.name for town in one.towns] == ["Orsk Bay"]
        assert one.days == {22339: 2.0}
        assert one.figures == ("9|person|killed",)
        assert one.dated
        assert one.terms["ferry"] == 2

    def test_is_the_same_after_it_was_kept(self) -> None:
        for one in ALL:
            assert msgspec.json.decode(msgspec.json.encode(one), type=Profile) == one

    def test_an_empty_report_has_one(self) -> None:
        one = made("void", None, "", "")
        assert not one.terms
        assert not one.dated

    @pytest.mark.parametrize(
        ("one", "two"), [("strikes", "strike"), ("shooting", "shoot"), ("cities", "city")]
    )
    def test_forms_of_a_word_are_one(self, one: str, two: str) -> None:
        assert stems(one) == stems(two)


class TestLikeness:
    def test_is_high_within_a_happening_and_low_across(self) -> None:
        within, _ = likeness(FERRY[0], FERRY[1])
        across, _ = likeness(FERRY[0], BUDGET[0])
        assert within > 0.9
        assert across < 0.7

    def test_says_why_in_words(self) -> None:
        _, why = likeness(FERRY[0], FERRY[1])
        assert "both name Odo Marsch" in why
        assert "same place, Orsk Bay" in why
        assert "both speak of 1 March 2031" in why

    def test_says_what_is_different(self) -> None:
        _, why = likeness(FERRY[1], BUDGET[2])
        assert "but they name different people" in why
        assert "but different places, Orsk Bay and Tellin" in why

    def test_is_the_same_both_ways(self) -> None:
        for one in ALL:
            for two in ALL:
                assert likeness(one, two)[0] == pytest.approx(likeness(two, one)[0])

    def test_a_name_that_stands_everywhere_in_the_desk_tells_less(self) -> None:
        rarity = Rarity()
        for number in range(400):
            rarity.add(msgspec.structs.replace(BUDGET[0], id=str(number)))
        assert rarity.person("lena quill") < 1 < rarity.person("odo marsch")

    def test_one_is_compared_with_many_as_with_each(self) -> None:
        rarity = Rarity()
        for one in ALL + SMOKE:
            rarity.add(one)
        weighed = [weigh(one, rarity) for one in ALL + SMOKE]
        rows = features_of(weighed[0], weighed[1:], rarity)
        for other, row in zip(weighed[1:], rows, strict=True):
            assert row.tolist() == features(weighed[0], other, rarity) == features(other, weighed[0], rarity)

    def test_rarities_are_the_same_one_by_one_and_at_once(self) -> None:
        rarity = Rarity()
        for one in ALL:
            rarity.add(one)
        terms = ["ferry", "the", "nowhere"]
        numbers = rarity.numbers("word", terms)
        assert rarity.of(numbers).tolist() == pytest.approx([rarity.word(term) for term in terms])
        for one in ALL:
            rarity.remove(one)
        assert rarity.word("ferry") == pytest.approx(Rarity().word("ferry"))


class TestStream:
    def test_two_happenings_with_a_country_and_a_person_in_common_stay_two(self) -> None:
        assert parts(streamed(ALL)) == WANTED

    def test_the_order_of_arrival_does_not_matter(self) -> None:
        for order in list(permutations(ALL))[::37]:
            assert parts(streamed(order)) == WANTED

    def test_a_late_report_joins_its_old_story(self) -> None:
        stories = streamed((*FERRY[1:], *BUDGET))
        came = stories.add(FERRY[0])
        assert came.story == stories.story_of("ferry-2")
        assert came.score is not None
        assert came.score > 0.8
        assert any("both name Odo Marsch" in why for why in came.why)

    def test_a_lone_report_says_what_is_nearest(self) -> None:
        stories = Stories()
        assert "no other report" in stories.add(FERRY[0]).why[0]
        assert stories.add(BUDGET[0]).score is None

    def test_a_report_can_make_two_stories_one(self) -> None:
        stories = streamed((*BUDGET, *SMOKE[:2]))
        first, second = (stories.story_of(one.id) for one in SMOKE[:2])
        assert first != second
        (change,) = stories.add(SMOKE[2]).changes
        assert change.kind == "merge"
        assert {change.story, *change.others} == {first, second}
        assert change.why.startswith(
            "“Warehouse fire in Orsk Bay harbour was arson, police say” belongs to both: "
        )
        assert "both name Jory Venn" in change.why

    def test_a_new_revision_takes_the_place_of_the_old_one(self) -> None:
        stories = streamed(ALL)
        before = stories.story_of("ferry-2")
        assert stories.add(msgspec.structs.replace(FERRY[1], title="Captain held")).story == before
        assert len(stories) == len(ALL)

    def test_a_report_can_be_taken_out(self) -> None:
        stories = streamed(ALL)
        for one in FERRY:
            stories.remove(one.id)
        assert parts(stories) == {frozenset(one.id for one in BUDGET)}
        with pytest.raises(KeyError):
            stories.story_of("ferry-1")


class TestDecisions:
    def test_a_person_can_put_stories_together(self) -> None:
        stories = streamed(ALL)
        joined = Rulings(together=(frozenset({"ferry-1", "budget-1"}),))
        (change,) = stories.rule(joined)
        assert change.kind == "merge"
        assert change.why == "a person put them together"
        assert stories.story_of("ferry-1") == stories.story_of("budget-1")

    def test_a_person_can_part_a_story_and_take_it_back(self) -> None:
        stories = streamed(ALL)
        before = stories.story_of("ferry-1")
        parted = Rulings(
            together=(frozenset({"ferry-1", "ferry-2"}),),
            apart=(("ferry-1", "ferry-3"),),
        )
        (change,) = stories.rule(parted)
        assert change.kind == "split"
        assert change.why == "a person told them apart"
        assert stories.story_of("ferry-1") == stories.story_of("ferry-2") == before
        assert stories.story_of("ferry-3") == change.story
        stories.rule(Rulings())
        assert parts(stories) == WANTED

    def test_later_reports_obey(self) -> None:
        rulings = Rulings(together=(frozenset({"ferry-2", "budget-2"}),), apart=(("budget-1", "budget-2"),))
        stories = streamed(ALL, rulings)
        assert stories.story_of("ferry-2") == stories.story_of("budget-2")
        assert stories.story_of("budget-1") != stories.story_of("budget-2")
        assert parts(Stories.rebuild(ALL, rulings)) == parts(stories)


class TestState:
    def test_rebuilt_from_profiles_it_is_the_same(self) -> None:
        stories = streamed(ALL)
        again = Stories.rebuild(reversed(ALL), known=stories.placed())
        assert again.placed() == stories.placed()

    def test_loaded_it_goes_on_where_it_stood(self) -> None:
        stories = streamed(ALL[:-1])
        again = Stories.load(ALL[:-1], stories.placed())
        assert again.placed() == stories.placed()
        assert again.add(ALL[-1]).story == stories.add(ALL[-1]).story
        assert again.placed() == stories.placed()

    def test_a_story_is_named_after_its_most_central_report(self) -> None:
        stories = streamed(ALL)
        card = stories.overview(stories.story_of("budget-1"))
        assert card.title in {one.title for one in BUDGET}
        assert card.reports == ("budget-1", "budget-2", "budget-3")
        assert (card.first, card.last) == ("2031-03-02T10:00:00Z", "2031-03-06T10:00:00Z")
        assert "Ivo Brandt" in card.entities

    def test_reclustering_a_good_story_changes_nothing(self) -> None:
        stories = streamed(ALL)
        assert stories.recluster(stories.story_of("ferry-1")) == ()
        assert stories.settle() == ()
        with pytest.raises(KeyError):
            stories.recluster("s0")


class TestSuccession:
    def test_the_largest_part_keeps_the_id(self) -> None:
        old = {"a": "s1", "b": "s1", "c": "s1", "d": "s2"}
        groups = [["a", "b"], ["c"], ["d"]]
        names = name_groups(groups, old, ())
        assert names[0] == "s1"
        assert names[2] == "s2"
        assert [(step.kind, step.story, step.others) for step in steps(groups, names, old)] == [
            ("split", names[1], ("s1",))
        ]

    def test_of_merged_stories_the_larger_keeps_its_id(self) -> None:
        old = {"a": "s2", "b": "s1", "c": "s1"}
        names = name_groups([["a", "b", "c", "new"]], old, ())
        assert names == ("s1",)
        assert [(s.kind, s.others, s.reports) for s in steps([["a", "b", "c", "new"]], names, old)] == [
            ("merge", ("s2",), ("a",))
        ]

    def test_no_id_is_given_twice(self) -> None:
        (first,) = name_groups([["a"]], {}, ())
        (second,) = name_groups([["a"]], {}, (first,))
        assert first != second


def one(odds: float) -> Link:
    return Link(round(odds, 3), 1, round(odds, 3))


@st.composite
def graphs(
    draw: st.DrawFn,
) -> tuple[int, dict[tuple[int, int], Link], list[tuple[int, int]], list]:
    size = draw(st.integers(1, 8))
    pair = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).map(lambda p: (min(p), max(p)))
    pairs = pair.filter(lambda p: p[0] < p[1]) if size > 1 else st.nothing()
    links = draw(st.dictionaries(pairs, st.floats(-5, 5).map(one))) if size > 1 else {}
    few = st.lists(pairs, max_size=3) if size > 1 else st.just([])
    return size, links, draw(few), draw(few)


class TestGrouping:
    @given(graphs())
    @settings(max_examples=60, deadline=None)
    def test_everything_is_in_one_group_and_decisions_hold(self, graph) -> None:
        size, links, together, apart = graph
        groups = group([1] * size, links, absent=-2.0, together=together, apart=apart)
        assert sorted(item for items in groups for item in items) == list(range(size))
        home = {item: k for k, items in enumerate(groups) for item in items}
        assert all(home[a] != home[b] for a, b in apart)
        if not apart:
            assert all(home[a] == home[b] for a, b in together)

    def test_a_weak_chain_does_not_join_its_ends(self) -> None:
        links = {(0, 1): one(3.0), (1, 2): one(3.0), (2, 3): one(3.0)}
        assert group([1] * 4, links, absent=-4.0) == [[0, 1], [2, 3]]
        assert group([1] * 4, links, absent=-4.0, single=0.9) == [[0, 1, 2, 3]]

    def test_many_members_weigh_more(self) -> None:
        assert group([10, 1], {(0, 1): Link(-5.0, 10, 1.0)}, absent=-2.0) == [[0], [1]]
        assert group([10, 1], {(0, 1): Link(5.0, 10, 1.0)}, absent=-2.0) == [[0, 1]]
