"""A PostgreSQL of the tests' own: a cluster in a temporary folder, reached through a socket in it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest


def program(name: str) -> str | None:
    """Find one of the server's programs, also where Debian puts them."""
    found = shutil.which(name)
    there = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return found or (str(there[-1]) if there else None)


_LOCALE = ("--locale=C", "--locale-provider=icu", "--icu-locale=en")  # in which "a" comes before "B"


class Cluster:
    """A running server. Its one user needs no password, and only this machine can reach it."""

    def __init__(self) -> None:
        initdb, self._ctl = program("initdb"), program("pg_ctl")
        if initdb is None or self._ctl is None:
            pytest.skip("PostgreSQL's programs (initdb, pg_ctl) are not installed")
        pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'reportedly[postgres]'")
        self._user = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="desk-", dir=_room()))
        self._data = self.folder / "data"
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        self._run(initdb, "-D", str(self._data), "-A", "trust", "-U", "desk", "-E", "UTF8", *_LOCALE, "-N")
        self._options = (
            f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off "
            "-c deadlock_timeout=100ms -c shared_buffers=16MB"
        )
        self.start()
        self._made = 0

    def start(self) -> None:
        """Start the server, also after :meth:`halt`."""
        assert self._ctl is not None
        log = str(self.folder / "log")
        self._run(self._ctl, "-D", str(self._data), "-w", "-l", log, "-o", self._options, "start")

    def halt(self) -> None:
        """Stop the server at once, as if it had been killed; what it holds stays."""
        assert self._ctl is not None
        self._run(self._ctl, "-D", str(self._data), "-m", "immediate", "-w", "stop")

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command,
            user=self._user,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            pytest.skip(f"PostgreSQL does not start here: {(done.stderr or done.stdout).strip()[:300]}")

    def address(self, database: str) -> str:
        return f"postgresql://desk@/{database}?host={self.folder}"

    def database(self, template: str | None = None, *, encoding: str = "UTF8") -> str:
        """Make a database, empty or like another one to which nobody is connected; return its address."""
        import psycopg

        self._made += 1
        name = f"desk{self._made}"
        like = template.partition("@/")[2].partition("?")[0] if template else "template0"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like} ENCODING '{encoding}'")
        return self.address(name)

    def stop(self) -> None:
        assert self._ctl is not None
        subprocess.run(
            [self._ctl, "-D", str(self._data), "-m", "immediate", "-w", "stop"],
            user=self._user, cwd=self.folder, capture_output=True, check=False,
        )  # fmt: skip
        shutil.rmtree(self.folder, ignore_errors=True)


def _room() -> str:
    """Return a folder for the cluster, in memory if there is room; with a short path, as a socket needs."""
    shared = Path("/dev/shm")
    if shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 2_000_000_000:
        return str(shared)
    return "/tmp"


def _unprivileged() -> str | None:
    """Return the user to run the server as where this is root, who may not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    pytest.skip("PostgreSQL does not run as root, and there is no other user")
