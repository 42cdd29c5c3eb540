"""Reading into an archive: what is written, what is kept, and what is read again."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import time

import pytest

from reportedly import Reading, read
from reportedly.archive import engines
from reportedly.archive import reading as worker
from reportedly.archive.manifest import Manifest
from reportedly.archive.needs import ArchiveError, need
from reportedly.archive.shards import Shard, settled
from reportedly.errors import IntakeError
from reportedly.intake.item import Item, document, given
from reportedly.intake.jsonl import from_lines

from .conftest import files, program, rows, run, table, write


def test_readings_are_those_that_read_gives_and_tables_say_the_same(tmp_path, source):
    progress, said = run(tmp_path / "out", source, shard_size=5)
    assert (progress.reports, progress.quarantined, progress.shards, said) == (14, 1, 4, [])
    kept = {row["report"]: Reading.from_json(row["reading"]) for row in table(tmp_path / "out", "readings")}
    expected = read(source / "reports.jsonl")
    assert kept["report-0"] == expected
    claims = [row for row in table(tmp_path / "out", "claims") if row["report"] == "report-0"]
    assert [(c["attribution"], c["source"], c["stance"], c["factuality"]) for c in claims] == [
        (a.id, a.source.text, a.stance, a.factuality) for a in expected.attributions
    ]
    text = expected.report.text
    assert all(text[c["content_start"] : c["content_end"]] == c["content"] for c in claims)
    figures = [row for row in table(tmp_path / "out", "figures") if row["report"] == "report-0"]
    assert [f["value"] for f in figures] == [f.value for f in expected.figures]
    (bad,) = table(tmp_path / "out", "quarantine")
    assert bad["locator"].endswith("b.txt")
    assert bad["code"] == 4


def test_a_second_run_reads_nothing_and_a_new_file_is_read_by_itself(tmp_path, source):
    run(tmp_path / "out", source, shard_size=5)
    before = files(tmp_path / "out")
    progress, _ = run(tmp_path / "out", source)
    assert (progress.reports, progress.kept) == (0, 4)
    (source / "aa.txt").write_text("Nobody was hurt at Misk, police said.")
    progress, _ = run(tmp_path / "out", source)
    assert (progress.reports, progress.quarantined, progress.kept) == (1, 0, 4)
    assert before.items() <= files(tmp_path / "out").items()


def test_what_changed_is_said_and_only_its_shard_read_again(tmp_path):
    source = write(tmp_path / "reports.jsonl", rows())
    run(tmp_path / "out", source, shard_size=4)
    changed = rows()
    changed[5]["text"] = "The ferry to Undery is on time, harbour master Lene Aust said."
    write(source, changed)
    progress, said = run(tmp_path / "out", source)
    assert (progress.reports, progress.kept) == (4, 2)
    assert "changed since it was read" in said[0]
    run(tmp_path / "other", source, shard_size=4)
    assert files(tmp_path / "out") == files(tmp_path / "other")
    write(source, changed[:3])  # shorter than it was
    progress, said = run(tmp_path / "out", source)
    assert "taken away" in said[-1]
    assert [row["report"] for row in table(tmp_path / "out", "reports")] == [
        "report-0",
        "report-1",
        "report-2",
    ]


def test_a_shard_that_is_gone_or_spoilt_is_found_and_read_again(tmp_path, source):
    run(tmp_path / "out", source, shard_size=5)
    before = files(tmp_path / "out")
    gone, spoilt = sorted((tmp_path / "out" / "claims").glob("*"))[2:4]
    gone.rename(tmp_path / "moved.parquet")
    data = bytearray(spoilt.read_bytes())
    data[len(data) // 2] ^= 1
    spoilt.write_bytes(data)
    progress, said = run(tmp_path / "out", source)
    assert progress.shards == 2
    assert gone.stem in said[0]
    assert spoilt.stem in " ".join(said)
    assert files(tmp_path / "out") == before


def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path, source):
    run(tmp_path / "undisturbed", source, shard_size=2)
    words = ("archive", "read", str(source), "--out", str(tmp_path / "out"), "--shard-size", "2", "--json")
    killed = 0
    for _ in range(3):
        process = program(*words, "--workers", "1", "-q")
        until = time.monotonic() + 60
        done = len(list((tmp_path / "out" / "readings").glob("*")))
        while time.monotonic() < until and process.poll() is None:
            if len(list((tmp_path / "out" / "readings").glob("*"))) > done:
                break
            time.sleep(0.01)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
        process.communicate()
    assert killed
    progress, _ = run(tmp_path / "out", source)
    assert progress.kept >= 1
    assert files(tmp_path / "out") == files(tmp_path / "undisturbed")
    with Manifest(tmp_path / "out") as manifest:
        assert manifest.totals()["reports"] == 14
        assert manifest.totals()["unfinished_inputs"] == 0


def test_another_version_is_said_and_read_again_only_if_asked(tmp_path):
    source = write(tmp_path / "reports.jsonl", rows(3))
    run(tmp_path / "out", source)
    before = files(tmp_path / "out")
    body = json.dumps({"schema": "reportedly/manifest/1", "version": "0.0.1"})
    with sqlite3.connect(tmp_path / "out" / "manifest.sqlite") as db:
        db.execute("insert into readers values ('other', ?, '0.0.1+tagger-0')", (body,))
        db.execute("update shards set reader = 'other'")
    with pytest.raises(ArchiveError, match=r"read by 0\.0\.1.*--again"):
        run(tmp_path / "out", source)
    progress, _ = run(tmp_path / "out", source, again=True)
    assert progress.reports == 3
    assert files(tmp_path / "out") == before


def test_two_processes_write_what_one_writes(tmp_path, source):
    run(tmp_path / "one", source, shard_size=3)
    run(tmp_path / "two", source, shard_size=3, workers=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_ray_writes_what_processes_write(tmp_path, source):
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'reportedly[ray]'")
    run(tmp_path / "local", source, shard_size=5)
    progress, _ = run(tmp_path / "ray", source, shard_size=5, engine="ray")
    assert progress.reports == 14
    assert files(tmp_path / "ray") == files(tmp_path / "local")


def test_a_missing_library_is_named_with_its_extra(monkeypatch):
    with pytest.raises(ArchiveError, match=r"pip install 'reportedly\[archive\]'"):
        need("no_such_library_of_ours.parts", "archive")


def test_sources_that_cannot_be_meant_are_refused_before_anything_is_made(tmp_path):
    for source in (str(tmp_path / "missing"), "https://herald.example/feed", "-"):
        with pytest.raises(IntakeError):
            run(tmp_path / "out", source)
    assert not (tmp_path / "out").exists()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("not an archive")
    with pytest.raises(ArchiveError, match="is no archive"):
        run(tmp_path / "notes", write(tmp_path / "reports.jsonl", rows(1)))


def test_two_programs_do_not_write_one_archive(tmp_path):
    source = write(tmp_path / "reports.jsonl", rows(1))
    with Manifest(tmp_path / "out", create=True), pytest.raises(ArchiveError, match="another program"):
        run(tmp_path / "out", source)


# what happens in one process ---------------------------------------------------------------------


def _build(page):
    if page.body == b"break":
        raise ZeroDivisionError("a library that trips")
    if page.body == b"die":
        os._exit(9)
    return next(from_lines(io.BytesIO(page.body), ""))


def _shard(*bodies: bytes) -> Shard:
    pages = [document(body) for body in bodies]
    items = tuple(settled(Item(f"here#{k}", None, given(page), _build))[0] for k, page in enumerate(pages))
    return Shard(1, 0, "digest", items, 0)


def test_a_document_that_ends_the_process_stops_nothing(tmp_path):
    good = json.dumps(rows(1)[0]).encode()
    finished = engines._alone(_shard(good, b"die", good, b"die"), tmp_path)
    assert (finished.reports, finished.quarantined) == (2, 2)
    assert not list(tmp_path.glob("*.journal"))


def test_a_document_that_was_at_hand_in_two_deaths_is_put_aside(tmp_path):
    (tmp_path / "000001-00000.journal").write_text("try\n0\n1\ntry\n0\n1\ntry\n0\n")
    good = json.dumps(rows(1)[0]).encode()
    finished = worker.read_shard(_shard(good, good, b"break"), tmp_path)
    assert (finished.reports, finished.quarantined) == (1, 2)
    assert not list(tmp_path.glob("*.journal"))
