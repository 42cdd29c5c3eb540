"""Reading at volume: speed with one and two processes, memory, runs that are killed, and the copies join.

    python -m benchmarks.archive --data DATA [--reports 200] [--join 20000 --join 50000 …] [--no-reading]

**Reading.** Articles of the load and incidents sets, repeated until there are enough. In repetition ``k``
every sentence whose number divides by ``k + 3`` is left out, the id gets ``k`` and the date moves on by ``k``
days, so that no two texts are the same; in repetition 0 they are as they were. Each run is a process of its
own. Words per second are by the clock, so they mean something only on a quiet machine: the load when it
began is told too, and words per second of CPU time, which a busy machine spoils less.

**Killed.** A tenth of the set (15 reports at least) is read once undisturbed, and once by a program that is
killed (SIGKILL) ten times, each time some hundredths of a second after one more shard was done. The tables
must be equal byte by byte.

**Pages.** What a page of a WARC file costs before it is read, over the saved news pages of the pages set.

**Copies.** Generated reports of about 100 words: 8% are copies of an earlier original with a word changed, 4%
take 60 words over, a third have their outlet's notice under them, and one in a thousand is printed by 30
outlets. The growth exponent is the slope of log CPU time over log reports, by least squares.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import math
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path

from reportedly.archive.inputs import File
from reportedly.archive.manifest import WORK, Manifest, this_reader
from reportedly.archive.reading import Finished
from reportedly.archive.shards import Input, Shard, cut, name_of
from reportedly.archive.tables import Read, Sheets
from reportedly.errors import ReportedlyError
from reportedly.records import Reading, Report

from .corpora import Absent, find, json_lines
from .table import arguments, shown

SETS = ("load/allsides-2020.jsonl.gz", "incidents/articles-dev.jsonl.gz")
JOINS = (20_000, 50_000, 100_000, 200_000)
REPORTS = 200
KILLS = 10
_SHARD = 1_000  # generated reports in a shard
_SENTENCE = re.compile(r"(?<=[.!?])\s+")

_RUN = """
import json, multiprocessing, resource, sys, time
from pathlib import Path
if __name__ == "__main__":
    from reportedly.archive import joining, running
    what, folder, *rest = sys.argv[1:]
    began = time.perf_counter()
    if what == "read":
        source, workers, size = rest
        for progress in running.read(Path(folder), [source], workers=int(workers), shard_size=int(size)):
            pass
        found = {"words": progress.words, "reports": progress.reports, "reading s": progress.seconds,
                 "reading CPU s": progress.cpu_seconds}
    else:
        for step in joining.join(Path(folder), workers=int(rest[0])):
            pass
        found = joining.summary(step.joined)
    elapsed = time.perf_counter() - began
    while multiprocessing.active_children():  # until they have ended and are counted
        time.sleep(0.05)
    mine, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    found |= {
        "s": elapsed,
        "CPU s": sum(u.ru_utime + u.ru_stime for u in (mine, theirs)),
        "driver MB": mine.ru_maxrss / 1024,
        "worker MB": theirs.ru_maxrss / 1024,
    }
    print(json.dumps(found))
"""


def measure(data: Path) -> dict[str, float]:
    """Return the figures of reading of pages, and of the join at the two smaller sizes."""
    return reading(data, REPORTS) | pages(data) | joining(JOINS[:2])


def reading(data: Path, reports: int) -> dict[str, float]:
    """Return words per second at one and two processes, peak memory, and whether a killed run is equal."""
    rows = islice(articles(data), reports)
    found: dict[str, float] = {"load at the start": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory(prefix="reportedly-bench-") as room:
        folder = Path(room)
        lines = [json.dumps(row) + "\n" for row in rows]
        few = max(KILLS + 5, len(lines) // 10)
        (folder / "all.jsonl").write_text("".join(lines), encoding="utf-8")
        (folder / "few.jsonl").write_text("".join(lines[:few]), encoding="utf-8")
        size = max(1, reports // 20)
        small = _run("read", folder / "small", folder / "few.jsonl", 1, size)
        one = _run("read", folder / "one", folder / "all.jsonl", 1, size)
        two = _run("read", folder / "two", folder / "all.jsonl", 2, size)
        for name, run in (("1 process", one), ("2 processes", two)):
            found[f"{name}: words/s"] = run["words"] / run["reading s"]
            found[f"{name}: words per CPU s"] = run["words"] / run["reading CPU s"]
            found[f"{name}: CPU s besides reading"] = run["CPU s"] - run["reading CPU s"]
        found["2 processes to 1"] = two["reading s"] and one["reading s"] / two["reading s"]
        found["KB stored a report"] = _stored(folder / "one") / max(1, one["reports"]) / 1000
        for name, run in ((few, small), (len(lines), one)):
            found[f"{name} reports: driver MB"] = run["driver MB"]
            found[f"{name} reports: worker MB"] = run["worker MB"]
        found["two equal to one"] = float(_hashes(folder / "one") == _hashes(folder / "two"))
        found |= _killed(folder, few)
    return found


def _killed(folder: Path, reports: int) -> dict[str, float]:
    size = max(1, reports // (KILLS + 5))
    _run("read", folder / "undisturbed", folder / "few.jsonl", 1, size)
    target, kills = folder / "killed", 0
    words = ["archive", "read", str(folder / "few.jsonl"), "--out", str(target), "--workers", "1", "-q"]
    chance = random.Random(1)
    while kills < KILLS:
        before = len(list(target.glob("reports/*")))
        process = subprocess.Popen(
            [sys.executable, "-m", "reportedly", *words, "--shard-size", str(size)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None and len(list(target.glob("reports/*"))) <= before:
            time.sleep(0.005)
        time.sleep(chance.random() / 20)
        if process.poll() is not None:
            break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    rest = _run("read", target, folder / "few.jsonl", 1, size)
    return {
        "killed: times": kills,
        "killed: reports left for the last run": rest["reports"],
        "killed equal to undisturbed": float(_hashes(target) == _hashes(folder / "undisturbed")),
    }


def pages(data: Path) -> dict[str, float]:
    """Return CPU milliseconds a page of a WARC file: to cut it into shards, and to take the article out."""
    bodies = [p.read_bytes() for p in sorted(find(data, "pages").rglob("*")) if ".html" in p.name]
    bodies = [gzip.decompress(b) if b.startswith(b"\x1f\x8b") else b for b in bodies]
    if not bodies:
        raise Absent(f"{data / 'pages'} holds no pages")
    with tempfile.TemporaryDirectory(prefix="reportedly-bench-") as room:
        path = Path(room) / "pages.warc.gz"
        path.write_bytes(b"".join(_record(k, body) for k, body in enumerate(bodies)))
        size = path.stat().st_size
        source = Input(1, (File(str(path), "warc", size),), {}, 200, 10_000_000)
        began = time.process_time()
        shards = [one for one in cut(source, Path(room)) if isinstance(one, Shard)]
        spent = time.process_time() - began
    items = [item for shard in shards for item in shard.items]
    began, made = time.process_time(), 0
    for item in items:
        with contextlib.suppress(ReportedlyError):
            made += bool(item.report())
    return {
        "KB packed a page": size / len(bodies) / 1000,
        "CPU ms a page to cut": 1000 * spent / len(items),
        "CPU ms a page to take the article out": 1000 * (time.process_time() - began) / len(items),
        "pages with an article": made / len(items),
    }


def _record(number: int, body: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/{number}\r\n"
        f"WARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:{uuid.UUID(int=number)}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n")


def joining(sizes: tuple[int, ...]) -> dict[str, float]:
    """Return time and peak memory of the copies join over generated reports, and the growth exponent."""
    found: dict[str, float] = {"load at the join": os.getloadavg()[0]}
    points = []
    with tempfile.TemporaryDirectory(prefix="reportedly-bench-") as room:
        folder = Path(room) / "archive"
        made = generated()
        there = 0
        for size in sorted(sizes):
            fill(folder, islice(made, size - there), there)
            there = size
            run = _run("join", folder, 1)
            found |= {
                f"{size}: CPU s": run["CPU s"],
                f"{size}: s": run["s"],
                f"{size}: MB": run["driver MB"],
                f"{size}: pairs": run["pairs"],
                f"{size}: pairs left out": run["crowd"]["pairs_left_out"],
            }
            points.append((math.log(size), math.log(run["CPU s"])))
            told = f"{run['s']:,.0f} s, {run['CPU s']:,.0f} CPU s, {run['driver MB']:,.0f} MB"
            print(f"{size:,} reports joined: {told}, {run['pairs']:,} pairs", file=sys.stderr, flush=True)
    if len(points) > 1:
        found["growth exponent"] = _slope(points)
    return found


def _slope(points: list[tuple[float, float]]) -> float:
    x, y = (sum(p[k] for p in points) / len(points) for k in (0, 1))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def _run(what: str, folder: Path, *rest: object) -> dict:
    path = os.pathsep.join(p or os.getcwd() for p in sys.path)
    done = subprocess.run(
        [sys.executable, "-c", _RUN, what, str(folder), *map(str, rest)],
        env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def _hashes(folder: Path) -> dict[str, str]:
    paths = sorted(folder.glob("*/*.parquet"))
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def _stored(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.glob("*/*.parquet"))


def articles(data: Path) -> Iterator[dict[str, str]]:
    """Give the articles of both sets in turn, again and again; see the module for how they are changed."""
    for k in count():
        streams = [json_lines(find(data, name)) for name in SETS]
        for pair in zip(*streams, strict=False):
            for row in pair:
                text = (
                    row.get("text")
                    or row.get("content_original")
                    or row.get("content")
                    or row.get("body")
                    or ""
                )
                if len(text) < 200:
                    continue
                when = str(row.get("dct") or row.get("date") or "")[:10]
                yield {
                    "id": f"{row.get('id') or hashlib.sha256(text.encode()).hexdigest()[:16]}-{k}",
                    "outlet": str(row.get("outlet") or row.get("source") or ""),
                    "title": str(row.get("title") or ""),
                    "published": _later(when, k),
                    "text": _without(text, k),
                }


def _later(when: str, days: int) -> str:
    try:
        return (datetime.fromisoformat(when) + timedelta(days=days)).date().isoformat()
    except ValueError:
        return "2020-01-01"


def _without(text: str, k: int) -> str:
    if k == 0:
        return text
    sentences = _SENTENCE.split(text)
    return " ".join(s for n, s in enumerate(sentences, 1) if n % (k + 3))


# generated reports -------------------------------------------------------------------------------


def generated(seed: int = 1) -> Iterator[Reading]:
    """Give reports without end; see the module for what is in them."""
    chance = random.Random(seed)
    words = [
        "".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(3))
        for _ in range(6000)
    ]
    outlets = [f"The {chance.choice(words).title()} {chance.choice(words).title()}" for _ in range(400)]
    notices = {outlet: " ".join(chance.choices(words, k=40)) for outlet in outlets[::3]}
    start = datetime(2024, 1, 1, tzinfo=UTC)
    recent: list[list[str]] = []
    wire: list[list[str]] = []
    for k in count():
        outlet = outlets[k % len(outlets)]
        told = chance.choices(words, k=chance.randint(80, 120))
        kind = chance.random()
        if k % 1000 == 0:
            wire = [told] * 30
        elif kind < 0.5:
            told = [*wire.pop(), *chance.choices(words, k=3)] if wire else told
        elif recent and kind < 0.58:
            told = list(chance.choice(recent))
            told[chance.randrange(len(told))] = chance.choice(words)
        elif recent and kind < 0.62:
            told[10:10] = chance.choice(recent)[:60]
        else:
            recent.append(told)
            del recent[:-500]
        text = " ".join(told).capitalize() + "."
        if outlet in notices:
            text += f"\n\n{notices[outlet]}."
        published = (start + timedelta(minutes=7 * k)).isoformat()
        digest = hashlib.sha256(text.encode()).hexdigest()
        yield Reading(
            report=Report(id=f"made-{k}", text=text, sha256=digest, outlet=outlet, published=published)
        )


def fill(folder: Path, made: Iterator[Reading], first: int) -> None:
    """Add readings to an archive as they are, ``first`` being how many there are already."""
    reader = this_reader()
    with Manifest(folder, create=True) as manifest:
        manifest.put_reader(reader)
        manifest.sweep()
        for ordinal in count(first // _SHARD):
            sheets = Sheets()
            for reading in islice(made, _SHARD):
                sha = reading.report.sha256
                sheets.add(Read(f"generated#{reading.report.id}", sha, "2026-01-01T00:00:00Z", None, reading))
            if not sheets.count("reports"):
                return
            files = sheets.write(folder / WORK, name_of(1, ordinal))
            manifest.take(
                Finished(
                    1, ordinal, "generated", reports=sheets.count("reports"), quarantined=0, claims=0,
                    words=sheets.words, seconds=0.0, stored=0, files=files,
                ),
                reader,
                "2026-01-01T00:00:00Z",
            )  # fmt: skip


def main() -> None:
    """Run what was asked for and print the figures."""
    args = arguments(
        __doc__,
        {"reports": "how many articles are read (200)", "join": "a size of the join; may be given again"},
        no_reading="leave the reading out",
        no_join="leave the join out",
        no_pages="leave the pages out",
    )
    found: dict[str, float] = {}
    if not args.no_reading:
        found |= reading(args.data, int(args.reports[-1]) if args.reports else REPORTS)
    if not args.no_pages:
        found |= pages(args.data)
    if not args.no_join:
        found |= joining(tuple(map(int, args.join)) or JOINS)
    for name, value in found.items():
        print(f"{name:44} {shown(value):>12}")


if __name__ == "__main__":
    main()
