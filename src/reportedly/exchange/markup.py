"""schema.org markup: a ``Claim`` for each claim, for the pages of those who write about it.

``author`` is who makes the claim and ``appearance`` the reports that carry it. A
``ClaimReview`` is made of a rating, and the program has none: it is written for a claim
only where a person wrote down how an organisation rated it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..desk.ratings import Rated, of_claim
from ..records import Appearance, Claim, Filing, Objection
from .choice import Choice, Part
from .linked import report_iri, urn, write_array
from .outputs import Output
from .sayings import Said, carried, shown

_BODIES = ("Organization", "PublicBody", "Company", "LegalEntity", "Address")


def write(choice: Choice, output: Output) -> None:
    """Write the claims as one JSON-LD document, a claim a line."""
    with output.open("claims.jsonld") as out:
        write_array(out, {"@context": "https://schema.org"}, "@graph", _nodes(choice))


def _nodes(choice: Choice) -> Iterator[dict[str, Any]]:
    for part in choice.parts():
        for claim in part.claims:
            yield node(choice, part, claim)
            for rated in of_claim(choice.book.ratings, claim):
                yield review(choice, part, claim, rated)


def review(choice: Choice, part: Part, claim: Claim, rated: Rated) -> dict[str, Any]:
    """Return a rating of a claim as a schema.org ``ClaimReview``; its ``claimReviewed`` says who claims it.

    Raises:
        Unheld: nobody makes the claim.
    """
    named = next((a for a in claim.appearances if a.content.text == claim.text), claim.appearances[0])
    thing = choice.said(named, part.outlet(named.report), part.names)
    rating = rated.rating
    words: dict[str, Any] = {"@type": "Rating", "alternateName": shown(rating.rating)}
    if rating.value is not None:
        words |= {"ratingValue": rating.value, "bestRating": rating.best, "worstRating": rating.worst}
    found: dict[str, Any] = {
        "@type": "ClaimReview",
        "@id": urn("rating", claim.id, rating.organisation.casefold()),
        "claimReviewed": thing.sentence,
        "itemReviewed": {"@id": urn("claim", claim.id)},
        "author": {"@type": "Organization", "name": shown(rating.organisation)},
        "datePublished": rated.decided[:10],
        "reviewRating": words,
    }
    if rating.url:
        found["url"] = rating.url
    return carried(found, thing)


def node(choice: Choice, part: Part, claim: Claim) -> dict[str, Any]:
    """Return a claim as a schema.org ``Claim``.

    Raises:
        Unheld: nobody makes it.
    """
    things = [choice.said(a, part.outlet(a.report), part.names) for a in claim.appearances]
    authors: dict[str, dict[str, Any]] = {}
    for appearance, thing in zip(claim.appearances, things, strict=True):
        found = _author(part, appearance, thing)
        if found is not None:
            authors.setdefault(repr(found), found)
    reports = [
        part.reports[r] for r in dict.fromkeys(a.report for a in claim.appearances) if r in part.reports
    ]
    reports.sort(key=lambda r: (r.published or "", r.id))
    works = [_work(r) for r in reports]
    against = [_comment(choice, part, o) for o in claim.disputed_by]
    low, high = claim.origins.low, claim.origins.high
    origins = str(low) if low == high else f"{low} to {high}"
    found = {
        "@type": "Claim",
        "@id": urn("claim", claim.id),
        "text": choice.claim_words(claim),
        "author": list(authors.values()),
        "creditText": "; ".join(dict.fromkeys(f"{t.holder} {t.how}" for t in things)),
        "description": f"In {len(reports)} {'report' if len(reports) == 1 else 'reports'}, from {origins} "
        f"independent {'origin' if origins == '1' else 'origins'}. Who claims it, not whether it is true.",
        "dateCreated": claim.first_seen,
        "appearance": works,
        "firstAppearance": {"@id": works[0]["@id"]} if works else None,
        "comment": against,
    }
    return carried({k: v for k, v in found.items() if v not in (None, [])}, *things)


def _author(part: Part, appearance: Appearance, thing: Said) -> dict[str, Any] | None:
    """Return who makes a claim; ``None`` for hearsay and documents, whom no ``author`` fits."""
    source = appearance.source
    if source.kind == "narrator":
        outlet = part.outlet(appearance.report)
        return {"@type": "NewsMediaOrganization", "name": shown(outlet)} if outlet else None
    if source.kind in ("hearsay", "document"):
        return None
    known = part.known.get(source.entity or "")
    if known is not None:
        type_ = "Organization" if known.schema in _BODIES else "Person"
        return {"@type": type_, "@id": urn("entity", known.id), "name": shown(known.name)}
    if source.kind == "outlet":
        return {"@type": "NewsMediaOrganization", "name": thing.holder}
    if source.kind == "organization":
        return {"@type": "Organization", "name": thing.holder}
    return {"@type": "Person", "description": thing.holder}  # described and not named: so there is no name


def _work(report: Filing) -> dict[str, Any]:
    found = {
        "@type": "NewsArticle",
        "@id": report_iri(report),
        "url": report.url,
        "headline": shown(report.title) if report.title else None,
        "datePublished": report.published,
        "publisher": {"@type": "NewsMediaOrganization", "name": shown(report.outlet)}
        if report.outlet
        else None,
    }
    return {k: v for k, v in found.items() if v is not None}


def _comment(choice: Choice, part: Part, objection: Objection) -> dict[str, Any]:
    """Return a denial, contradiction or retraction, which goes wherever the claim goes."""
    thing = choice.said(objection, part.outlet(objection.report), part.names)
    report = part.reports.get(objection.report)
    found = {
        "@type": "Comment",
        "text": thing.sentence,
        "creditText": thing.holder,
        "dateCreated": objection.at,
        "isPartOf": {"@id": report_iri(report)} if report else None,
    }
    return carried({k: v for k, v in found.items() if v is not None}, thing)
