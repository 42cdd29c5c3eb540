"""The manifest of an archive: what was to be read, what has been, from which bytes and by which program.

It is one SQLite file beside the tables. A shard is done when its files stand
under their names and its row is written, in this order; a file that no row
knows is left over from a run that was stopped and is swept away by the next
one. So the process may be killed at any moment. Only one program writes at a time.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files as resources
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from ..desk import manifests
from .inputs import File
from .needs import ArchiveError
from .reading import Finished
from .shards import name_of
from .tables import OF_A_SHARD

SCHEMA = "reportedly/archive/1"
FILE = "manifest.sqlite"
WORK = ".work"
_CHUNK = 1 << 20
_TABLES = """
create table about (key text primary key, value text not null);
create table readers (digest text primary key, body text not null, version text not null);
create table inputs (id integer primary key, shards integer);
create table files (
    name text primary key, input integer not null, place integer not null, sort text, size integer not null,
    mark text not null, refused text, read_mark text, run integer not null
);
create index files_of_input on files (input, place);
create table shards (
    input integer not null, ordinal integer not null, state text not null, digest text not null,
    reader text not null, reports integer not null, quarantined integer not null, claims integer not null,
    words integer not null, seconds real not null, stored integer not null, files text not null,
    at text not null, primary key (input, ordinal)
);
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """The program that reads: ``digest`` is over its code, tables and weights; ``body`` says which."""

    digest: str
    body: str
    version: str


@dataclass(frozen=True, slots=True)
class Done:
    """A shard that stands in the archive; ``at`` is when it was taken in, ISO 8601."""

    input: int
    ordinal: int
    reader: str
    reports: int
    quarantined: int
    at: str

    @property
    def name(self) -> str:
        return name_of(self.input, self.ordinal)


def this_reader() -> Reader:
    """Return the reader that this program is.

    Raises:
        ModelError: the weights are missing or damaged.
    """
    from ..desk.shelf import reader_version

    mine = manifests.current()
    body = msgspec.json.decode(mine.body)
    body["code"]["intake"] = _intake()
    text = msgspec.json.encode(body, order="sorted").decode()
    return Reader(hashlib.sha256(text.encode()).hexdigest(), text, reader_version())


def _intake() -> str:
    whole = hashlib.sha256()
    for entry in sorted(resources("reportedly.intake").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".py"):
            whole.update(entry.name.encode() + b"\0" + hashlib.sha256(entry.read_bytes()).digest())
    return whole.hexdigest()


def path_of(folder: Path, table: str, name: str) -> Path:
    """Return where the file of a shard stands in a table."""
    return folder / table / f"{name}.parquet"


class Manifest:
    """An open manifest. Use it as a context manager.

    Args:
        folder: the archive.
        create: make one where there is none.

    Raises:
        ArchiveError: there is no archive, it is no archive of this kind, or another program works in it.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        path = folder / FILE
        if not path.exists():
            if not create:
                raise ArchiveError(
                    f"there is no archive in {str(folder)!r}; make one: reportedly archive read"
                )
            if folder.exists() and (not folder.is_dir() or any(p.name != WORK for p in folder.iterdir())):
                raise ArchiveError(f"{str(folder)!r} is there already and is no archive: name another folder")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=5, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise ArchiveError(f"the archive {str(folder)!r} cannot be opened: {error}") from None
        with self._told():
            try:
                self._db.execute("pragma locking_mode=exclusive")
                self._db.execute("pragma synchronous=full")
                self._db.execute("begin exclusive")
                if not self._db.execute("select 1 from sqlite_master where name = 'about'").fetchone():
                    for statement in _TABLES.split(";"):
                        self._db.execute(statement)
                    self._db.execute("insert into about values ('schema', ?)", (SCHEMA,))
                self._db.execute("commit")  # the lock is held until this is closed
            except sqlite3.Error:
                self._db.close()
                raise
        found = self.about("schema")
        if found != SCHEMA:
            self.close()
            raise ArchiveError(f"this archive is of the kind {found!r}; this program knows {SCHEMA!r}")

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Manifest:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if "locked" in str(error):
                raise ArchiveError(f"another program works in the archive {str(self.folder)!r}") from None
            raise ArchiveError(f"the manifest of {str(self.folder)!r} is damaged: {error}") from None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._told():
            self._db.execute("begin")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._told():
            return self._db.execute(query, values).fetchall()

    # what it is --------------------------------------------------------------------------------

    def about(self, key: str) -> str | None:
        rows = self._rows("select value from about where key = ?", key)
        return str(rows[0][0]) if rows else None

    def put_about(self, key: str, value: str) -> None:
        with self._writing():
            self._db.execute("insert or replace into about values (?, ?)", (key, value))

    def put_reader(self, reader: Reader) -> None:
        with self._writing():
            self._db.execute(
                "insert or ignore into readers values (?, ?, ?)", (reader.digest, reader.body, reader.version)
            )

    def readers(self) -> list[tuple[Reader, int]]:
        """Return the readers whose shards stand in the archive, and how many each has."""
        query = """select r.digest, r.body, r.version, count(*) from shards s join readers r
            on r.digest = s.reader where s.state = 'done' group by r.digest order by 4 desc, 1"""
        return [(Reader(d, b, v), int(n)) for d, b, v, n in self._rows(query)]

    # what is to be read ------------------------------------------------------------------------

    def begin_run(self) -> int:
        """Return the number of a new run."""
        run = int(self.about("run") or 0) + 1
        self.put_about("run", str(run))
        return run

    def put_files(self, found: Iterable[File], run: int, shard_size: int) -> None:
        """Write down what a run found. A document that is known stays in the row it is in."""
        row: list[File] = []

        def flush() -> None:
            if row:
                self._new_input(row, run)
                row.clear()

        with self._writing():
            for file in found:
                values = (file.sort, file.size, file.mark, file.refused, run, file.name)
                change = "update files set sort = ?, size = ?, mark = ?, refused = ?, run = ? where name = ?"
                if self._db.execute(change, values).rowcount or any(f.name == file.name for f in row):
                    continue
                if file.sort not in ("text", "html"):
                    self._new_input([file], run)
                else:
                    row.append(file)
                    if len(row) == shard_size:
                        flush()
            flush()

    def _new_input(self, files: list[File], run: int) -> None:
        number = self._db.execute("insert into inputs (shards) values (null)").lastrowid
        self._db.executemany(
            "insert into files values (?, ?, ?, ?, ?, ?, ?, null, ?)",
            [(f.name, number, k, f.sort, f.size, f.mark, f.refused, run) for k, f in enumerate(files)],
        )

    def inputs(self, run: int) -> list[int]:
        """Return the numbers of the inputs that a run found, in order."""
        return [
            int(n) for (n,) in self._rows("select distinct input from files where run = ? order by 1", run)
        ]

    def stored(self, run: int) -> int:
        """Return the bytes of all files that a run found."""
        return int(self._rows("select coalesce(sum(size), 0) from files where run = ?", run)[0][0])

    def files_of(self, number: int, run: int) -> tuple[list[File], list[str], int | None]:
        """Return the files of an input as a run found them, the names of those that changed since it was
        last cut, and into how many shards it was if it need not be cut again."""
        rows = self._rows(
            "select name, sort, size, mark, refused, read_mark from files "
            "where input = ? and run = ? order by place",
            number,
            run,
        )
        ((shards,),) = self._rows("select shards from inputs where id = ?", number)
        changed = [name for name, _, _, mark, _, read in rows if read is not None and read != mark]
        same = all(read == mark for _, _, _, mark, _, read in rows)
        files = [File(n, s, size, mark, refused) for n, s, size, mark, refused, _ in rows]
        return files, changed, int(shards) if shards is not None and same else None

    def ended(self, number: int, shards: int, *, whole: bool, run: int) -> list[str]:
        """Write down that an input has so many shards; return the names of those that it has no more."""
        gone = [
            name_of(number, int(o))
            for (o,) in self._rows(
                "select ordinal from shards where input = ? and ordinal >= ?", number, shards
            )
        ]
        with self._writing():
            self._db.execute("delete from shards where input = ? and ordinal >= ?", (number, shards))
            self._db.execute("update inputs set shards = ? where id = ?", (shards if whole else None, number))
            self._db.execute("update files set read_mark = mark where input = ? and run = ?", (number, run))
        self._take_away(gone)
        return gone

    # shards ------------------------------------------------------------------------------------

    def take(self, finished: Finished, reader: Reader, at: str) -> None:
        """Take the files of a shard in, and write down that it is done.

        Raises:
            ArchiveError: they cannot be moved or written.
        """
        name = name_of(finished.input, finished.ordinal)
        try:
            for file in finished.files:
                target = path_of(self.folder, file.table, name)
                target.parent.mkdir(exist_ok=True)
                os.replace(self.folder / WORK / file.path, target)
            _sync({path_of(self.folder, f.table, name).parent for f in finished.files})
        except OSError as error:
            raise ArchiveError(f"shard {name} cannot be written: {error}") from None
        files = msgspec.json.encode([(f.table, f.size, f.sha256) for f in finished.files]).decode()
        with self._writing():
            self._db.execute(
                "insert or replace into shards values (?, ?, 'done', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    finished.input, finished.ordinal, finished.digest, reader.digest, finished.reports,
                    finished.quarantined, finished.claims, finished.words, finished.seconds, finished.stored,
                    files, at,
                ),
            )  # fmt: skip

    def sound(
        self, number: int, reader: Reader, *, quick: bool
    ) -> tuple[dict[int, str], list[str], list[str]]:
        """Look at the shards of an input.

        Returns:
            The digests of those that are as they were written, by ordinal; the names of those whose files
            are gone or changed, which are marked as damaged; and of those that another reader made.
        """
        good: dict[int, str] = {}
        damaged, others = [], []
        query = "select ordinal, digest, reader, files, state from shards where input = ? order by ordinal"
        for ordinal, digest, made_by, files, state in self._rows(query, number):
            name = name_of(number, ordinal)
            if made_by != reader.digest:
                others.append(name)
            elif state != "done" or not self._is_whole(name, files, quick):
                damaged.append(name)
                with self._writing():
                    self._db.execute(
                        "update shards set state = 'damaged' where input = ? and ordinal = ?",
                        (number, ordinal),
                    )
            else:
                good[int(ordinal)] = str(digest)
        return good, damaged, others

    def _is_whole(self, name: str, files: str, quick: bool) -> bool:
        for table, size, sha256 in msgspec.json.decode(files, type=list[tuple[str, int, str]]):
            path = path_of(self.folder, table, name)
            try:
                if path.stat().st_size != size or (not quick and _hash(path) != sha256):
                    return False
            except OSError:
                return False
        return True

    def shards(self) -> list[Done]:
        """Return the shards that are done, in the order of what they were read from."""
        query = """select input, ordinal, reader, reports, quarantined, at from shards where state = 'done'
            order by input, ordinal"""
        return [Done(*row) for row in self._rows(query)]

    def totals(self) -> dict[str, int]:
        """Count what stands in the archive."""
        query = """select count(*), coalesce(sum(reports), 0), coalesce(sum(quarantined), 0),
            coalesce(sum(claims), 0), coalesce(sum(words), 0) from shards where state = 'done'"""
        names = ("shards", "reports", "quarantined", "claims", "words")
        found = dict(zip(names, map(int, self._rows(query)[0]), strict=True))
        found["damaged_shards"] = int(self._rows("select count(*) from shards where state != 'done'")[0][0])
        found["files"] = int(self._rows("select count(*) from files")[0][0])
        unread = """select count(*) from inputs i where shards is null or shards >
            (select count(*) from shards s where s.input = i.id and s.state = 'done')"""
        found["unfinished_inputs"] = int(self._rows(unread)[0][0])
        return found

    # what was left over ------------------------------------------------------------------------

    def sweep(self) -> int:
        """Take away what runs that were stopped left behind; return how many files that were."""
        work = self.folder / WORK
        work.mkdir(exist_ok=True)
        count = 0
        for path in sorted(work.rglob("*"), reverse=True):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)
                count += 1
        for table in OF_A_SHARD:
            folder = self.folder / table
            for path in folder.iterdir() if folder.is_dir() else ():
                if path.suffix == ".parquet" and not self._is_known(path.stem):
                    path.unlink(missing_ok=True)
                    count += 1
        return count

    def _is_known(self, name: str) -> bool:
        number, _, ordinal = name.partition("-")
        if not (number.isdecimal() and ordinal.isdecimal()):
            return True  # it is not ours, so it is left alone
        query = "select 1 from shards where input = ? and ordinal = ?"
        return bool(self._rows(query, int(number), int(ordinal)))

    def _take_away(self, names: Iterable[str]) -> None:
        for name in names:
            for table in OF_A_SHARD:
                path_of(self.folder, table, name).unlink(missing_ok=True)


def _hash(path: Path) -> str:
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            whole.update(piece)
    return whole.hexdigest()


def _sync(folders: Iterable[Path]) -> None:
    """Bring new names in folders down to the disk, where the system can."""
    for folder in folders:
        try:
            handle = os.open(folder, os.O_RDONLY)
        except OSError:
            return
        try:
            os.fsync(handle)
        except OSError:
            pass
        finally:
            os.close(handle)
