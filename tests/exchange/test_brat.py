"""brat standoff: marks on any text come back as they were."""

from __future__ import annotations

import hashlib
import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.errors import ExchangeError
from reportedly.exchange import brat, brat_in, marks
from reportedly.records import Attribution, Mention, Source, passage
from reportedly.records.attribution import FACTUALITIES, SOURCE_KINDS, STANCES

BREAKS = "\n\r\t\v\f\x00\x1c\x85\u2028"
TEXTS = st.text(
    st.one_of(st.sampled_from(BREAKS + " \u00a0\u200f\u202e" + "שלום"), st.characters(codec="utf-8")),
    min_size=6,
)


@st.composite
def marked(draw):
    """A text and attributions anywhere in it, some of them torn apart."""
    text = draw(TEXTS)

    def spans(most):
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=2 * most)))
        return tuple(zip(cuts[::2], cuts[1::2], strict=False))

    found = []
    for number in range(draw(st.integers(0, 4))):
        named = draw(st.booleans())
        source = spans(1) if named else ()
        found.append(
            Attribution(
                id=f"a{number}",
                source=Source(text="", spans=source, kind=draw(st.sampled_from(SOURCE_KINDS))),
                cue=passage(text, *spans(1)) if draw(st.booleans()) else None,
                content=passage(text, *spans(3)),
                via=(Mention(text="", spans=spans(1)),) if draw(st.booleans()) else (),
                quotation="mixed",
                stance=draw(st.sampled_from(STANCES)),
                factuality=draw(st.sampled_from(FACTUALITIES)),
                parent=draw(st.sampled_from([None, *(a.id for a in found)])),
                disputes=tuple(draw(st.sets(st.sampled_from([a.id for a in found])))) if found else (),
                confidence=1.0,
                decided_by="test",
            )
        )
    return text, found


@given(marked())
def test_what_is_written_comes_back(given_):
    text, attributions = given_
    ann = brat.standoff(text, attributions)
    back = {s.id: s for s in brat.read(text, ann)}
    written = {a.id: a for a in attributions if brat.fragments(text, a.content.spans)}
    assert back.keys() == written.keys()
    for name, a in written.items():
        one = back[name]
        assert one.content == a.content.spans
        assert list(one.source) == brat.fragments(text, a.source.spans)
        assert list(one.cue) == (brat.fragments(text, a.cue.spans) if a.cue else [])
        assert one.values == {
            "kind": a.source.kind, "stance": a.stance, "factuality": a.factuality, "quotation": "mixed",
        }  # fmt: skip
        assert one.within == (a.parent if a.parent in written else None)
        assert set(one.disputes) == set(a.disputes) & written.keys()


@given(marked())
def test_no_mark_crosses_a_line_and_each_says_what_stands_there(given_):
    text, attributions = given_
    for line in brat.standoff(text, attributions).split("\n")[:-1]:
        assert len(line.splitlines()) == 1
        if line.startswith("T"):
            _, rest, words = line.split("\t")
            places = [tuple(map(int, p.split())) for p in rest.split(" ", 1)[1].split(";")]
            assert words == " ".join(text[s:e] for s, e in places)
            assert all(text[s:e].strip() == text[s:e] != "" for s, e in places)


@given(st.text(), st.text())
def test_any_annotation_file_is_read_or_refused(text, ann):
    with suppress(ExchangeError):
        brat.read(text, ann)


def test_marks_outside_of_the_text_are_refused():
    for row in ("T1\tContent 0 99\tx", "T1\tContent 5 2\tx", "T1\tContent x y\tx"):
        with pytest.raises(ExchangeError, match="line 1"):
            brat.read("short", row + "\n")


def test_an_annotators_own_marks_are_read():
    ann = "T1\tContent 4 8\twill\nT2\tSource 0 3\tTim\nE1\tOther:T1\nR1\tSaidBy Arg1:T1 Arg2:T2\n"
    ann += "A1\tStance T1 deny\nA2\tStance T2 odd\n"
    (one,) = brat.read("Tim will", ann)
    assert (one.id, one.content, one.source, one.values) == ("T1", ((4, 8),), ((0, 3),), {"stance": "deny"})


@pytest.fixture
def folder(desk, tmp_path):
    from reportedly.desk.book import Book
    from reportedly.exchange import write

    with desk.reading() as connection:
        write("brat", Book(connection), tmp_path / "brat", full_text=True)
    return tmp_path / "brat"


def enter(desk, place):
    with desk.writing() as connection:
        return marks.enter(connection, brat_in.read(place), who="ana", why="a test")


def test_reports_go_out_and_come_back_unchanged(desk, folder):
    names = {p.stem for p in folder.glob("*.ann")}
    assert "echo-1" in names
    assert "short" not in names  # its text is not kept
    assert not any("secret" in n for n in names)
    assert len(names) == 3
    done = enter(desk, folder)
    assert done.same > 5
    assert (done.corrected, done.left) == (0, [])


def test_what_an_annotator_changed_becomes_a_correction(desk, folder):
    ann = folder / "echo-1.ann"
    ann.write_text(
        ann.read_text()
        .replace("Stance T1 ", "Stance T1 x")
        .replace("xdeny", "dispute")
        .replace("xassert", "deny")
    )
    done = enter(desk, folder)
    assert done.corrected == 1
    assert enter(desk, folder).corrected == 0
    from reportedly.desk.book import Book

    with desk.reading() as connection:
        stances = {a.decided_by: a.stance for a in Book(connection).report("echo-1").reading.attributions}
    assert stances["a person"] in ("dispute", "deny")


def test_marks_are_found_again_where_the_text_moved(desk, folder):
    text = (folder / "echo-1.txt").read_text()
    shift = len("UPDATED\n")
    ann = (folder / "echo-1.ann").read_text()
    rows = []
    for row in ann.splitlines():
        if row.startswith("T"):
            name, rest, words = row.split("\t")
            kind, places = rest.split(" ", 1)
            moved = [[int(n) + shift for n in p.split()] for p in places.split(";")]
            row = f"{name}\t{kind} {';'.join(f'{s} {e}' for s, e in moved)}\t{words}"
        rows.append(row)
    (folder / "echo-1.txt").write_text("UPDATED\n" + text)
    (folder / "echo-1.ann").write_text("\n".join(rows) + "\n")
    done = enter(desk, folder)
    assert done.moved > 0
    assert done.left == []


def test_an_archive_may_not_lead_out_of_its_folder(tmp_path):
    for name in ("../x.ann", "/etc/x.ann", "a/b.ann", "..\\x.ann"):
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.writestr(name, "")
        with pytest.raises(ExchangeError, match="lead out"):
            list(brat_in.read(tmp_path / "x.zip"))
    (tmp_path / "x.zip").write_bytes(b"PK no")
    with pytest.raises(ExchangeError):
        list(brat_in.read(tmp_path / "x.zip"))


def test_a_link_out_of_a_folder_is_not_followed(folder, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (folder / "echo-1.txt").unlink()
    (folder / "echo-1.txt").symlink_to(secret)
    assert not [m for m in brat_in.read(folder) if m.report == "echo-1"]


def test_the_index_names_the_reports(folder):
    rows = (folder / brat.INDEX).read_text()
    assert '"report":"courier/1"' in rows
    assert hashlib.sha256((folder / "echo-1.txt").read_bytes()).hexdigest() in rows


def test_a_stream_gets_an_archive(exported):
    with zipfile.ZipFile(io.BytesIO(exported("brat", full_text=True, reports=["echo-1"]))) as archive:
        assert set(archive.namelist()) == {"echo-1.txt", "echo-1.ann", "index.jsonl", "annotation.conf"}


def test_a_mark_cannot_make_somebody_of_nobody(desk, folder):
    (ann,) = folder.glob("courier*.ann")
    text = ann.read_text()
    assert " hearsay" in text
    ann.write_text(text.replace(" hearsay", " person"))
    done = enter(desk, folder)
    assert ["nobody is named" in why for _, why in done.left] == [True]
