"""A team at one desk: reviewers at its pages while reports come in, and what is there afterwards.

    python -m benchmarks.team [--minutes 10] [--readings FILE]

On this machine alone: a PostgreSQL of its own (or an empty database that ``--postgres`` names), ``reportedly
serve --workers 2`` in front of it, ten reviewers with sessions of their own who walk through inbox, stories,
reports and review, confirm, undo, search and use the interface for programs, and two who take reports in at
the same time, one by ``reportedly ingest``, one by posting jobs. Afterwards every report that was taken in
and every decision that was acknowledged has to be there once, and ``reportedly verify`` has to find nothing.

The reports are made up, from a seed. ``--readings`` names a file of readings (JSON lines); then the desk
begins with those, and how fast they are filed is compared between SQLite and PostgreSQL.

It ends with status 1 if a request was answered with 5xx, or anything is lost or doubled.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import pwd
import random
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import select, text

from reportedly.desk import access, open_desk
from reportedly.desk.book import weigh_all
from reportedly.desk.decisions import log
from reportedly.desk.filing import Filer
from reportedly.desk.tables import revisions
from reportedly.desk.verifying import verify
from reportedly.records import Reading

PASSWORD = "a long word for a benchmark"
_THINK = 1.0  # seconds between two steps of one reviewer, on average
_ID = re.compile(r"(?<=stories)/[^/]+|(?<=reports)/[^/]+|(?<=decisions)/\d+")
_BATCH = 6  # reports that are taken in at once
_PROGRAM = [sys.executable, "-c", "from reportedly.faces.cli import main; main()"]


# what is measured -----------------------------------------------------------------------------------


class Tally:
    """What the reviewers saw: seconds by kind of request, and every status."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seconds: dict[str, list[float]] = {}
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.acknowledged: list[str] = []  # what tells each decision that was acknowledged from the others
        self.tried: set[str] = set()
        self.reports: list[str] = []  # that were taken in
        self.broken: list[str] = []

    def add(self, kind: str, status: int, seconds: float) -> None:
        with self._lock:
            self.seconds.setdefault(kind, []).append(seconds)
            self.statuses[kind, status] += 1

    def note(self, what: str) -> None:
        with self._lock:
            self.broken.append(what)


class Reviewer:
    """One person with a browser and a session, who does one thing after another until told to stop."""

    def __init__(self, number: int, address: str, tally: Tally, stop: threading.Event) -> None:
        self.name = f"reviewer{number}"
        self._random = random.Random(number)
        self._tally = tally
        self._stop = stop
        self._client = httpx2.Client(
            base_url=address, timeout=60, trust_env=False, headers={"Origin": address}
        )
        self._number = 0
        self._csrf = ""

    def run(self) -> None:
        try:
            self._sign_in()
            steps = [self._walk, self._walk, self._search, self._review, self._review, self._rest, self._undo]
            while not self._stop.is_set():
                self._random.choice(steps)()
                self._stop.wait(self._random.uniform(0, 2 * _THINK))
        except httpx2.HTTPError as error:
            self._tally.note(f"{self.name}: {type(error).__name__}: {error}")
        finally:
            self._client.close()

    def _ask(self, kind: str, method: str, path: str, **how: Any) -> httpx2.Response:
        began = time.perf_counter()
        answer = self._client.request(method, path, **how)
        took = time.perf_counter() - began
        self._tally.add(kind, answer.status_code, took)
        self._tally.add(f"{method} {_ID.sub('/{}', path)}", answer.status_code, took)
        return answer

    def _page(self, path: str, **how: Any) -> str:
        found = self._ask("page", "GET", path, **how).text
        token = re.search(r'name="csrf" value="([^"]+)"', found)
        if token:
            self._csrf = token[1]
        return found

    def _send(self, path: str, **fields: Any) -> httpx2.Response:
        return self._ask("page", "POST", path, data={"csrf": self._csrf, **fields})

    def _api(self, method: str, path: str, **how: Any) -> httpx2.Response:
        headers = {"X-CSRF-Token": self._csrf}
        return self._ask("api", method, f"/api/v1{path}", headers=headers, **how)

    def _sign_in(self) -> None:
        self._page("/login")
        answer = self._send("/login", name=self.name, password=PASSWORD)
        if answer.status_code != 303:
            self._tally.note(f"{self.name} could not sign in: {answer.status_code}")
        self._page("/read")  # its form has the token of the session

    def _walk(self) -> None:
        stories = re.findall(r'href="(/stories/[^"#?]+)"', self._page("/"))
        if stories:
            story = self._page(self._random.choice(stories))
            reports = re.findall(r'href="(/reports/[^"#?]+)"', story)
            if reports:
                self._page(self._random.choice(reports))

    def _search(self) -> None:
        word = self._random.choice(("port", "raid", "minister", "bridge", "officials", "denied", "killed"))
        self._page("/search", params={"q": word})
        self._api("GET", "/search", params={"q": word, "limit": 10})

    def _review(self) -> None:
        page = self._page("/review")
        pairs = [_unescaped(p) for p in re.findall(r'type="checkbox" name="pairs" value="([^"]+)"', page)]
        if pairs:
            with self._deciding() as why:
                same = "true" if self._random.random() < 0.8 else "false"
                pair = self._random.choice(pairs)
                answer = self._send("/review/links", same=same, pairs=pair, why=why)
                self._acknowledge(why, answer.status_code == 303)

    def _rest(self) -> None:
        self._api("GET", "/stories", params={"limit": 20})
        found = self._api("GET", "/claims", params={"limit": 30})
        if found.status_code != 200:
            return
        many = [c for c in found.json()["items"] if len(c["appearances"]) > 1]
        if many:
            a, b = (
                {k: p[k] for k in ("report", "attribution")}
                for p in self._random.choice(many)["appearances"][:2]
            )
            with self._deciding() as why:
                answer = self._api("POST", "/decisions/confirm", json={"a": a, "b": b, "why": why})
                self._acknowledge(why, answer.status_code == 201)

    def _undo(self) -> None:
        self._page("/decisions")
        found = self._api("GET", "/decisions", params={"limit": 50})
        mine = [
            d["id"]
            for d in (found.json()["items"] if found.status_code == 200 else [])
            if d["who"] == self.name and d["stands"] and d["kind"] != "undo"
        ]
        if mine:
            with self._deciding() as why:
                answer = self._send(f"/decisions/{mine[0]}/undo", why=why)
                self._acknowledge(why, answer.status_code == 303)

    @contextlib.contextmanager
    def _deciding(self) -> Iterator[str]:
        self._number += 1
        why = f"{self.name} no {self._number}"
        self._tally.tried.add(why)
        yield why

    def _acknowledge(self, why: str, done: bool) -> None:
        if done:
            self._tally.acknowledged.append(why)


def _unescaped(value: str) -> str:
    import html

    return html.unescape(value)


# reports that come in -------------------------------------------------------------------------------

_PLACES = ("Port Saren", "Tolm", "Imber", "Drasvik", "Karsovia", "Norrhaven", "Vesk", "Ostrel")
_OUTLETS = ("Norden Herald", "Harbour Courier", "Valley Echo", "Tolm Post", "Imber Gazette")
_PEOPLE = ("Oda Fenn", "Corin Dask", "Pell Arden", "Jorun Adel", "Perrin Aske", "Ilo Renn")
_THINGS = ("the bridge", "the ferry port", "the dam", "the old mill", "the rail line", "the power plant")
_DEEDS = ("would be closed", "was unsafe", "had been sold", "would be rebuilt", "was searched by police")


def report(name: str, seed: int) -> dict[str, str]:
    """Return a report that is made up: a few affairs, told by several outlets, some of which deny them."""
    pick = random.Random(seed)
    place, thing, deed = pick.choice(_PLACES), pick.choice(_THINGS), pick.choice(_DEEDS)
    person, outlet = pick.choice(_PEOPLE), pick.choice(_OUTLETS)
    hurt = pick.randint(2, 40)
    at = datetime(2026, 5, 4, 8, tzinfo=UTC) + timedelta(minutes=37 * (seed % 200))
    first = f"Two officials told the {outlet} that {thing} in {place} {deed}."
    second = f"{person}, who runs {thing}, denied that it {deed}." if pick.random() < 0.4 else ""
    third = f"At least {hurt} people were hurt in a protest in {place}, the {place} police said."
    last = f"“We knew nothing of this,” {pick.choice(_PEOPLE)} told reporters in {place} on Monday."
    return {
        "id": name,
        "outlet": outlet,
        "title": f"{thing.capitalize()} in {place} {deed}, officials say",
        "published": at.isoformat(),
        "text": "\n\n".join(part for part in (first, second, third, last) if part),
    }


def ingesting(desk: str, folder: Path, tally: Tally, stop: threading.Event) -> None:
    """Take reports in by the command, some at a time, until told to stop."""
    for number in itertools.count():
        if stop.is_set():
            return
        rows = [report(f"cli-{number}-{k}", number * _BATCH + k) for k in range(_BATCH)]
        file = folder / "cli.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        done = subprocess.run(
            [*_PROGRAM, "ingest", str(file), "--desk", desk, "--quiet"], capture_output=True, text=True
        )
        if done.returncode:
            tally.note(f"ingest ended with {done.returncode}: {done.stderr[-300:]}")
        else:
            tally.reports += [row["id"] for row in rows]


def posting(address: str, token: str, tally: Tally, stop: threading.Event) -> None:
    """Post jobs, one after another, until told to stop."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    with httpx2.Client(base_url=f"{address}/api/v1", timeout=60, trust_env=False, headers=headers) as client:

        def ask(method: str, path: str, **how: Any) -> Any:
            began = time.perf_counter()
            answer = client.request(method, path, **how)
            tally.add("jobs", answer.status_code, time.perf_counter() - began)
            return answer.json()

        for number in itertools.count():
            if stop.is_set():
                return
            rows = [report(f"job-{number}-{k}", 7_919 * number + k) for k in range(_BATCH)]
            body = "".join(json.dumps(row) + "\n" for row in rows)
            job = ask("POST", "/jobs", content=body)
            while job.get("state") in ("waiting", "running"):
                time.sleep(0.5)
                job = ask("GET", f"/jobs/{job['id']}")
            if job.get("state") == "done" and job["counts"] == {"filed": _BATCH}:
                tally.reports += [row["id"] for row in rows]
            else:
                tally.note(f"a job ended as {job}")


# what it stands on ----------------------------------------------------------------------------------


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start a PostgreSQL of our own in a folder, reached through a socket there; gives an empty database."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("initdb") or (str(programs[-1] / "initdb") if programs else None)
    if found is None:
        raise SystemExit("PostgreSQL's initdb is not installed; give --postgres")
    ctl = str(Path(found).with_name("pg_ctl"))
    user = None
    if os.geteuid() == 0:
        user = "postgres" if "postgres" in {p.pw_name for p in pwd.getpwall()} else "nobody"
        shutil.chown(folder, user)
    data = str(folder / "data")

    def call(*command: str) -> None:
        subprocess.run(command, user=user, cwd=folder, capture_output=True, check=True)

    call(found, "-D", data, "-A", "trust", "-U", "desk", "-E", "UTF8", "--locale=C")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
    call(ctl, "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://desk@/postgres?host={folder}"
    finally:
        call(ctl, "-D", data, "-m", "fast", "-w", "stop")


@contextlib.contextmanager
def serving(desk: str, workers: int, errors: Path) -> Iterator[str]:
    """Run ``reportedly serve`` as behind a proxy, where everybody signs in; gives its address."""
    command = [*_PROGRAM, "serve", "--desk", desk, "--port", "0", "--workers", str(workers)]
    command += ["--proxy", "127.0.0.1", "--log-format", "json", "--log-level", "warning"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with (
        errors.open("w") as log_file,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log_file, text=True, env=environment
        ) as process,
    ):
        assert process.stdout is not None
        match = re.search(r"http://[\d.]+:\d+", process.stdout.readline())
        if match is None:
            raise SystemExit(f"the server does not start: {errors.read_text()[-500:]}")
        try:
            _wait_until_ready(match[0])
            yield match[0]
        finally:
            process.terminate()
            process.wait(timeout=90)


def _wait_until_ready(address: str) -> None:
    for _ in range(240):
        with contextlib.suppress(httpx2.HTTPError):
            if httpx2.get(f"{address}/readyz", trust_env=False).status_code == 200:
                return
        time.sleep(0.5)
    raise SystemExit("the server is not ready within two minutes")


def file_readings(place: str, readings: list[Reading]) -> float:
    """File readings into a desk; returns how many a second."""
    with open_desk(place) as desk:
        filer = Filer(desk)
        began = time.perf_counter()
        for one in readings:
            with filer.writing() as connection:
                filer.file(connection, one, seen=datetime.now(UTC), raw_sha256=None)
        return len(readings) / (time.perf_counter() - began)


# afterwards -----------------------------------------------------------------------------------------


def faults(place: str, tally: Tally) -> list[str]:
    """Return what is lost, doubled, or not as it was taken in."""
    found = []
    with open_desk(place, create=False) as desk, desk.reading() as connection:
        there = Counter(connection.execute(select(revisions.c.report)).scalars())
        found += [f"report {name} is lost" for name in tally.reports if name not in there]
        found += [f"report {name} is there {n} times" for name, n in there.items() if n > 1]
        whys = Counter(d.why for d in log(connection) if d.why.startswith("reviewer"))
        found += [f"decision {why!r} is lost" for why in tally.acknowledged if why not in whys]
        found += [f"decision {why!r} is there {n} times" for why, n in whys.items() if n > 1]
        found += [f"decision {why!r} was never made" for why in whys if why not in tally.tried]
        found += [f"verify: {f.what}: {f.which}: {f.why}" for f in verify(connection)]
    return found


def shown(tally: Tally) -> dict[str, Any]:
    """Return the figures: how many requests of each kind, their p50 and p95 in ms, and how they ended."""
    result: dict[str, Any] = {}
    for kind, seconds in sorted(tally.seconds.items()):
        cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else [0.0] * 99
        result[kind] = {
            "requests": len(seconds),
            "p50 ms": round(1000 * cuts[49], 1),
            "p95 ms": round(1000 * cuts[94], 1),
            "worst ms": round(1000 * max(seconds), 1),
            "statuses": {str(s): n for (k, s), n in sorted(tally.statuses.items()) if k == kind},
        }
    return result


def run(place: str, folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Let everybody at the desk for the time that was asked for; returns the figures and the faults."""
    with open_desk(place) as desk:
        with desk.writing() as connection:
            for number in range(arguments.reviewers):
                access.add_user(connection, f"reviewer{number}", "reviewer", PASSWORD)
            access.add_user(connection, "intake", "reviewer", None)
            token = access.add_token(connection, "intake")
        for _ in weigh_all(desk):
            pass
    tally, stop = Tally(), threading.Event()
    load = [os.getloadavg()[0]]
    with serving(place, arguments.workers, folder / "errors") as address:
        jobs: list[Callable[[], None]] = [
            Reviewer(n, address, tally, stop).run for n in range(arguments.reviewers)
        ]
        jobs.append(lambda: ingesting(place, folder, tally, stop))
        jobs.append(lambda: posting(address, token, tally, stop))
        threads = [threading.Thread(target=job) for job in jobs]
        for thread in threads:
            thread.start()
        ending = time.monotonic() + 60 * arguments.minutes
        while time.monotonic() < ending:
            time.sleep(min(15.0, max(0.1, ending - time.monotonic())))
            load.append(os.getloadavg()[0])
        stop.set()
        for thread in threads:
            thread.join(timeout=180)
            if thread.is_alive():
                tally.note("somebody does not come to an end")
    wrong = faults(place, tally)
    kinds = ("api", "jobs", "page")
    over = sum(n for (kind, status), n in tally.statuses.items() if status >= 500 and kind in kinds)
    all_ = shown(tally)
    return {
        "minutes": arguments.minutes,
        "load": {"before": round(load[0], 2), "mean": round(statistics.mean(load), 2)},
        "requests": {k: v for k, v in all_.items() if k in kinds},
        "p50 and p95, ms": {
            k: f"{v['p50 ms']:.0f} {v['p95 ms']:.0f}" for k, v in all_.items() if k not in kinds
        },
        "5xx": over,
        "reports taken in": len(tally.reports),
        "decisions acknowledged": len(tally.acknowledged),
        "lost or doubled, and what verify finds": wrong[:20],
        "went wrong": tally.broken[:20],
        "log": (folder / "errors").read_text()[-2_000:].splitlines(),
    }


def main() -> None:
    """Read the command line, run, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--reviewers", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--postgres", help="an empty database; if not said, a server of our own is started")
    parser.add_argument("--readings", type=Path, help="readings, JSON lines, with which the desk begins")
    parser.add_argument("--most", type=int, default=300, help="how many of them")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="team-", dir="/tmp")))
        room = folder / secrets.token_hex(2)
        room.mkdir()
        folder.chmod(0o755)
        place = arguments.postgres or stack.enter_context(cluster(room))
        found: dict[str, Any] = {}
        if arguments.readings is not None:
            with arguments.readings.open(encoding="utf-8") as lines:
                readings = [Reading.from_json(line) for line in itertools.islice(lines, arguments.most)]
            sqlite = file_readings(str(folder / "same.db"), readings)
            postgres = file_readings(place, readings)
            found["filing"] = {
                "readings": len(readings),
                "SQLite/s": round(sqlite, 1),
                "PostgreSQL/s": round(postgres, 1),
                "PostgreSQL to SQLite": round(postgres / sqlite, 2),
            }
        found |= run(place, folder, arguments)
        with open_desk(place, create=False) as desk, desk.reading() as connection:
            kept = connection.execute(text("SELECT count(*) FROM visits")).scalar_one()
        found["visits in the log"] = kept
    print(json.dumps(found, indent=1, ensure_ascii=False))
    raise SystemExit(
        bool(found["5xx"] or found["lost or doubled, and what verify finds"] or found["went wrong"])
    )


if __name__ == "__main__":
    main()
