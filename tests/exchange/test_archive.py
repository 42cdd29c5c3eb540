"""A desk goes out as lines and comes in again without loss; what is bad in them is refused by its line."""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import suppress
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from reportedly.desk import decisions, open_desk
from reportedly.desk.book import Book
from reportedly.desk.tables import decisions as decided
from reportedly.desk.tables import revisions
from reportedly.errors import ExchangeError
from reportedly.exchange import archive_lines, write
from reportedly.exchange.restoring import restore
from reportedly.records import Attribution, Reading, Report, Source, passage


def dump(path, **options):
    stream = io.BytesIO()
    with open_desk(path) as desk, desk.reading() as connection:
        book = Book(connection, as_of=options.pop("as_of", None))
        write("jsonl", book, stream, full_text=True, **options)
    return stream.getvalue()


def bring(path, data):
    with open_desk(path) as desk:
        return restore(desk, io.BytesIO(data))


@pytest.fixture
def data(made):
    return dump(made)


def rows(data):
    return [json.loads(line) for line in data.splitlines()]


def lines(found):
    found[-1]["lines"] = len(found)
    return b"".join(json.dumps(row).encode() + b"\n" for row in found)


def test_out_and_in_and_out_gives_the_same_bytes_and_the_same_ledger(made, data, tmp_path):
    done = bring(tmp_path / "new.db", data)
    assert done.refused == 0
    assert done.new["reports"] == 5
    assert done.new["decisions"] == 4
    assert dump(tmp_path / "new.db") == data
    ledgers = []
    for path in (made, tmp_path / "new.db"):
        with open_desk(path) as desk, desk.reading() as connection:
            ledgers.append(Book(connection).ledger())
    assert ledgers[0] == ledgers[1]
    assert ledgers[0].claims


def test_bringing_it_in_again_changes_nothing(data, tmp_path):
    bring(tmp_path / "new.db", data)
    again = bring(tmp_path / "new.db", data)
    assert (again.new, again.refused) == ({}, 0)
    assert dump(tmp_path / "new.db") == data


def test_what_is_hidden_never_leaves(data):
    assert b"Ute Quill" not in data
    assert b"embargo" in data  # the decision to hide it does
    assert {r["report"] for r in rows(data) if r["kind"] == "report"} == {
        "herald-1",
        "courier/1",
        "echo-1",
        "short",
    }


def test_an_excerpt_stays_one(data):
    (short,) = [r for r in rows(data) if r["kind"] == "report" and r["report"] == "short"]
    assert short["retention"] == "excerpt"
    assert len(short["text"]) == 500
    assert short["profile"]["id"] == "short"


def test_a_story_goes_alone_and_as_of_a_moment(made, tmp_path):
    with open_desk(made) as desk, desk.reading() as connection:
        story = Book(connection).story_of("echo-1")
    found = rows(dump(made, stories=[story], as_of="2026-05-04T12:00:00.000000Z"))
    assert {(r["report"], r["number"]) for r in found if r["kind"] == "report"} <= {
        ("herald-1", 1),
        ("courier/1", 1),
    }
    assert [r["id"] for r in found if r["kind"] == "story"] == [story]
    assert not [r for r in found if r["kind"] == "decision"]
    assert bring(tmp_path / "new.db", lines(found)).refused == 0


def test_a_desk_that_holds_something_keeps_it(desk, data, tmp_path):
    other = tmp_path / "other.db"
    bring(other, data)
    found = rows(data)
    (echo,) = [r for r in found if r.get("report") == "echo-1" and r["kind"] == "report"]
    echo["title"] = "Something else"
    new = json.loads(json.dumps(echo).replace("echo-1", "echo-2"))
    item = next(k for k, r in enumerate(found) if r["kind"] == "story")
    found.insert(item, new)
    story = next(r for r in found if r["kind"] == "story")
    story["members"].append({"report": "echo-2", "score": "", "why": "a test"})
    done = bring(other, lines(found))
    assert [p.why for p in done.problems] == [
        "revision 1 of 'echo-1' is another one in this desk; that one stays"
    ]
    assert done.new["reports"] == 1
    with open_desk(other) as opened, opened.reading() as connection:
        titles = dict(connection.execute(select(revisions.c.report, revisions.c.title)).all())
        assert titles["echo-1"] == "Minister denies port closure"
        assert Book(connection).story_of("echo-2")


def damaged(data):
    """Yield (name, bytes, part of the reason) of archives with one bad line each."""

    def change(kind, action, reason, name):
        found = rows(data)
        row = next(r for r in found if r["kind"] == kind)
        action(row)
        return name, lines(found), reason

    def text(row):
        row["text"] += "!"

    def shifted(row):
        row["readings"][0]["reading"]["attributions"][0]["content"]["spans"][0][1] += 1

    def beyond(row):
        row["readings"][0]["reading"]["entities"][0]["mentions"][0]["spans"] = [[0, 10**15]]

    def dangling(row):
        row["readings"][0]["reading"]["attributions"][0]["about"] = ["nobody"]

    yield change("report", text, "sha256", "another text")
    yield change("report", shifted, "stands in the text", "a span that moved")
    yield change("report", beyond, "outside", "a span beyond the end")
    yield change("report", dangling, "none of the reading's entities", "an id that leads nowhere")
    yield change("report", lambda r: r.update(number=7), "missing before", "a gap")
    yield change("report", lambda r: r.update(readings=[]), "length", "no reading")
    yield change("report", lambda r: r.update(seen="yesterday"), "match", "no moment")
    yield change("report", lambda r: r.update(seen="2026-13-41T99:00:00.000000Z"), "no moment", "no such day")
    yield change("report", lambda r: r.update(report="x" * 3000), "2000", "a long id")
    yield change("report", lambda r: r.update(shell="rm"), "unknown field", "a strange field")
    yield change(
        "decision", lambda r: r.update(body={"report": 1}), "Expected", "a decision of another shape"
    )
    yield change("decision", lambda r: r.update(what="erase"), "Invalid enum", "a strange decision")
    yield change(
        "story",
        lambda r: [m.update(report="nobody") for m in r["members"]],
        "no report",
        "a story of strangers",
    )


def test_bad_lines_are_refused_by_number_and_the_rest_is_taken_in(data, tmp_path):
    for number, (name, bad, reason) in enumerate(damaged(data)):
        done = bring(tmp_path / f"{number}.db", bad)
        assert done.refused >= 1, name
        assert reason in done.problems[0].why, (name, done.problems[0])
        assert done.new["reports"] >= 2, name
        assert 1 < done.problems[0].line <= len(rows(data)), name


def test_what_is_no_archive_is_refused_as_a_whole(data, tmp_path):
    for bad in (
        b"",
        b"\n",
        b"hello\n",
        b"{}\n",
        b"\xff\xfe\x00",
        data.replace(b"desk/1", b"desk/9", 1),
        data[400:],
    ):
        with pytest.raises(ExchangeError):
            bring(tmp_path / "new.db", bad)
    with open_desk(tmp_path / "new.db") as desk, desk.reading() as connection:
        assert not Book(connection).stories()


def test_an_archive_that_was_cut_off_says_so(data, tmp_path):
    done = bring(tmp_path / "new.db", data[: len(data) // 2])
    assert "cut off" in done.problems[-1].why
    whole = bring(tmp_path / "new.db", data)
    assert whole.refused == 0
    assert whole.new


def test_huge_and_deep_lines_do_no_harm(data, tmp_path, monkeypatch):
    head = data.splitlines(keepends=True)[0]
    deep = b'{"kind":"item","capture":' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"}\n"
    monkeypatch.setenv("REPORTEDLY_MAX_BYTES", "50000")
    from reportedly.settings import settings

    settings.cache_clear()
    try:
        huge = b'{"kind":"report","text":"' + b"x" * 3_000_000 + b'"}\n'
        done = bring(tmp_path / "new.db", head + huge + deep + b'{"kind":"end","lines":4}\n')
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert [p.line for p in done.problems] == [2, 3]
    assert "longer than" in done.problems[0].why


def test_no_name_in_an_archive_becomes_a_path(data, tmp_path):
    found = json.loads(json.dumps(rows(data)).replace("courier/1", "../../../etc/passwd"))
    before = set(tmp_path.iterdir())
    bring(tmp_path / "new.db", lines(found))
    assert {p.name.split(".db")[0] for p in set(tmp_path.iterdir()) - before} == {"new"}
    for format in ("brat", "csv"):
        with open_desk(tmp_path / "new.db") as desk, desk.reading() as connection:
            write(format, Book(connection), tmp_path / format, full_text=True)
        assert all(p.parent == tmp_path / format for p in (tmp_path / format).rglob("*"))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_line_or_refused(data):
    with suppress(ExchangeError):
        archive_lines.parse(data)


@given(st.text(), st.data())
def test_any_text_goes_through_a_line(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6)))
    spans = tuple(zip(cuts[::2], cuts[1::2], strict=False))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    attribution = Attribution(
        id="a",
        source=Source(text="", spans=(), kind="hearsay"),
        cue=None,
        content=passage(text, *spans),
        quotation="direct",
        stance="assert",
        factuality="Uu",
        confidence=0.5,
        decided_by="test",
    )
    reading = Reading(report=Report(id="r", text="", sha256=sha256), attributions=(attribution,))
    moment = "2026-05-04T00:00:00.000000Z"
    line = archive_lines.Revision(
        report="r",
        number=1,
        url=None,
        outlet=text,
        title=None,
        published=None,
        updated=None,
        seen=moment,
        language=None,
        sha256=sha256,
        raw_sha256=None,
        retention="full",
        text=text,
        about=archive_lines.About(authors=(text,), credits=(), warnings=()),
        readings=(archive_lines.Read(model="m", made=moment, manifest=None, reading=reading),),
    )
    written = msgspec.json.encode(line)
    assert b"\n" not in written
    assert archive_lines.parse(written) == line


def test_every_kind_of_decision_has_its_form():
    what = msgspec.inspect.type_info(archive_lines.Decision)
    kinds = {v for f in what.fields if f.name == "what" for v in f.type.values}
    assert kinds == set(decisions.KINDS)
    assert set(get_args(decisions.Kind)) == set(archive_lines.BODIES)


def test_the_chains_of_custody_go_on(data, tmp_path):
    bring(tmp_path / "new.db", data)
    with open_desk(tmp_path / "new.db") as desk, desk.reading() as connection:
        from reportedly.desk import custody

        assert custody.end(connection, "custody").count == 10  # five revisions, each with a reading
        assert custody.end(connection, "decisions").count == 4
        digests = list(connection.execute(select(decided.c.digest)).scalars())
    assert len(set(digests)) == 4
    assert None not in digests
