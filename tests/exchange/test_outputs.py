"""Files appear whole or not at all, under names that lead nowhere else."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.errors import ExchangeError
from reportedly.exchange.outputs import opened, safe_name


def fill(target, *, many=False, force=False, names=("a.txt",), data=b"new"):
    with opened(target, many=many, force=force) as output:
        for name in names:
            with output.open(name) as out:
                out.write(data)


def fail(target, *, many=False, force=False):
    """Write half of it."""
    with opened(target, many=many, force=force) as output, output.open("a.csv") as out:
        out.write(b"half")
        raise ZeroDivisionError


def test_a_file_is_replaced_only_on_request_and_kept_when_writing_fails(tmp_path):
    file = tmp_path / "out.json"
    fill(file)
    with pytest.raises(ExchangeError, match="--force"):
        fill(file)
    with pytest.raises(ZeroDivisionError):
        fail(file, force=True)
    assert file.read_bytes() == b"new"
    fill(file, force=True, data=b"newer")
    assert file.read_bytes() == b"newer"
    assert os.listdir(tmp_path) == ["out.json"]


def test_a_folder_gets_all_files_or_none(tmp_path):
    folder = tmp_path / "tables"
    with pytest.raises(ZeroDivisionError):
        fail(folder, many=True)
    assert not folder.exists()
    folder.mkdir()
    (folder / "mine.txt").write_text("kept")
    fill(folder, many=True, names=("a.csv", "b.csv"))
    with pytest.raises(ExchangeError, match="there already"):
        fill(folder, many=True, names=("c.csv", "b.csv"))
    assert sorted(os.listdir(folder)) == ["a.csv", "b.csv", "mine.txt"]


def test_what_is_no_place_for_it_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    for target, many in ((tmp_path, False), (tmp_path / "no" / "out", False), (tmp_path / "file", True)):
        with pytest.raises(ExchangeError):
            fill(target, many=many)
    for name in ("../x", "a/b", "", ".hidden", "c:\\x", "x" * 200):
        with pytest.raises(ExchangeError, match="no name"):
            fill(tmp_path / "folder", many=True, names=(name,))


def test_a_stream_gets_several_files_as_an_archive_that_is_always_the_same(tmp_path):
    one, other = io.BytesIO(), io.BytesIO()
    fill(one, many=True, names=("a.csv", "b.csv"))
    fill(other, many=True, names=("a.csv", "b.csv"))
    assert one.getvalue() == other.getvalue()
    fill(tmp_path / "x.zip", many=True, names=("a.csv",))
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.namelist() == ["a.csv"]


@given(st.text(max_size=200))
def test_any_text_makes_a_name_that_stays_in_its_folder(text):
    name = safe_name(text)
    assert name
    assert Path(name).name == name
    assert not name.startswith(".")
    assert len(name) < 120
    assert name.isascii()


@given(st.lists(st.text(max_size=100), unique=True, max_size=20))
def test_different_texts_get_different_names(texts):
    assert len({safe_name(t) for t in texts}) == len(texts)


def test_names_that_systems_keep_for_themselves_are_changed():
    for text in ("CON", "nul.txt", "..", ".", "com1", "a.", "depot/1"):
        assert safe_name(text) != text
    assert safe_name("depot-1_b.v2") == "depot-1_b.v2"
