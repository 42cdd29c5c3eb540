"""Who said what: the whole reader against PolNeAR's development articles.

    python -m benchmarks.attribution --data DATA [--peers] [--curve]

``--peers`` runs others beside the reader on the same articles (see
:mod:`benchmarks.peers`), ``--curve`` prints what ``--min-confidence`` trades and
how far a confidence means what it says.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time

import reportedly
from reportedly.reading import tagging
from reportedly.reading.attribution import find_attributions
from reportedly.reading.encoder import encoder
from reportedly.reading.entities import gather, with_datelines
from reportedly.reading.naming import consistent
from reportedly.reading.page import Page

from . import peers
from .corpora import find, json_lines
from .scoring import AttributionScore

DEV = "attribution/polnear-dev.jsonl.gz"


def ours(text: str) -> list[dict]:
    reading = reportedly.read(text)
    return [
        {
            "source": a.source.spans,
            "cue": a.cue.spans if a.cue else (),
            "content": a.content.spans,
            "confidence": a.confidence,
        }
        for a in reading.attributions
        if a.source.kind != "narrator" and a.parent is None  # PolNeAR marks the outermost only
    ]


def alone(text: str) -> list[dict]:
    """Read the attributions of a text and nothing else."""
    page = Page(text)
    network = encoder()
    windows = network.run(text, page.paragraphs)
    cast = gather(page, with_datelines(page, consistent(page, tagging.names(windows, page))))
    return [
        {"source": d.source, "cue": d.cue, "content": d.content, "confidence": d.confidence}
        for d in find_attributions(page, cast, windows, network)
        if d.kind != "narrator" and d.parent is None
    ]


def measure(data: Path) -> dict[str, float]:
    """Return F1 figures, calibration error and words per CPU second on PolNeAR dev."""
    return scored(data, ours)[0]


def scored(data: Path, system: Callable[[str], list[dict]]) -> tuple[dict[str, float], AttributionScore]:
    """Return the figures of a system and the counts behind them."""
    score = AttributionScore()
    words = 0
    spent = 0.0
    system("Nobody said that.")  # loads what is loaded once
    for article in json_lines(find(data, DEV)):
        words += len(article["text"].split())
        began = process_time()
        predicted = system(article["text"])
        spent += process_time() - began
        score.add(article["text"], article["attributions"], predicted)
    figures = score.figures()
    if score.confidences:
        figures["calibration error"] = score.calibration_error()
    figures["words per CPU second"] = words / spent
    return figures, score


def main() -> None:
    from .table import arguments, show

    args = arguments(__doc__, peers="run the peers too", curve="print the curve of confidence")
    systems: dict[str, Callable[[str], list[dict]]] = {"reportedly": ours}
    if args.peers:
        systems |= {"quotation marks": peers.quotation_marks, "quotes and verbs": peers.quotes_and_verbs}
        systems |= peers.parsed()
    rows = {}
    for name, system in systems.items():
        rows[name], score = scored(args.data, system)
        if args.curve and system is ours:
            show("what a least confidence gives", score.curve())
            show("confidence and how often it was right", score.reliability())
    show("PolNeAR dev", rows)


if __name__ == "__main__":
    main()
