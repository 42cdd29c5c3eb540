"""Web Annotations (W3C Recommendation, 2017): every attribution as a note on the words it stands in.

The target is the content: a SpecificResource a piece, for it may be torn apart,
each found by its position (in Unicode characters of the report's text) and by
its words with what stands around them. The first body says in plain words who
says it; the second gives source, cue, stance and factuality in terms of our own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from .. import __version__
from ..records import Attribution
from ..records.span import Span
from ..weighing.filed import Filed
from .choice import Choice
from .linked import VOCABULARY, report_iri, urn, write_array
from .outputs import Output
from .sayings import carried

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
AROUND = 32
"""Characters before and after the words that are quoted with them."""

OWN_CONTEXT: Mapping[str, Any] = {
    "reportedly": VOCABULARY,
    **{
        name: f"reportedly:{name}"
        for name in (
            "report", "attribution", "holder", "sourceKind", "cue", "stance", "factuality", "quotation",
            "confidence", "decidedBy", "sha256",
        )
    },
    "via": {"@id": "reportedly:via", "@container": "@list"},
    "disputes": {"@id": "reportedly:disputes", "@type": "@id", "@container": "@set"},
}  # fmt: skip


def write(choice: Choice, output: Output) -> None:
    """Write an AnnotationCollection with one page that holds all annotations.

    What a report says in its own voice is left out, unless a claim was chosen that appears so.
    """
    encoder = msgspec.json.Encoder()
    head = {
        "@context": [CONTEXT, OWN_CONTEXT],
        "id": urn("annotations"),
        "type": "AnnotationCollection",
        "label": "Who says what in news reports",
        "generator": {
            "id": urn("program", __version__),
            "type": "Software",
            "name": f"reportedly {__version__}",
        },
    }
    page = {"id": urn("annotations", "1"), "type": "AnnotationPage", "startIndex": 0}
    with output.open("annotations.jsonld") as out:
        out.write(encoder.encode(head)[:-1] + b',"first":\n')
        count = write_array(out, page, "items", _annotations(choice))
        out.write(b',"total":' + encoder.encode(count) + b"}\n")


def _annotations(choice: Choice) -> Iterator[dict[str, Any]]:
    for filed in choice.filed():
        text = filed.report.text.encode()
        whole = hashlib.sha256(text).hexdigest() == filed.report.sha256
        for attribution in filed.reading.attributions:
            if choice.wants(filed.id, attribution):
                yield annotation(choice, filed, attribution, around=AROUND if whole else 0)


def annotation(choice: Choice, filed: Filed, attribution: Attribution, *, around: int) -> dict[str, Any]:
    """Return one attribution as an annotation, without its context.

    ``around`` is how many characters around the words are quoted: none where the text is not kept.

    Raises:
        Unheld: nobody makes the claim.
    """
    report, reading = filed.report, filed.reading
    names = {e.id: e.name for e in reading.entities}
    thing = choice.said(attribution, report.outlet, names)
    source = report_iri(report)
    body: dict[str, Any] = {
        "type": "reportedly:Attribution",
        "purpose": "classifying",
        "report": report.id,
        "attribution": attribution.id,
        "sha256": report.sha256,
        "holder": thing.holder,
        "sourceKind": attribution.source.kind,
        "cue": choice.cut(attribution.cue.text) if attribution.cue else None,
        "via": [choice.cut(v.text) for v in attribution.via],
        "stance": attribution.stance,
        "factuality": attribution.factuality,
        "quotation": attribution.quotation,
        "confidence": attribution.confidence,
        "decidedBy": attribution.decided_by,
        "disputes": [urn("attribution", report.id, d) for d in attribution.disputes],
    }
    body = {k: v for k, v in body.items() if v not in (None, [])}
    targets = [
        {
            "type": "SpecificResource",
            "source": source,
            "selector": _selectors(report.text, span, choice.most, around),
        }
        for span in attribution.content.spans
    ]
    found = {
        "id": urn("attribution", report.id, attribution.id),
        "type": "Annotation",
        "motivation": "describing",
        "body": [
            {
                "type": "TextualBody",
                "purpose": "describing",
                "format": "text/plain",
                "value": thing.sentence,
            },
            body,
        ],
        "target": targets if len(targets) > 1 else targets[0],
    }
    return carried(found, thing)


def _selectors(text: str, span: Span, most: int, around: int) -> list[dict[str, Any]]:
    """Return how to find a span: by position, and by its words with ``around`` characters on both sides."""
    start, end = span
    position = {"type": "TextPositionSelector", "start": start, "end": end}
    if end - start <= most:
        return [position, _quote(text, start, end, around)]
    half = max(most // 2, 1)  # the whole of it may not be quoted: its beginning and its end are
    return [
        position,
        {
            "type": "RangeSelector",
            "startSelector": _quote(text, start, start + half, around),
            "endSelector": _quote(text, end, end, around) | {"prefix": text[end - half : end]},
        },
    ]


def _quote(text: str, start: int, end: int, around: int) -> dict[str, Any]:
    quote = {"type": "TextQuoteSelector", "exact": text[start:end]}
    if around:
        quote["prefix"] = text[max(0, start - around) : start]
        quote["suffix"] = text[end : end + around]
    return quote
