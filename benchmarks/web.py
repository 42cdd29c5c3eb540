"""How long the pages of a desk take: the first page, at a moment too, and the report reader.

    python -m benchmarks.web --data DESK     # a desk's file, or a folder with a desk.db in it

A server is started on a copy of the desk, bound to this machine alone, and asked for each page 30 times over
one connection, one request after another; three more before that are not counted. The first page is asked
for as it is; the reader shows each time another of the reports spread evenly over the desk. Milliseconds are
the median from the request to the last byte; ``CPU`` is the mean of what the server's process spent. The
table of results says nothing of what else the machine had to do: the load average stands in the output.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import quote

from sqlalchemy import select

from reportedly.desk import open_desk
from reportedly.desk.tables import revisions

from .corpora import Absent
from .table import main

REQUESTS = 30
_BEFORE = 3
_STARTING = 60  # seconds that the server may take to start
_TICKS = os.sysconf("SC_CLK_TCK")


def measure(data: Path) -> dict[str, float]:
    """Return the figures of the desk at ``data``."""
    with tempfile.TemporaryDirectory() as folder:
        desk = _copied(_desk(data), Path(folder))
        names, moment = _reports(desk)
        figures: dict[str, float] = {"reports": len(names)}
        step = max(1, len(names) // (REQUESTS + _BEFORE))
        readers = [f"/reports/{quote(name, safe='')}" for name in names[::step]]
        pages = {
            "first page": ["/"] * (REQUESTS + _BEFORE),
            "first page as of": [f"/?as_of={moment}"] * (REQUESTS + _BEFORE),
            "reader": (readers * (REQUESTS + _BEFORE))[: REQUESTS + _BEFORE],
        }
        with _served(desk) as (port, process):
            for name, paths in pages.items():
                spent, cpu, longest = _asked(port, process, paths)
                figures[f"{name} ms"] = 1000 * median(spent)
                figures[f"{name} CPU ms"] = 1000 * cpu
                if name == "first page as of":
                    figures["first page as of, the first time ms"] = 1000 * longest
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        return figures


def _desk(data: Path) -> Path:
    named = os.environ.get("REPORTEDLY_TEST_DESK")
    for path in (data, data / "desk.db", *([Path(named)] if named else [])):
        if path.is_file():
            return path
    raise Absent(f"web: there is no desk at {data}; give a desk's file, or name it in REPORTEDLY_TEST_DESK")


def _copied(desk: Path, folder: Path) -> Path:
    old, new = sqlite3.connect(f"file:{desk}?mode=ro", uri=True), sqlite3.connect(folder / "desk.db")
    with closing(old), closing(new):
        old.backup(new)
    return folder / "desk.db"


def _reports(desk: Path) -> tuple[list[str], str]:
    """Return the ids of a desk's reports in order of time, and a moment by which 8 in 10 were there."""
    with open_desk(desk, create=False) as opened, opened.reading() as connection:
        query = select(revisions.c.report, revisions.c.sort).where(revisions.c.latest == 1)
        rows = connection.execute(query.order_by(revisions.c.sort, revisions.c.report)).all()
    return [row.report for row in rows], rows[len(rows) * 8 // 10].sort[:16]


@contextmanager
def _served(desk: Path) -> Iterator[tuple[int, int]]:
    """Serve a desk from a process of its own; gives its port and the process's id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "reportedly", "serve", "--desk", str(desk), "--port", str(port)]
    command.append("--no-weigh")
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + _STARTING
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError("the server did not start") from None
                time.sleep(0.1)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=20)


def _asked(port: int, process: int, paths: Sequence[str]) -> tuple[list[float], float, float]:
    """Return the seconds of each request but the first, CPU seconds each, and those of the very first."""
    spent: list[float] = []
    before = 0.0
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for number, path in enumerate(paths):
            if number == _BEFORE:
                before = _cpu(process)
            began = time.perf_counter()
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            spent.append(time.perf_counter() - began)
            if answer.status != 200:
                raise RuntimeError(f"{path} was answered with {answer.status}")
            time.sleep(0.05)  # below the server's limit of requests
    return spent[_BEFORE:], (_cpu(process) - before) / (len(paths) - _BEFORE), spent[0]


def _cpu(process: int) -> float:
    """Return the CPU seconds that a process has spent (Linux; 0 elsewhere)."""
    try:
        fields = re.sub(r"^.*\) ", "", Path(f"/proc/{process}/stat").read_text(encoding="ascii")).split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


if __name__ == "__main__":
    main(__doc__, "web", measure)
