"""Names on CoNLL++'s development documents (span F1, exact span and type).

python -m benchmarks.names --data DATA
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from reportedly.reading import tagging
from reportedly.reading.encoder import encoder
from reportedly.reading.page import Page

from .corpora import find
from .scoring import f1
from .table import main

DEV = "names/conllpp-dev.txt.gz"


def measure(data: Path) -> dict[str, float]:
    """Return span F1 over the documents; a sentence is a paragraph, its tokens parted by spaces."""
    hits = found = wanted = 0
    for text, gold in _documents(find(data, DEV)):
        page = Page(text)
        windows = encoder().run(text, page.paragraphs)
        got = {(n.start, n.end, n.type) for n in tagging.names(windows, page)}
        hits += len(got & gold)
        found += len(got)
        wanted += len(gold)
    return {"names span F1": f1(hits, found, wanted)}


def _documents(path: Path) -> Iterator[tuple[str, set[tuple[int, int, str]]]]:
    text, gold, open_kind, start = "", set(), "", 0
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            fields = line.split()
            if line.startswith("-DOCSTART-"):
                if text.strip():
                    yield text, gold
                text, gold, open_kind = "", set(), ""
                continue
            label = fields[-1] if fields else "O"
            if open_kind and label != f"I-{open_kind}":
                gold.add((start, len(text.rstrip()), open_kind))
                open_kind = ""
            if not fields:
                text = text.rstrip() + "\n\n" if text.strip() else ""
                continue
            if label != "O" and not open_kind:
                start, open_kind = len(text), label[2:]
            text += fields[0] + " "
    if open_kind:
        gold.add((start, len(text.rstrip()), open_kind))
    if text.strip():
        yield text, gold


if __name__ == "__main__":
    main(__doc__, "names: CoNLL++ dev", measure)
