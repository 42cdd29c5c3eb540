"""The copies join: what a desk finds, over shards, out of core."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
from sqlalchemy import select

from reportedly.archive import buckets, joining, loading
from reportedly.desk import open_desk
from reportedly.desk.tables import overlaps
from reportedly.records import Copy

from .conftest import run, table, write

WORDS = [a + b for a in ("ka", "lo", "mi", "ter", "van", "os", "ru", "pel", "dim", "sa") for b in (
    "ran", "tor", "vel", "nis", "dor", "mas", "lin", "ket", "bro", "fa", "gul", "hin")]  # fmt: skip
NOTICE = (
    "Subscribe to the morning letter of this paper for more of what the people of the valley are talking "
    "about every day"
)


def prose(seed: int, count: int) -> str:
    random_words = random.Random(seed)
    return " ".join(random_words.choice(WORDS) for _ in range(count))


def reports() -> list[dict[str, str]]:
    """Reports with copies among them, whole and in part, and a notice that one outlet prints under all."""
    texts: list[tuple[str, str]] = []
    for k in range(10):
        texts.append(("Norden Herald", prose(k, 140) + ". " + NOTICE + "."))
    texts.append(("Harbour Courier", prose(0, 140)))
    texts.append(("Valley Echo", prose(1, 140).replace(" ", " indeed ", 1)))
    texts.append(("Valley Echo", prose(50, 120) + ". " + " ".join(prose(2, 140).split()[20:100]) + "."))
    texts.append(("Harbour Courier", prose(51, 30) + ". " + " ".join(prose(3, 140).split()[:90]) + "."))
    texts.append(("Lake Post", prose(52, 150)))
    texts.append(("Lake Post", " ".join(prose(52, 150).split()[:40])))
    start = datetime(2026, 5, 1, 8, tzinfo=UTC)
    return [
        {
            "id": f"report-{k:02d}",
            "outlet": outlet,
            "published": (start + timedelta(days=k)).isoformat(),
            "language": "xx",
            "text": text,
        }
        for k, (outlet, text) in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copies")
    source = write(folder / "reports.jsonl", reports())
    run(folder / "out", source, shard_size=5)
    return folder / "out"


def joined(folder, **how):
    *_, last = joining.join(folder, **{"workers": 1, **how})
    return last.joined


def pairs(rows):
    return {(r["copy"], r["of"], r["kind"], r["containment"], r["why"]) for r in rows}


def test_the_pairs_are_those_of_a_desk(archive, tmp_path):
    found = joined(archive)
    rows = table(archive, "copies")
    with open_desk(tmp_path / "desk.db") as desk:
        for _ in loading.load(archive, desk):
            pass
        with desk.reading() as connection:
            known = [msgspec.json.decode(row.body, type=Copy) for row in connection.execute(select(overlaps))]
    assert pairs(rows) == {(c.copy, c.of, c.kind, c.shared, c.why) for c in known}
    assert {json.dumps(c.spans) for c in known} == {json.dumps(json.loads(r["spans"])) for r in rows}
    assert (found.full, found.partial) == (
        sum(c.kind == "full" for c in known),
        sum(c.kind == "partial" for c in known),
    )
    assert found.full >= 2
    assert found.partial
    assert found.boilerplate


def test_neither_workers_nor_shards_change_what_is_found(archive, tmp_path):
    joined(archive)
    one = table(archive, "copies")
    joined(archive, workers=2)
    assert table(archive, "copies") == one
    run(tmp_path / "out", write(tmp_path / "reports.jsonl", reports()), shard_size=100)
    joined(tmp_path / "out")
    assert pairs(table(tmp_path / "out", "copies")) == pairs(one)


def test_an_older_revision_is_no_copy_of_the_later_one(tmp_path):
    text = prose(7, 120)
    found = [
        {"url": "https://herald.example/1", "outlet": "Norden Herald", "published": "2026-05-01",
         "text": text},
        {"url": "https://herald.example/1?utm_source=x", "outlet": "Norden Herald", "published": "2026-05-02",
         "text": text + " and one thing more"},
        {"url": "https://echo.example/9", "outlet": "Valley Echo", "published": "2026-05-03", "text": text},
    ]  # fmt: skip
    run(tmp_path / "out", write(tmp_path / "reports.jsonl", found))
    assert joined(tmp_path / "out").superseded == 1
    (copy,) = table(tmp_path / "out", "copies")
    assert copy["copy_outlet"] == "Valley Echo"


def test_a_crowded_bucket_is_cut_and_what_that_leaves_out_is_counted(tmp_path):
    prints = buckets.Spill(tmp_path / "prints", buckets.PRINT, 2)
    rows = np.zeros(103, buckets.PRINT)
    rows["band"][:100], rows["report"][:100] = 6, np.arange(100)
    rows["band"][100:], rows["report"][100:] = (7, 7, 9), (3, 5, 4)
    prints.add(rows, (rows["band"] % np.uint64(2)).astype(np.int64))
    rank = np.arange(100, dtype=np.uint32)[::-1].copy()
    crowd = buckets.fill(prints, rank, np.ones(100, np.bool_), tmp_path)
    assert (crowd.buckets, crowd.crowded, crowd.largest) == (2, 1, 100)
    assert crowd.pairs_left_out == sum(k - 32 for k in range(33, 100))
    found = dict(buckets.Buckets(tmp_path).of(0))
    assert found[96] == {6: list(range(32)), 7: [94]}
    assert found[0] == {6: list(range(1, 33))}
    assert sorted(found) == list(range(100))


def test_an_archive_without_reports_has_no_copies(tmp_path):
    run(tmp_path / "out", write(tmp_path / "reports.jsonl", []))
    assert joined(tmp_path / "out").pairs == 0
    assert table(tmp_path / "out", "copies") == []
