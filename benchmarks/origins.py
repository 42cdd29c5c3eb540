"""Origins, citations, copies, disputes and figures on invented scenarios with known truth.

    python -m benchmarks.origins [--scenario NAME] [--verbose]

``scenarios/README.md`` says how the truth was written. Each scenario is filed in
a new desk and exported as a ledger; a true claim is looked for among the
ledger's claims by where it appears. A claim that is not found counts as wrong.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .scoring import f1
from .table import show

ROOM = Path(__file__).parent / "scenarios"


def measure(_data: Path | None = None, names: Sequence[str] = (), verbose: bool = False) -> dict[str, float]:
    """Return the figures over all scenarios (or those named)."""
    total: Counter[str] = Counter()
    for room in sorted(p.parent for p in ROOM.glob("*/truth.json")):
        if not names or room.name in names:
            counts = score(room, verbose)
            if verbose:
                show(room.name, {"reportedly": figures(counts)})
            total.update(counts)
    return figures(total)


def ledger_of(room: Path) -> dict[str, Any]:
    """File a scenario's reports in a new desk and return its ledger."""
    from reportedly.desk import open_desk
    from reportedly.desk.book import Book
    from reportedly.desk.ingest import ingest

    with tempfile.TemporaryDirectory() as folder, open_desk(Path(folder) / "desk.db") as desk:
        for _ in ingest(desk, [str(room / "reports.jsonl")]):
            pass
        with desk.reading() as connection:
            ledger: dict[str, Any] = json.loads(Book(connection).ledger().to_json())
            return ledger


def score(room: Path, verbose: bool = False) -> Counter[str]:
    """Return the counts of one scenario."""
    truth = json.loads((room / "truth.json").read_text(encoding="utf-8"))
    lines = (room / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {row["id"]: row["text"] for row in map(json.loads, lines)}
    got = ledger_of(room)
    counts: Counter[str] = Counter()
    _claims(truth, got, texts, counts, verbose)
    _pairs(
        "copies",
        ((c["copy"], c["of"], c["kind"]) for c in truth["copies"]),
        ((c["copy"], c["of"], c["kind"]) for c in got["copies"]),
        counts,
        verbose,
    )
    _pairs(
        "citations",
        ((c["report"], c["outlet"].lower(), c["cited_report"]) for c in truth["citations"]),
        ((c["report"], c["outlet"].lower(), c["cited_report"]) for c in got["citations"]),
        counts,
        verbose,
    )
    _pairs("loops", map(_loop, truth["loops"]), map(_loop, got["loops"]), counts, verbose)
    _series(truth, got, counts, verbose)
    _stories(truth, got, counts)
    return counts


def _loop(outlets: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(o.lower() for o in outlets))


def _pairs(name: str, gold: Iterable[Any], found: Iterable[Any], counts: Counter[str], verbose: bool) -> None:
    wanted, have = set(gold), set(found)
    counts[f"{name} hits"] += len(wanted & have)
    counts[f"{name} found"] += len(have)
    counts[f"{name} wanted"] += len(wanted)
    if verbose:
        for row in sorted(wanted - have, key=str):
            print(f"  {name}: missed {row}")
        for row in sorted(have - wanted, key=str):
            print(f"  {name}: not so {row}")


def _claims(
    truth: dict[str, Any], got: dict[str, Any], texts: dict[str, str], counts: Counter[str], verbose: bool
) -> None:
    where = [
        [(a["report"], span) for a in claim["appearances"] for span in a["content"]["spans"]]
        for claim in got["claims"]
    ]
    for claim in truth["claims"]:
        quotes = [_place(a, texts) for a in claim["appearances"]]
        hits = [sum(any(_meet(q, p) for p in places) for q in quotes) for places in where]
        best = max(range(len(hits)), key=lambda k: (hits[k], -len(where[k])), default=None)
        counts["claims"] += 1
        counts["appearances wanted"] += len(quotes)
        if best is None or not hits[best]:
            if verbose:
                print(f"  claim not found: {claim['text']}")
            continue
        found, want = got["claims"][best], claim["origins"]
        low, high = found["origins"]["low"], found["origins"]["high"]
        exact = (low, high) == (want["low"], want["high"])
        counts["claims found"] += 1
        counts["appearances found"] += len({(r, tuple(s)) for r, s in where[best]})
        counts["appearances hit"] += hits[best]
        counts["origins exact"] += exact
        counts["origins contained"] += low <= want["low"] and want["high"] <= high
        objections = [(o["report"], s) for o in found["disputed_by"] for s in o["content"]["spans"]]
        gold = [_place(d, texts) for d in claim.get("disputed_by", [])]
        counts["disputes wanted"] += len(gold)
        counts["disputes hits"] += sum(any(_meet(g, o) for o in objections) for g in gold)
        counts["disputes found"] += len({(o["report"], o["attribution"]) for o in found["disputed_by"]})
        counts["disputes right"] += sum(
            any(_meet(g, (o["report"], s)) for g in gold for s in o["content"]["spans"])
            for o in found["disputed_by"]
        )
        if verbose and not exact:
            print(
                f"  {claim['id']} {claim['text'][:70]!r}: {low}..{high}, truth {want['low']}..{want['high']} "
                f"({hits[best]}/{len(quotes)} appearances; {want.get('note', '')})"
            )
            for origin in found["origins"]["list"]:
                print("      +", *(repr(origin[k]) for k in ("source", "kind", "through_report", "why")))
            for drop in found["origins"]["dropped"]:
                print(f"      - {drop['report']}: {drop['why']}")


def _place(row: dict[str, str], texts: dict[str, str]) -> tuple[str, tuple[int, int]]:
    at = texts[row["report"]].find(row["quote"])
    return row["report"], (at, at + len(row["quote"]))


def _meet(a: tuple[str, Sequence[int]], b: tuple[str, Sequence[int]]) -> bool:
    """Tell whether two passages share half of the shorter one."""
    (left, (s, e)), (right, (u, v)) = a, b
    return left == right and 2 * (min(e, v) - max(s, u)) >= min(e - s, v - u) > 0


def _series(truth: dict[str, Any], got: dict[str, Any], counts: Counter[str], verbose: bool) -> None:
    for series in truth["figures"]:
        reports = {p["report"] for p in series["points"]}
        rows = [
            s
            for s in got["figures"]
            if series["measure"] in (s["measure"], s.get("of")) and s["unit"] == series["unit"]
        ]
        mine = max(rows, key=lambda s: len(reports & {p["report"] for p in s["points"]}), default=None)
        counts["figure points wanted"] += len(series["points"])
        counts["series"] += 1
        points = {} if mine is None else {p["report"]: p for p in mine["points"]}
        counts["figure points found"] += len(points)
        for point in series["points"]:
            have = points.get(point["report"])
            value = have is not None and (have["low"], have["high"]) == (point["low"], point["high"])
            counts["figure values right"] += value
            counts["figure roles right"] += value and have is not None and have["role"] == point["role"]
            if verbose and not (value and have and have["role"] == point["role"]):
                seen = have and {k: have[k] for k in ("low", "high", "role", "text")}
                print(f"  {series['measure']} {point}: {seen}")
        if mine is not None:
            now = (mine["current"]["low"], mine["current"]["high"])
            counts["current right"] += now == (series["current"]["low"], series["current"]["high"])


def _stories(truth: dict[str, Any], got: dict[str, Any], counts: Counter[str]) -> None:
    """Add up B³ over the reports (Bagga and Baldwin 1998)."""
    gold = {r: set(s["reports"]) for s in truth["stories"] for r in s["reports"]}
    mine = {r: set(s["reports"]) for s in got["stories"] for r in s["reports"]}
    for report, same in gold.items():
        own = mine.get(report, {report})
        counts["reports"] += 1
        counts["b3 precision sum"] += len(own & same) / len(own)  # type: ignore[assignment]
        counts["b3 recall sum"] += len(own & same) / len(same)  # type: ignore[assignment]


def figures(counts: Counter[str]) -> dict[str, float]:
    """Turn counts into figures."""
    claims = max(1, counts["claims"])
    precision = counts["b3 precision sum"] / max(1, counts["reports"])
    recall = counts["b3 recall sum"] / max(1, counts["reports"])
    found: dict[str, float] = {
        "origins exact": counts["origins exact"] / claims,
        "origins contained": counts["origins contained"] / claims,
        "claims found": counts["claims found"] / claims,
        "appearances F1": f1(
            counts["appearances hit"], counts["appearances found"], counts["appearances wanted"]
        ),
        "disputes recall": counts["disputes hits"] / max(1, counts["disputes wanted"]),
        "disputes precision": counts["disputes right"] / max(1, counts["disputes found"]),
    }
    for name in ("copies", "citations", "loops"):
        found[f"{name} F1"] = f1(counts[f"{name} hits"], counts[f"{name} found"], counts[f"{name} wanted"])
    found["figure values right"] = counts["figure values right"] / max(1, counts["figure points wanted"])
    found["figure roles right"] = counts["figure roles right"] / max(1, counts["figure points wanted"])
    found["current figure right"] = counts["current right"] / max(1, counts["series"])
    found["stories B3"] = 2 * precision * recall / max(1e-9, precision + recall)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenario", action="append", default=[], help="only this one (may be given again)")
    parser.add_argument("--verbose", action="store_true", help="print what is wrong")
    args = parser.parse_args()
    show("origins: invented scenarios", {"reportedly": measure(None, args.scenario, args.verbose)})


if __name__ == "__main__":
    main()
