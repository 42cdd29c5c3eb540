"""Draws attributions of PolNeAR train to be labelled by reading, and shows them.

    python -m training.labelling draw --data DATA --count 1300 --out items.jsonl
    python -m training.labelling show --data DATA items.jsonl --from 0 --to 50

``draw`` writes ids only. ``show`` prints each item in its context, with
``[S: …]`` around the source, ``[C: …]`` around the cue and ``[T: …]`` around the
content. What the labels mean stands in ``labels/GUIDELINES.md``.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

from reportedly.reading.paragraphs import paragraphs

from .corpora import is_held_out, json_lines

_MARKS = {"source": "S", "cue": "C", "content": "T"}


def draw(data: Path, count: int, seed: int) -> list[dict]:
    """Return ``count`` items, at most three an article, spread over all articles."""
    rng = random.Random(seed)
    items = []
    for article in json_lines(data / "attribution/polnear-train.jsonl.gz"):
        if is_held_out(article["id"]):
            continue
        numbers = [k for k, a in enumerate(article["attributions"]) if a["content"]]
        for k in rng.sample(numbers, min(3, len(numbers))):
            items.append({"article": article["id"], "attribution": k})
    rng.shuffle(items)
    return [{"item": f"L-{n:04d}", **item} for n, item in enumerate(items[:count])]


def show(article: dict, number: int) -> str:
    """Return the paragraphs that the attribution touches and the one before, with its spans marked."""
    text = article["text"]
    gold = article["attributions"][number]
    spans = [(s, e, role) for role in _MARKS for s, e in gold[role]]
    low, high = min(s for s, _, _ in spans), max(e for _, e, _ in spans)
    near = [r for r in paragraphs(text) if r[1] > low and r[0] < high]
    before = [r for r in paragraphs(text) if r[1] <= low][-1:]
    start = max((before or near)[0][0], near[0][0] - 500)
    end = near[-1][1]
    marks = sorted([(s, 1, f"[{_MARKS[r]}: ") for s, _, r in spans] + [(e, 0, "]") for _, e, _ in spans])
    shown, at = "", start
    for position, _, mark in marks:
        shown += text[at:position] + mark
        at = position
    return (shown + text[at:end]).replace("\n\n", " ¶ ").replace("\n", " ")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw", help="choose items")
    drawing.add_argument("--data", type=Path, required=True)
    drawing.add_argument("--count", type=int, default=1300)
    drawing.add_argument("--seed", type=int, default=0)
    drawing.add_argument("--out", type=Path, required=True)
    showing = commands.add_parser("show", help="print items in their context")
    showing.add_argument("--data", type=Path, required=True)
    showing.add_argument("items", type=Path)
    showing.add_argument("--from", dest="first", type=int, default=0)
    showing.add_argument("--to", dest="last", type=int, default=None)
    args = parser.parse_args()
    if args.command == "draw":
        rows = draw(args.data, args.count, args.seed)
        args.out.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return
    articles = {a["id"]: a for a in json_lines(args.data / "attribution/polnear-train.jsonl.gz")}
    rows = [json.loads(line) for line in args.items.read_text(encoding="utf-8").splitlines()]
    for row in rows[args.first : args.last]:
        article = articles[row["article"]]
        print(f"{row['item']} {article['publisher']} {article['date']}")
        print(show(article, row["attribution"]))
        print()


if __name__ == "__main__":
    main()
