"""schema.org, FollowTheMoney, PROV and graphs: valid by the libraries of their fields."""

from __future__ import annotations

import io
import json

import pytest
from lxml import etree

from reportedly.errors import ExchangeError
from reportedly.exchange import graphs
from reportedly.records import Appearance, Claim, Hop, Origin, Origins, Passage, StorySource


@pytest.fixture
def story(book):
    return book.story_of("echo-1")


# schema.org ---------------------------------------------------------------------------------------


def test_claims_have_authors_appearances_and_what_is_said_against_them(exported):
    document = json.loads(exported("schemaorg"))
    assert document["@context"] == "https://schema.org"
    claims = document["@graph"]
    assert {c["@type"] for c in claims} == {"Claim"}
    assert all(c["creditText"] and c["appearance"] for c in claims)
    assert all(c["firstAppearance"]["@id"] == c["appearance"][0]["@id"] for c in claims)
    (closing,) = [c for c in claims if len(c["appearance"]) > 1 and "comment" in c]
    assert any("Tarsk" in c["text"] and "denies" in c["text"] for c in closing["comment"])
    named = [a for c in claims for a in c.get("author", []) if a["@type"] == "Person" and "name" in a]
    assert {"Oda Fenn", "Ivo Tarsk"} & {a["name"] for a in named}
    unnamed = [a for c in claims for a in c.get("author", []) if "officials" in a.get("description", "")]
    assert unnamed
    assert not any("name" in a for a in unnamed)


def test_nobody_is_rated(exported):
    text = exported("schemaorg").decode()
    assert "ClaimReview" not in text
    assert "ating" not in text.replace("stating", "")


def test_schema_org_is_json_ld(exported):
    jsonld = pytest.importorskip("pyld").jsonld

    def loader(url, options):
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": {"@context": {"@vocab": "https://schema.org/"}},
        }

    found = jsonld.expand(json.loads(exported("schemaorg")), {"documentLoader": loader})
    assert len(found) == len(json.loads(exported("schemaorg"))["@graph"])
    assert all(c["@type"] == ["https://schema.org/Claim"] for c in found)


# FollowTheMoney -----------------------------------------------------------------------------------


def test_entities_are_valid_and_every_link_says_who_states_it(exported):
    entities = [json.loads(line) for line in exported("ftm").splitlines()]
    ids = {e["id"] for e in entities}
    assert len(ids) == len(entities)
    kinds = {e["schema"] for e in entities}
    assert {"Article", "Person", "Mention"} <= kinds
    links = [
        e
        for e in entities
        if e["schema"] in ("Directorship", "Membership", "Occupancy", "Ownership", "UnknownLink")
    ]
    assert any(e["schema"] == "Occupancy" for e in links)
    for link in links:
        properties = link["properties"]
        assert properties["summary"][0].startswith("According to ")
        assert properties["proof"][0] in ids
        holder = properties["summary"][0].removeprefix("According to ").split(":")[0]
        assert holder in properties["description"][0]
        ends = [
            properties[k][0]
            for k in ("director", "member", "holder", "owner", "organization", "post")
            if k in properties
        ]
        assert set(ends) <= ids


def test_the_library_takes_them(exported):
    followthemoney = pytest.importorskip("followthemoney")
    for line in exported("ftm").splitlines():
        entity = json.loads(line)
        schema = followthemoney.model.get(entity["schema"])
        schema.validate(entity)
        for name, values in entity["properties"].items():
            property_ = schema.get(name)
            assert not property_.stub
            assert all(property_.type.name == "entity" or property_.type.clean(v) for v in values), (
                name,
                values,
            )


# PROV ---------------------------------------------------------------------------------------------


def test_provenance_is_read_by_the_library_and_written_the_same(exported):
    ProvDocument = pytest.importorskip("prov.model").ProvDocument
    data = exported("prov").decode()
    document = ProvDocument.deserialize(content=data)
    back = json.loads(document.serialize(format="json"))
    mine = json.loads(data)
    assert {k: len(v) for k, v in back.items()} == {k: len(v) for k, v in mine.items()}
    assert ProvDocument.deserialize(content=json.dumps(back)) == document
    assert document.get_provn().startswith("document")


def test_every_statement_has_its_source_its_reading_and_its_report(exported):
    found = json.loads(exported("prov"))
    statements = {n: e for n, e in found["entity"].items() if n.startswith("statement:")}
    attributed = {r["prov:entity"] for r in found["wasAttributedTo"].values()}
    generated = {r["prov:entity"] for r in found["wasGeneratedBy"].values()}
    assert statements.keys() <= attributed & generated
    assert all(e["reportedly:holder"] in e["prov:label"] for e in statements.values())
    readings = [a for n, a in found["activity"].items() if n.startswith("reading:")]
    assert all(a["reportedly:model"] != "unknown" for a in readings)
    names = found["entity"].keys() | found["activity"].keys() | found["agent"].keys()
    for kind in found.keys() - {"prefix", "entity", "activity", "agent"}:
        for relation in found[kind].values():
            ends = [v for k, v in relation.items() if k not in ("prov:type", "prov:time")]
            assert set(ends) <= names, relation
    assert any("courier" in r["prov:generatedEntity"] for r in found["wasDerivedFrom"].values())


def test_one_claims_chain_alone(exported, book, story):
    claim = max(book.weighed(book.story(story)).claims, key=lambda c: len(c.appearances))
    found = json.loads(exported("prov", claims=[claim.id]))
    assert [n for n in found["entity"] if n.startswith("claim:")] == [f"claim:{claim.id}"]


# graphs -------------------------------------------------------------------------------------------


def test_graphs_of_a_story_and_of_a_claim(exported, book, story):
    claim = max(book.weighed(book.story(story)).claims, key=lambda c: len(c.appearances))
    alone = exported("dot", claims=[claim.id]).decode()
    assert alone.startswith("digraph")
    assert "Norden Herald" in alone
    assert "officials" in alone  # the holder stands beside the words
    assert alone.count("digraph") == 1
    data = exported("graphml", stories=[story])
    networkx = pytest.importorskip("networkx")
    graph = networkx.read_graphml(io.BytesIO(data))
    kinds = networkx.get_node_attributes(graph, "type")
    assert set(kinds.values()) == {"report", "origin"}
    assert graph.number_of_edges() > 1
    with pytest.raises(ExchangeError, match="--story or --claim"):
        exported("dot")


def test_hostile_names_stay_names():
    name = 'a"b\\n\x00\x1b<&>\u2028]]>"];\n'
    claim = Claim(
        id="c",
        story="s",
        text=name,
        appearances=(
            Appearance(
                report=name,
                attribution="a",
                content=Passage(text=name, spans=((0, len(name)),)),
                source=StorySource(text=name, kind="person"),
                stance="assert",
                factuality="CT+",
            ),
        ),
        origins=Origins(
            low=1,
            high=1,
            list=(Origin(source=name, kind="person", through_report=name, why=name),),
            hops=(Hop(report=name, attribution="a", kind="source", to=name, to_report=None, why=name),),
        ),
    )
    found = graphs.graph([claim], {name: name})
    text = graphs.dot(found, name)
    assert text.count("\n") == 3 + 1 + 2 + 1 + 1
    assert len(found.edges) == 1
    etree.fromstring(etree.tostring(graphs.element(found, name, 1)))
