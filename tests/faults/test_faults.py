"""What breaks around the program is told in one line, with an exit status, and nothing is lost."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from reportedly.desk import Desk, open_desk
from reportedly.desk import ingest as taking
from reportedly.desk.book import Book, weigh_all
from reportedly.desk.ingest import ingest
from reportedly.desk.tables import revisions
from reportedly.desk.verifying import verify
from reportedly.errors import DeskError, ModelError, ReportedlyError
from reportedly.models import store as models
from reportedly.reading.reader import read_report
from reportedly.records import Reading

ROWS = [
    {
        "id": f"r{number}",
        "outlet": outlet,
        "title": title,
        "published": f"2026-05-{4 + number // 8:02}T{8 + number % 12:02}:00:00Z",
        "text": f"{lead} on June {1 + number // 4}, {holder} said on Monday.\n\nThe port employs "
        f"{4000 + number:,} people. {holder} denied that {number + 3} workers were hurt.",
    }
    for number, (outlet, title, lead, holder) in enumerate(
        [
            ("Norden Herald", "Port to close", "The port of Saren will close", "Transport Minister Oda Fenn"),
            ("Harbour Courier", "Saren port closes", "The port of Saren will close", "the Norden Herald"),
            ("Valley Echo", "Frost feared", "Cherries of the Imber Valley will freeze", "Jorun Adel"),
            ("Short Wire", "Fire at depot", "A depot in Tolm burned down", "the Tolm fire brigade"),
        ]
        * 5
    )
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "reports.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def reader() -> Callable[..., Reading]:
    """The real reader, which reads the same report once."""
    known: dict[str, Reading] = {}

    def read(report: object) -> Reading:
        key = report.sha256  # type: ignore[attr-defined]
        if key not in known:
            known[key] = read_report(report)  # type: ignore[arg-type]
        return known[key]

    return read


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch, reader: Callable[..., Reading]) -> None:
    monkeypatch.setattr(taking, "read_report", reader)


@pytest.fixture(scope="module")
def whole(source: Path, tmp_path_factory: pytest.TempPathFactory, reader: Callable[..., Reading]) -> Path:
    """A desk that was made without any fault; not to be changed."""
    path = tmp_path_factory.mktemp("whole") / "desk.db"
    with pytest.MonkeyPatch.context() as patched, open_desk(path) as desk:
        patched.setattr(taking, "read_report", reader)
        assert {o.state for o in ingest(desk, [str(source)])} == {"filed"}
        for _ in weigh_all(desk):
            pass
        with desk.writing() as connection:
            connection.exec_driver_sql("SELECT 1")
    return path


def contents(path: Path) -> object:
    """What a desk says, without when it was told."""
    with open_desk(path) as desk:
        for _ in weigh_all(desk):
            pass
        with desk.reading() as connection:
            assert not list(verify(connection))
            numbers = [(r.report, r.number, r.sha256) for r in connection.execute(select(revisions))]
            return sorted(numbers), Book(connection).ledger().to_json()


def taking_in(path: Path, source: Path) -> None:
    with open_desk(path) as desk:
        list(ingest(desk, [str(source)]))
        for _ in weigh_all(desk):
            pass


def begun(action: Callable[..., object], *arguments: object) -> multiprocessing.process.BaseProcess:
    process = multiprocessing.get_context("fork").Process(target=action, args=arguments)
    process.start()
    return process


def test_killed_twenty_times_it_ends_like_one_left_alone(source: Path, whole: Path, tmp_path: Path) -> None:
    """With SIGKILL, at moments that nobody chose: while it opens, files, groups or weighs."""
    path = tmp_path / "desk.db"
    start = time.monotonic()
    process = begun(taking_in, tmp_path / "timed.db", source)
    process.join()
    assert process.exitcode == 0
    length = time.monotonic() - start
    rng = random.Random(11)
    killed = 0
    for _ in range(20):
        process = begun(taking_in, path, source)
        process.join(rng.uniform(0, length / 3))
        if process.exitcode is None:
            os.kill(process.pid or 0, signal.SIGKILL)
            killed += 1
        process.join()
    assert killed
    taking_in(path, source)
    assert contents(path) == contents(whole)


def test_a_full_disk_in_the_middle_loses_nothing(source: Path, whole: Path, tmp_path: Path) -> None:
    """Files may grow to so many bytes and no more, as on a disk that is full."""
    path = tmp_path / "desk.db"

    def cramped(most: int) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        try:
            taking_in(path, source)
        except DeskError as error:
            os._exit(50 + ("full" in str(error) or "disk" in str(error)))
        os._exit(0)

    ended = []
    for most in (100_000, 500_000, 900_000):
        process = begun(cramped, most)
        process.join()
        ended.append(process.exitcode)
    assert 51 in ended
    assert set(ended) <= {0, 51}
    taking_in(path, source)
    assert contents(path) == contents(whole)


def command(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program as it is run by hand."""
    return subprocess.run(
        [sys.executable, "-m", "reportedly", *map(str, words)],
        capture_output=True, text=True, timeout=300, check=False, env=os.environ | environment,
    )  # fmt: skip


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a command ended with."""
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("reportedly: ")
    return lines[0]


def test_output_to_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("The port will close, the mayor said. " * 20)
    out = tmp_path / "out.json"
    out.write_text("what was there")
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); sys.dont_write_bytecode = True; "
        "from reportedly.faces.cli import main; main()"
    )
    words = ["read", str(report), "--format", "json", "-o", str(out)]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "cannot write" in said(done)
    assert out.read_text() == "what was there"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.json", "report.txt"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_a_standard_output_that_takes_nothing_is_told(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("The port will close, the mayor said.")
    with open("/dev/full", "w") as full:
        for words in (["read", str(report), "--format", "json"], ["demo"]):
            done = subprocess.run(
                [sys.executable, "-m", "reportedly", *words], stdout=full, stderr=subprocess.PIPE, text=True,
                check=False,
            )  # fmt: skip
            assert done.returncode == 1
            assert "No space left" in said(done)


def copied(whole: Path, folder: Path) -> Path:
    path = folder / "desk.db"
    for one in whole.parent.glob("desk.db*"):
        shutil.copy(one, folder / one.name)
    return path


def looked_through(path: Path) -> str:
    """Ask a desk for all that it has; return the error of ours that came of it, or that nothing did."""
    try:
        with open_desk(path, create=False) as desk, desk.reading() as connection:
            list(verify(connection))
            Book(connection).ledger()
    except ReportedlyError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("share", [0.0001, 0.01, 0.3, 0.6, 0.99])
def test_a_truncated_desk_is_an_error_of_ours(whole: Path, tmp_path: Path, share: float) -> None:
    path = copied(whole, tmp_path)
    data = path.read_bytes()
    for one in tmp_path.glob("desk.db-*"):
        one.unlink()
    path.write_bytes(data[: int(len(data) * share)])
    why = looked_through(path)
    assert why
    assert "\n" not in why


def test_bytes_turned_in_a_desk_are_an_error_of_ours(whole: Path, tmp_path: Path) -> None:
    rng = random.Random(3)
    data = copied(whole, tmp_path).read_bytes()
    for one in tmp_path.glob("desk.db*"):
        one.unlink()
    for number in range(12):
        turned = bytearray(data)
        for at in rng.sample(range(len(data)), rng.randrange(1, 40)):
            turned[at] ^= 0xFF
        path = tmp_path / f"desk{number}.db"
        path.write_bytes(turned)
        assert "\n" not in looked_through(path)


def test_a_locked_desk_is_told_and_left_alone(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: Path
) -> None:
    path = copied(whole, tmp_path)
    monkeypatch.setattr("reportedly.desk.store._PATIENCE", 0.1)
    with open_desk(path) as desk, desk.writing(), open_desk(path) as other:
        with pytest.raises(DeskError, match="another program"), other.writing():
            pass
        with other.reading() as connection:  # who only reads goes on
            assert Book(connection).stories()
    assert contents(path) == contents(whole)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(whole: Path, tmp_path: Path, source: Path) -> None:
    (tmp_path / "in").mkdir()
    path = copied(whole, tmp_path / "in")
    path.chmod(0o444)
    (tmp_path / "in").chmod(0o555)
    try:
        done = command("ingest", source, "--desk", path)
        assert done.returncode == 11
        assert said(done)
        done = command("ingest", source, "--desk", tmp_path / "in" / "new.db")
        assert done.returncode == 11
        assert said(done)
    finally:
        (tmp_path / "in").chmod(0o755)


def test_a_place_where_nothing_can_be_made_is_told(source: Path, tmp_path: Path) -> None:
    for place in ("/proc/desk.db", tmp_path, tmp_path / "none" / "desk.db"):
        with pytest.raises(DeskError) as caught, open_desk(place):
            pass
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("year", [1970, 2001, 2099])
def test_a_clock_that_jumps_changes_no_answer(
    year: int, source: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reports say of time counts, and the order in which they came; not what the clock says."""

    def jumping(*_: object) -> str:
        moments.append(datetime(year, 1, 28 - len(moments) % 27, tzinfo=UTC))
        return moments[-1].strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    moments: list[datetime] = []
    for name in ("store", "ingest", "filing", "shelf"):
        module = sys.modules.get(f"reportedly.desk.{name}")
        if module is not None and hasattr(module, "now"):
            monkeypatch.setattr(module, "now", jumping)
    path = tmp_path / "desk.db"
    taking_in(path, source)
    assert moments
    assert contents(path) == contents(whole)


# weights --------------------------------------------------------------------------------------------


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a model's folder that is used in the place of the real one."""
    shutil.copytree(models.folder("tagger"), tmp_path / "tagger")
    monkeypatch.setenv("REPORTEDLY_MODELS", str(tmp_path))
    models.about.cache_clear()
    yield tmp_path / "tagger"  # type: ignore[misc]
    models.about.cache_clear()


def test_a_model_with_a_changed_byte_is_refused(weights: Path) -> None:
    for name in models.about("tagger")["files"]:
        data = bytearray((weights / name).read_bytes())
        data[len(data) // 2] ^= 1
        (weights / name).write_bytes(data)
        models.about.cache_clear()
        with pytest.raises(ModelError, match="damaged"):
            models.about("tagger")
        data[len(data) // 2] ^= 1
        (weights / name).write_bytes(data)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"files": 1}', '{"files": {"x": 1}}', "\xff", "null"])
def test_what_is_recorded_of_a_model_may_be_damaged_too(weights: Path, text: str) -> None:
    (weights / "about.json").write_bytes(text.encode("latin-1"))
    models.about.cache_clear()
    with pytest.raises(ModelError):
        models.about("tagger")
    (weights / "about.json").unlink()
    with pytest.raises(ModelError):
        models.about("tagger")


def test_a_damaged_model_ends_a_command_with_its_status(weights: Path, tmp_path: Path, source: Path) -> None:
    name = next(iter(models.about("tagger")["files"]))
    (weights / name).write_bytes(b"x")
    done = command("ingest", source, "--desk", tmp_path / "desk.db", REPORTEDLY_MODELS=str(weights.parent))
    assert done.returncode == 9
    assert "damaged" in said(done)
    done = command("ingest", source, "--desk", tmp_path / "desk.db", REPORTEDLY_MODELS="")
    assert done.returncode == 0


def test_a_desk_is_closed_after_any_error(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    with pytest.raises(ZeroDivisionError), Desk.writing(open_desk(path)):
        raise ZeroDivisionError
    with open_desk(path) as desk, desk.writing():
        pass
