"""What a desk costs as it grows: words a second, ms a report, weighing against reading, disk, search.

    REPORTEDLY_READINGS=FOLDER python -m benchmarks.desk --data DATA [--large]

Some 5,000 real articles (local shootings and FNC-1 bodies, in an order of chance)
are filed one by one, the stories settled and the claims weighed. A sample of
them is read anew for the speed of reading; the others are read once and kept
(:mod:`.story_sets`), for that takes a quarter of an hour. Milliseconds are CPU
time of this process. The ratio of late to early is that of milliseconds each
divided by what a fixed piece of work took in between, so that a machine that
others use too does not show as growth. ``--large`` then fills the desk up with
50,000 reports for search: the same articles with some of their words exchanged,
without stories.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import process_time

import msgspec

from reportedly.desk import Desk, open_desk, search, shelf
from reportedly.desk.book import weigh_all
from reportedly.desk.filing import Filer, settle
from reportedly.records import Reading

from .corpora import Absent
from .story_sets import SEEN, fnc, incidents, readings
from .table import arguments, show

MOST = 5000
LARGE = 50_000
MARKS = (500, 1000, 2000, 4000)
_AROUND = 100  # reports to either side of a mark whose mean counts
_SAMPLE = 80  # articles that are read anew
_SEARCHES = 40
_EXCHANGED = 0.08  # share of the longer words of a perturbed text
_LONGER = re.compile(r"\b[a-z]{5,}\b")


@dataclass
class _Spent:
    """CPU seconds of each filing, and of the piece of work that was timed beside it."""

    filing: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)

    def at(self, mark: int) -> tuple[float, float]:
        """Return the mean milliseconds of a report around a mark, and those of the piece of work."""
        some = slice(max(0, mark - _AROUND), mark + _AROUND)
        return 1000 * _mean(self.filing[some]), 1000 * _mean(self.beside[some])


def measure(data: Path, large: bool = False) -> dict[str, float]:
    """Return the figures; ``large`` adds the time of a search among 50,000 reports."""
    found = _mixed(data)
    words = sum(len(reading.report.text.split()) for reading in found)
    speed = _reading_speed(found[:_SAMPLE])
    figures: dict[str, float] = {"reports": len(found), "words read per CPU s": speed}
    with tempfile.TemporaryDirectory() as folder, open_desk(Path(folder) / "desk.db") as desk:
        spent = _filed(desk, found)
        marks = {mark: spent.at(mark) for mark in MARKS if mark + _AROUND <= len(found)}
        figures |= {f"ms filed at {mark:,}": ms for mark, (ms, _) in marks.items()}
        early, late = (marks[mark] for mark in (min(marks), max(marks)))
        figures["late to early"] = (late[0] / late[1]) / (early[0] / early[1])
        began = process_time()
        settle(desk)
        settling = process_time() - began
        began = process_time()
        for _ in weigh_all(desk):
            pass
        weighing = process_time() - began
        reading = words / speed
        for name, seconds in (("filing", sum(spent.filing)), ("settling", settling), ("weighing", weighing)):
            figures[f"{name} against reading"] = seconds / reading
        figures["all against reading"] = (sum(spent.filing) + settling + weighing) / reading
        figures["words ingested per CPU s"] = words / (reading + sum(spent.filing) + settling + weighing)
        figures["MB per 1,000"] = _bytes(Path(folder)) / 1e3 / len(found)
        figures |= _searched(desk, found, f"{len(found):,}")
        if large:
            for reading_, text in _perturbed(found, LARGE - len(found)):
                _shelve(desk, reading_, text)
            figures |= _searched(desk, found, f"{LARGE:,}")
    return figures


def _mixed(data: Path) -> list[Reading]:
    """Return readings of the articles, in an order of chance that is always the same."""
    found = [*readings("incidents", incidents(data)), *readings("fnc", fnc(data))]
    unique = {reading.report.id: reading for reading in found}.values()
    return sorted(unique, key=lambda r: hashlib.sha256(r.report.id.encode()).digest())[:MOST]


def _reading_speed(some: Sequence[Reading]) -> float:
    """Return how many words of these articles are read in a CPU second."""
    from reportedly.reading.reader import read_report

    read_report(some[0].report)
    began = process_time()
    for reading in some:
        read_report(reading.report)
    spent = process_time() - began
    return sum(len(reading.report.text.split()) for reading in some) / spent


def _filed(desk: Desk, found: Sequence[Reading]) -> _Spent:
    spent = _Spent()
    filer = Filer(desk)
    for reading in found:
        began = process_time()
        with filer.writing() as connection:
            filer.file(connection, reading, seen=SEEN, raw_sha256=None)
        filed = process_time()
        _fixed_work()
        spent.filing.append(filed - began)
        spent.beside.append(process_time() - filed)
    return spent


def _fixed_work() -> int:
    """Do something that takes about a millisecond, always the same."""
    counts: dict[str, int] = {}
    for k in range(4000):
        key = f"w{k % 500}"
        counts[key] = counts.get(key, 0) + 1
    return len(counts)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _searched(desk: Desk, found: Sequence[Reading], among: str) -> dict[str, float]:
    """Return the median and the highest CPU time of searches, in milliseconds."""
    times = []
    with desk.reading() as connection:
        search.search(connection, "warm")
        for query in _queries(found):
            tries = []
            for _ in range(3):
                began = process_time()
                search.search(connection, query)
                tries.append(1000 * (process_time() - began))
            times.append(median(tries))
    return {f"search ms among {among}": median(times), f"slowest search ms among {among}": max(times)}


def _queries(found: Sequence[Reading]) -> Iterator[str]:
    """Yield single words, words together, phrases and beginnings of words, as they stand in the articles."""
    chance = random.Random(1)
    for k in range(_SEARCHES):
        words = _LONGER.findall(chance.choice(found).report.text.lower()) or ["police"]
        at = chance.randrange(len(words))
        near = words[at : at + 2]
        yield (
            words[at],
            " ".join(near),
            f"{words[at][:5]}*",
            " ".join(chance.sample(words, min(3, len(words)))),
        )[k % 4]
    yield from ("police", '"police said"', "man shot", "said*")


def _perturbed(found: Sequence[Reading], count: int) -> Iterator[tuple[Reading, str]]:
    """Yield readings under new ids with texts in which some longer words are exchanged for others' words."""
    chance = random.Random(2)
    stock = sorted({w for reading in found[:400] for w in _LONGER.findall(reading.report.text)})
    for k in range(count):
        reading = found[k % len(found)]
        text = _LONGER.sub(
            lambda m: chance.choice(stock) if chance.random() < _EXCHANGED else m[0], reading.report.text
        )
        report = msgspec.structs.replace(
            reading.report, id=f"{reading.report.id}-{k}", sha256=hashlib.sha256(text.encode()).hexdigest()
        )
        yield msgspec.structs.replace(reading, report=report), text


def _shelve(desk: Desk, reading: Reading, text: str) -> None:
    """Put a revision and its words into a desk, without looking for copies and stories."""
    report = msgspec.structs.replace(reading.report, text=text)
    with desk.writing() as connection:
        revision = shelf.put(
            connection,
            msgspec.structs.replace(reading, report=report),
            seen=SEEN,
            number=1,
            retention="full",
            raw_sha256=None,
        )
        search.index(connection, revision, reading, text)


def main() -> None:
    args = arguments(__doc__, large="fill the desk up to 50,000 reports and time search there")
    if not os.environ.get("REPORTEDLY_READINGS"):
        print("REPORTEDLY_READINGS is not set: all articles are read now, which takes a quarter of an hour")
    try:
        figures = measure(args.data, args.large)
    except Absent as absent:
        raise SystemExit(str(absent)) from None
    show("desk", {name: {"": value} for name, value in figures.items()})


if __name__ == "__main__":
    main()
