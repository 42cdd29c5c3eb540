"""FollowTheMoney entities, one a line: articles, whom they name, and what they state of them.

A link of a graph is easily taken for a fact. So every one of them says in its
summary who states it and how firmly, and gives the article as its proof; what is
denied, doubted, only planned or asked is no link, nor is an accusation. The
mapping stands in ``data/ftm.toml``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from ..data import tables
from ..records import Attribution, Known, Mention, Relation
from ..weighing.filed import Filed
from ..weighing.identities import Identities
from .choice import Choice, Part
from .outputs import Output
from .sayings import Said, carried, pieced, shown

_HELD = ("CT+", "PR+", "PS+")
_STATED = ("assert", "confirm", "allege", "evaluate", "hint")
_NAMED = 20  # names of a mention

Entity = dict[str, Any]


def write(choice: Choice, output: Output) -> None:
    """Write the entities of the chosen stories; each id once."""
    encoder = msgspec.json.Encoder()
    written: set[str] = set()
    with output.open("entities.ftm.json") as out:
        for part in choice.parts():
            for entity in entities(choice, part):
                if entity["id"] not in written:
                    written.add(entity["id"])
                    out.write(encoder.encode(entity) + b"\n")


def entities(choice: Choice, part: Part) -> Iterator[Entity]:
    """Yield the entities of one story: articles, whom they name, mentions, and links with their proof."""
    filed = choice.book.filed(part.story.reports)
    identities = Identities(filed)
    for known in part.ledger.entities:
        if known.schema != "Thing":
            yield _thing(known)
    for one in filed:
        yield _article(one)
        yield from _mentions(one, identities)
        for relation in one.reading.relations:
            yield from _link(choice, part, one, relation, identities)


def _id(kind: str, *parts: str) -> str:
    return (
        f"reportedly-{kind}-" + hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:24]
    )


def _entity(id: str, schema: str, **properties: str | list[str] | None) -> Entity:
    """Build an entity; what is unknown is left out."""
    lists = {k: [v] if isinstance(v, str) else v for k, v in properties.items() if v}
    return {"id": id, "schema": schema, "properties": lists}


def _known_id(name: str) -> str:
    return f"reportedly-{name}"


def _thing(known: Known) -> Entity:
    name = shown(known.name)
    aliases = [shown(a) for a in known.aliases if shown(a) and shown(a) != name]
    return _entity(
        _known_id(known.id),
        known.schema,
        name=name,
        alias=aliases,
        full=name if known.schema == "Address" else None,
    )


def _article(filed: Filed) -> Entity:
    report = filed.report
    return _entity(
        _id("article", report.id),
        "Article",
        title=shown(report.title or report.id),
        fileName=report.id[:200],
        publisher=shown(report.outlet) if report.outlet else None,
        author=[shown(a) for a in report.authors],
        publishedAt=filed.published_iso and filed.published_iso.replace("Z", ""),
        sourceUrl=report.url if (report.url or "").startswith(("http://", "https://")) else None,
        language=tables.toml("ftm")["languages"].get(report.language or ""),
    )


def _mentions(filed: Filed, identities: Identities) -> Iterator[Entity]:
    for entity in filed.reading.entities:
        known = identities.id(filed.id, entity.id)
        if known is not None and entity.schema != "Thing":
            names = list(dict.fromkeys(shown(n) for n in (entity.name, *entity.aliases)))
            yield _entity(
                _id("mention", filed.id, entity.id),
                "Mention",
                document=_id("article", filed.id),
                resolved=_known_id(known),
                name=names[:_NAMED],
                detectedSchema=entity.schema,
            )


def _link(
    choice: Choice, part: Part, filed: Filed, relation: Relation, identities: Identities
) -> Iterator[Entity]:
    """Yield a relation as a link, and the position that it may lead to; nothing if nobody holds it."""
    rule = tables.toml("ftm")["relations"].get(relation.type)
    attribution = next((a for a in filed.reading.attributions if a.id == relation.attribution), None)
    if rule is None or relation.negated or (attribution is not None and not _is_held(attribution)):
        return
    subject = _end(filed, relation.subject, rule["subject_kind"], part, identities)
    if rule["object_kind"] == "Position":
        post = shown(relation.object.text)
        object_: str | None = _id("position", post.lower()) if post else None
        if subject and object_:
            yield _entity(object_, "Position", name=post)
    else:
        object_ = _end(filed, relation.object, rule["object_kind"], part, identities)
    if not subject or not object_ or subject == object_:
        return
    report = filed.report
    thing = _stated(choice, part, filed, relation, attribution)
    where = ", ".join(p for p in (shown(report.outlet or ""), filed.published_iso) if p)
    link = _entity(
        _id("link", report.id, relation.id, relation.type),
        rule["schema"],
        **{rule["subject"]: subject, rule["object"]: object_},
        summary=f"According to {thing.holder}: {thing.how}" + (f" ({where})" if where else ""),
        description=thing.sentence,
        proof=_id("article", report.id),
        publisher=shown(report.outlet) if report.outlet else None,
        sourceUrl=report.url if (report.url or "").startswith(("http://", "https://")) else None,
        date=(filed.published_iso or "")[:10] or None,
    )
    if rule["schema"] == "UnknownLink":
        link["properties"]["role"] = [relation.type.replace("_", " ")]
    yield carried(link, thing)


def _is_held(attribution: Attribution) -> bool:
    return attribution.factuality in _HELD and attribution.stance in _STATED


def _end(filed: Filed, end: Mention, kind: str, part: Part, identities: Identities) -> str | None:
    """Return the id of one end of a link, if it is known to be of the kind that must stand there."""
    known = part.known.get(identities.id(filed.id, end.entity) or "") if end.entity else None
    if known is None:
        return None
    kinds = {known.schema, *tables.toml("ftm")["kinds"].get(known.schema, "").split()}
    return _known_id(known.id) if kind in kinds else None


def _stated(
    choice: Choice, part: Part, filed: Filed, relation: Relation, attribution: Attribution | None
) -> Said:
    """Return what states a relation: an attribution, or the report itself."""
    if attribution is not None:
        names = {e.id: e.name for e in filed.reading.entities}
        return choice.said(attribution, filed.report.outlet, names)
    outlet = filed.report.outlet
    words = choice.cut(f"{pieced(relation.subject)} … {pieced(relation.object)}")
    return Said(words, f"{shown(outlet)} itself" if outlet else "the report itself", "narrator", "says")
