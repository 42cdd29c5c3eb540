"""The errors of the attribution reader by kind, on articles that the weights did not learn from.

    python -m benchmarks.attribution_errors --data DATA

Counts words, not punctuation, as the score does. The articles are those of
PolNeAR's train split that training keeps out: the development split is for
figures, not for looking at errors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from training.corpora import is_held_out

from .attribution import alone
from .corpora import Absent, find, json_lines
from .robust import TRAIN
from .scoring import ROLES, Text, Words, dice, is_indirect, pairs
from .table import arguments, show

Spans = dict[str, Words]


def runs(words: Iterable[int]) -> list[tuple[int, int]]:
    """Return numbers in order as half-open ranges without gaps."""
    found: list[tuple[int, int]] = []
    for k in sorted(words):
        if found and found[-1][1] == k:
            found[-1] = (found[-1][0], k + 1)
        else:
            found.append((k, k + 1))
    return found


def content_errors(wanted: Words, found: Words) -> set[str]:
    """Return in which ways a content that was found differs from the right one."""
    right, own = runs(wanted), runs(found)
    kinds = set()
    if any(not wanted & set(range(*run)) for run in own):
        kinds.add("content: a further piece that is none")
    if any(not found & set(range(*run)) for run in right):
        kinds.add("content: a piece of it missed")
    for run in right:
        over = [o for o in own if o[0] < run[1] and run[0] < o[1]]
        if not over:
            continue
        if len(over) > 1:
            kinds.add("content: torn in two")
        low, high = over[0][0], over[-1][1]
        before = {k for k in range(low, run[0]) if k not in wanted}
        after = {k for k in range(run[1], high) if k not in wanted}
        if (before and any(r[0] < run[0] and r[1] > low for r in right)) or (
            after and any(r[1] > run[1] and r[0] < high for r in right)
        ):
            kinds.add("content: an aside inside of it taken along")
            continue
        if low != run[0]:
            kinds.add(f"content: begins too {'early' if low < run[0] else 'late'}")
        if high != run[1]:
            kinds.add(f"content: ends too {'late' if high > run[1] else 'early'}")
    return kinds


def span_errors(role: str, wanted: Words, found: Words) -> set[str]:
    """Return in which ways a source or cue differs from the right one."""
    if wanted == found:
        return set()
    if not wanted:
        return {f"{role}: given where there is none"}
    if not found:
        return {f"{role}: none given"}
    if not wanted & found:
        return {f"{role}: another one"}
    kinds = set()
    if len(runs(wanted)) > 1:
        kinds.add(f"{role}: discontinuous in the gold standard")
    if min(found) != min(wanted):
        kinds.add(f"{role}: begins too {'early' if min(found) < min(wanted) else 'late'}")
    if max(found) != max(wanted):
        kinds.add(f"{role}: ends too {'late' if max(found) > max(wanted) else 'early'}")
    return kinds


def count(text: str, gold: list[dict], predicted: list[dict], counts: Counter[str]) -> None:
    """Add the errors of one article to ``counts``."""
    index = Text(text)
    wanted = [{role: index.words(item[role]) for role in ROLES} for item in gold]
    found = [{role: index.words(item[role]) for role in ROLES} for item in predicted]
    matched = pairs(wanted, found)
    left, free = set(range(len(wanted))), set(range(len(found)))
    for i, j in matched:
        left.discard(i)
        free.discard(j)
        one, two = wanted[i], found[j]
        kinds = content_errors(one["content"], two["content"])
        kinds |= span_errors("source", one["source"], two["source"])
        kinds |= span_errors("cue", one["cue"], two["cue"])
        counts.update(kinds)
        counts["right in every word"] += not kinds
        if kinds and len(runs(one["content"])) > 1:
            counts["any error, content discontinuous"] += 1
    for i in left:
        counts[_missed(wanted[i], found)] += 1
        counts["missed, indirect"] += is_indirect(text, gold[i])
        counts["missed, without a source"] += not wanted[i]["source"]
        counts["missed, content discontinuous"] += len(runs(wanted[i]["content"])) > 1
    for j in free:
        counts[_invented(found[j], wanted)] += 1


def _missed(item: Spans, found: list[Spans]) -> str:
    if any(dice(item["cue"], other["cue"]) >= 0.5 for other in found if item["cue"]):
        return "missed: cue found, content less than half right"
    if any(item["content"] <= other["content"] and item["content"] for other in found):
        return "missed: its words are part of another's content"
    if any(item["content"] & other["content"] for other in found):
        return "missed: its words are in part another's"
    return "missed whole"


def _invented(item: Spans, wanted: list[Spans]) -> str:
    if any(dice(item["cue"], other["cue"]) >= 0.5 for other in wanted):
        return "invented: cue right, content less than half right"
    if any(item["content"] & other["content"] for other in wanted):
        return "invented: inside of, or beside, a content of the gold standard"
    return "invented whole"


def counted(data: Path) -> Counter[str]:
    """Return the counts over all articles that were kept out."""
    counts: Counter[str] = Counter()
    for article in json_lines(find(data, TRAIN)):
        if is_held_out(article["id"]):
            counts["wanted"] += len(article["attributions"])
            count(article["text"], article["attributions"], alone(article["text"]), counts)
    return counts


def main() -> None:
    args = arguments(__doc__)
    try:
        counts = counted(args.data)
    except Absent as absent:
        raise SystemExit(str(absent)) from None
    show("errors by kind", {kind: {"count": float(counts[kind])} for kind in sorted(counts)})


if __name__ == "__main__":
    main()
