"""Who said what: the whole reader against PolNeAR's development articles.

    python -m benchmarks.attribution --data DATA [--baselines]

Beside the reader stand two baselines: quotation marks alone, and quotation
marks or "that" with the nearest reporting verb and the words before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from time import process_time

import reportedly
from reportedly.reading.hearsay import cue_words
from reportedly.reading.lemmas import lemma
from reportedly.reading.page import Page

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


_QUOTE = re.compile(r"[“\"]([^”\"\n]{12,1500})[”\"]")


def quotation_marks(text: str) -> list[dict]:
    """Whatever stands in quotation marks, without a source."""
    return [{"source": (), "cue": (), "content": [m.span(1)]} for m in _QUOTE.finditer(text)]


def quotes_and_verbs(text: str) -> list[dict]:
    """Quotations with the nearest reporting verb and its neighbour; "… said that …" besides."""
    page, verbs, found = Page(text), cue_words(), []
    for low, high in page.sentences:
        words = page.words_in(low, high)
        cues = [k for k, w in enumerate(words) if lemma(w.lower, verbs)]
        if not cues:
            continue
        quote = _QUOTE.search(text, low, high)
        k = cues[0]
        source = [(words[max(0, k - 2)].start, words[k - 1].end)] if k else []
        content = [quote.span(1)] if quote else [(words[k].end, high)]
        found.append({"source": source, "cue": [(words[k].start, words[k].end)], "content": content})
    return found


def measure(data: Path, system: Callable[[str], list[dict]] = ours) -> dict[str, float]:
    """Return F1 figures, calibration error and words per CPU second of a system on PolNeAR dev."""
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
    return figures


def main() -> None:
    from .table import arguments, show

    args = arguments(__doc__, baselines="run the baselines too")
    systems: dict[str, Callable[[str], list[dict]]] = {"reportedly": ours}
    if args.baselines:
        systems |= {"quotation marks": quotation_marks, "quotes and verbs": quotes_and_verbs}
    show("PolNeAR dev", {name: measure(args.data, system) for name, system in systems.items()})


if __name__ == "__main__":
    main()
