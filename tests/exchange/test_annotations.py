"""Web Annotations go out as the standard wants them, and find their words again when they come back."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.desk.book import Book
from reportedly.errors import ExchangeError
from reportedly.exchange import annotations_in, marks
from reportedly.exchange.anchoring import Quote, anchor
from reportedly.exchange.annotations import OWN_CONTEXT

# Of http://www.w3.org/ns/anno.jsonld, the terms that are used.
OA, AS, DC = (
    "http://www.w3.org/ns/oa#",
    "http://www.w3.org/ns/activitystreams#",
    "http://purl.org/dc/elements/1.1/",
)
CONTEXT = {
    "id": "@id", "type": "@type", "Annotation": f"{OA}Annotation",
    "SpecificResource": f"{OA}SpecificResource",
    "TextualBody": f"{OA}TextualBody", "TextPositionSelector": f"{OA}TextPositionSelector",
    "TextQuoteSelector": f"{OA}TextQuoteSelector", "RangeSelector": f"{OA}RangeSelector",
    "AnnotationCollection": f"{AS}OrderedCollection", "AnnotationPage": f"{AS}OrderedCollectionPage",
    "Software": f"{AS}Application", "generator": {"@type": "@id", "@id": f"{AS}generator"},
    "label": "http://www.w3.org/2000/01/rdf-schema#label", "name": "http://xmlns.com/foaf/0.1/name",
    "body": {"@type": "@id", "@id": f"{OA}hasBody"}, "target": {"@type": "@id", "@id": f"{OA}hasTarget"},
    "source": {"@type": "@id", "@id": f"{OA}hasSource"},
    "selector": {"@type": "@id", "@id": f"{OA}hasSelector"},
    "startSelector": {"@type": "@id", "@id": f"{OA}hasStartSelector"},
    "endSelector": {"@type": "@id", "@id": f"{OA}hasEndSelector"},
    "motivation": {"@type": "@vocab", "@id": f"{OA}motivatedBy"},
    "purpose": {"@type": "@vocab", "@id": f"{OA}hasPurpose"},
    "describing": f"{OA}describing", "classifying": f"{OA}classifying", "exact": f"{OA}exact",
    "prefix": f"{OA}prefix", "suffix": f"{OA}suffix", "start": f"{OA}start", "end": f"{OA}end",
    "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#value", "format": f"{DC}format",
    "first": {"@type": "@id", "@id": f"{AS}first"}, "items": {"@id": f"{AS}items", "@container": "@list"},
    "startIndex": f"{AS}startIndex", "total": f"{AS}totalItems",
}  # fmt: skip


@pytest.fixture
def collection(exported):
    return json.loads(exported("annotations"))


def items(collection):
    return collection["first"]["items"]


def targets(item):
    return item["target"] if isinstance(item["target"], list) else [item["target"]]


def test_each_says_who_says_what_and_stands_on_the_words(collection, book):
    assert collection["type"] == "AnnotationCollection"
    assert collection["total"] == len(items(collection)) > 5
    texts = {f: book.report(f).report.text for f in ("herald-1", "courier/1", "echo-1", "short")}
    for item in items(collection):
        plain, own = item["body"]
        assert own["holder"] in plain["value"]
        assert own["report"] != "../secret"
        text = texts[own["report"]]
        for target in targets(item):
            position, quote = target["selector"]
            start, end = position["start"], position["end"]
            if end - start > 200:
                assert quote["type"] == "RangeSelector"
                continue
            assert text[start:end] == quote["exact"]
            if own["report"] != "short":  # what stands around an excerpt is not known
                assert text[:start].endswith(quote["prefix"])
                assert text[end:].startswith(quote["suffix"])
    assert any(len(targets(item)) > 1 for item in items(collection))  # contents that are torn apart
    assert {t["source"] for i in items(collection) for t in targets(i)} >= {"https://echo.example/port"}


def test_every_term_is_known(collection):
    jsonld = pytest.importorskip("pyld").jsonld

    def loader(url, options):
        assert url == "http://www.w3.org/ns/anno.jsonld"
        return {"contextUrl": None, "documentUrl": url, "document": {"@context": CONTEXT}}

    options = {"documentLoader": loader, "expandContext": None}
    triples = jsonld.to_rdf(collection, options)["@default"]
    predicates = {t["predicate"]["value"] for t in triples}
    assert f"{OA}hasTarget" in predicates
    assert {
        f"urn:reportedly:terms:{n}" for n in ("stance", "factuality", "holder", "sourceKind")
    } <= predicates
    (expanded,) = jsonld.expand(collection, options)
    page = expanded[f"{AS}first"][0]
    for item, raw in zip(page[f"{AS}items"][0]["@list"], items(collection), strict=True):
        assert item["@type"] == [f"{OA}Annotation"]
        (own,) = [b for b in item[f"{OA}hasBody"] if b["@type"] == ["urn:reportedly:terms:Attribution"]]
        assert len([k for k in own if not k.startswith("@")]) == len(raw["body"][1]) - 1  # none was dropped
    assert OWN_CONTEXT["reportedly"] == "urn:reportedly:terms:"


def bring(desk, data):
    stream = io.BytesIO(data if isinstance(data, bytes) else json.dumps(data).encode())
    with desk.writing() as connection:
        return marks.enter(connection, annotations_in.read(stream), who="ana", why="a test")


def test_they_come_back_unchanged(desk, collection):
    done = bring(desk, collection)
    assert done.same == collection["total"]
    assert (done.corrected, done.moved, done.left) == (0, 0, [])


def test_long_contents_are_found_by_their_ends(desk, exported):
    short = json.loads(exported("annotations", excerpts=12))
    selectors = [s for i in items(short) for t in targets(i) for s in t["selector"]]
    assert all(len(s["exact"]) <= 12 for s in selectors if "exact" in s)
    assert any(s["type"] == "RangeSelector" for s in selectors)
    done = bring(desk, short)
    assert (done.same, done.left) == (short["total"], [])
    for s in selectors:  # as if the text had moved: only the quotes are left
        if s["type"] == "TextPositionSelector":
            s["start"], s["end"] = s["start"] + 3, s["end"] + 3
    done = bring(desk, short)
    assert done.moved > 0
    assert len(done.left) < short["total"] / 3  # some are too short to be told from others


def test_what_somebody_changed_becomes_a_correction_that_can_be_undone(desk, collection):
    item = next(
        i
        for i in items(collection)
        if i["body"][1]["report"] == "herald-1" and i["body"][1]["stance"] == "assert"
    )
    own = item["body"][1]
    own["stance"], own["factuality"], own["sourceKind"] = "predict", "PS+", "not a kind"
    done = bring(desk, [item])
    assert (done.corrected, done.left) == (1, [])
    with desk.reading() as connection:
        found = Book(connection).report("herald-1").reading.attributions
    (one,) = [a for a in found if a.id == own["attribution"]]
    assert (one.stance, one.factuality, one.decided_by) == ("predict", "PS+", "a person")
    assert bring(desk, [item]).same == 1


def test_those_of_other_tools_are_placed_by_address_and_quote(desk, collection):
    target = targets(next(i for i in items(collection) if i["body"][1]["report"] == "echo-1"))[0]
    exact = target["selector"][1]["exact"]
    foreign = {
        "rows": [
            {
                "id": "https://tool.example/1",
                "target": [
                    {
                        "source": "https://echo.example/port?utm_source=x",
                        "selector": [{"type": "TextQuoteSelector", "exact": exact.replace(" ", "\n ")}],
                    }
                ],
            },
            {"id": "https://tool.example/2", "target": "https://echo.example/port"},
            {
                "target": {
                    "source": "https://nowhere.example/",
                    "selector": {"type": "TextQuoteSelector", "exact": "x"},
                }
            },
            {
                "target": {
                    "source": "https://echo.example/port",
                    "selector": {"type": "TextQuoteSelector", "exact": "never said"},
                }
            },
        ]
    }
    done = bring(desk, foreign)
    assert done.same + len(done.left) == 4
    assert len(done.left) == 3
    assert done.left[0][0] == "https://tool.example/2"


def test_a_hidden_report_takes_no_marks(desk):
    item = {
        "target": {
            "source": "urn:reportedly:report:..%2Fsecret",
            "selector": {"type": "TextQuoteSelector", "exact": "a"},
        }
    }
    assert "no report" in bring(desk, [item]).left[0][1]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"nonsense",
        b'{"first": {"items": []}}',
        b"[" * 100_000,
        b'{"first":' * 50 + b"1" + b"}" * 50,
    ],
)
def test_what_holds_no_annotations_is_refused(data):
    with pytest.raises(ExchangeError):
        list(annotations_in.read(io.BytesIO(data)))


KEYS = (
    "id", "type", "target", "body", "source", "selector", "start", "end", "exact", "prefix", "startSelector",
    "endSelector", "items", "first",
)  # fmt: skip
TYPES = ("TextQuoteSelector", "TextPositionSelector", "RangeSelector", "reportedly:Attribution")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(KEYS) | st.text(max_size=3),
        inner | st.sampled_from(TYPES),
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
def test_any_json_is_read_or_refused(value):
    from reportedly.records import Report

    report = Report(id="r", text="some text", sha256="0" * 64)
    try:
        for mark in annotations_in.read(io.BytesIO(json.dumps(value).encode())):
            mark.find(report)
    except ExchangeError:
        pass


@given(st.text(min_size=1), st.data())
def test_words_are_found_where_they_stand(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = Quote(text[start:end], text[max(0, start - 32) : start], text[end : end + 32])
    assert anchor(text, (start, end), quote) == ((start, end), True)
    (found, kept) = anchor("xyz " + text, (start, end), quote)
    assert ("xyz " + text)[slice(*found)] == quote.exact
    assert kept or found == (start + 4, end + 4) or len(quote.prefix + quote.suffix) < 40


def test_of_several_places_the_one_with_the_same_surroundings_is_taken():
    text = "He said no. She said no. They said no."
    assert anchor(text, None, Quote("said no", "She ", ". They"))[0] == (16, 23)
    assert anchor(text, (30, 37), Quote("said no"))[0] == (30, 37)
    assert anchor(text, (17, 24), Quote("said no"))[0] == (16, 23)
    with pytest.raises(ExchangeError, match="several places"):
        anchor(text, None, Quote("said no"))
    with pytest.raises(ExchangeError, match="not in the text"):
        anchor(text, (0, 3), Quote("never"))
    assert anchor("one  two\n three", None, Quote("one two three"))[0] == (0, 15)
