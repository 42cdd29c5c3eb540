"""Run all benchmarks, print a table, and hold the figures against the pinned floors.

    python -m benchmarks --data DATA                   # print, compare with floors.toml
    python -m benchmarks --data DATA --write           # and write RESULTS.md
    python -m benchmarks --data DATA --only origins    # only this one (may be given again)

Stops with status 1 if a figure is below its floor. A benchmark whose corpus is
absent is left out with a message. Figures of benchmarks that were not run stay in
RESULTS.md with the commit at which they were.
"""

from __future__ import annotations

import platform
import re
import subprocess
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from . import (
    archive,
    attribution,
    chains,
    claims,
    copies,
    desk,
    ecb,
    events,
    factuality,
    figures,
    names,
    origins,
    places,
    relations,
    robust,
    rumours,
    speed,
    stance,
    stories,
    times,
    web,
)
from .corpora import Absent
from .table import arguments, show, shown

HERE = Path(__file__).parent
ALL: dict[str, Callable[[Path], dict[str, float]]] = {
    "attribution": attribution.measure,
    "robust": robust.measure,
    "stance": stance.measure,
    "names": names.measure,
    "events": events.measure,
    "factuality": factuality.measure,
    "relations": relations.measure,
    "chains": chains.measure,
    "figures": figures.measure,
    "times": times.measure,
    "places": places.measure,
    "copies": copies.measure,
    "stories": stories.measure,
    "claims": claims.measure,
    "ecb": ecb.measure,
    "rumours": rumours.measure,
    "origins": origins.measure,
    "desk": desk.measure,
    "web": web.measure,
    "archive": archive.measure,
    "speed": speed.measure,
}


def floors() -> dict[str, dict[str, float]]:
    """Return the floor of each figure: the last entry of its history in ``floors.toml``."""
    table = tomllib.loads((HERE / "floors.toml").read_text(encoding="utf-8"))
    return {
        bench: {figure: history[-1]["floor"] for figure, history in rows.items()}
        for bench, rows in table.items()
    }


def main() -> int:
    args = arguments(__doc__, several={"only": "run only this one"}, write="write RESULTS.md")
    found: dict[str, dict[str, float]] = {}
    for name, measure in ALL.items():
        if args.only and name not in args.only:
            continue
        try:
            found[name] = measure(args.data)
        except Absent as absent:
            print(absent)
            continue
        show(name, {"reportedly": found[name]})
    below = [
        f"{bench}: {figure} is {found[bench].get(figure, 0):.3f}, its floor is {floor:.3f}"
        for bench, rows in floors().items()
        if bench in found
        for figure, floor in rows.items()
        if found[bench].get(figure, 0) < floor
    ]
    if args.write:
        page = HERE / "RESULTS.md"
        before = page.read_text(encoding="utf-8") if page.exists() else ""
        page.write_text(_results(found, before), encoding="utf-8")
    for line in below:
        print(f"BELOW ITS FLOOR  {line}")
    return 1 if below else 0


_ROW = re.compile(r"^\| (\w+) \| ([^|]+) \| ([^|]+) \| [^|]* \| (\S+) \|$", re.MULTILINE)


def _results(found: dict[str, dict[str, float]], before: str) -> str:
    """Return the page of results: the figures ``found``, and those of the page ``before`` for the rest."""
    commit = _out("git", "rev-parse", "--short", "HEAD")
    machine = f"{platform.machine()}, {_cpu()}, Python {platform.python_version()}"
    rows: dict[str, dict[str, tuple[str, str]]] = {}
    for bench, figure, value, at in _ROW.findall(before):
        rows.setdefault(bench, {})[figure] = (value, at)
    for bench, values in found.items():
        rows[bench] = {figure: (shown(value), commit) for figure, value in values.items()}
    lines = [
        "# Results",
        "",
        "Written by `python -m benchmarks --data DATA --write`. Words per second drift with the machine,",
        "ratios do not.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {machine}.",
        "",
        "| benchmark | figure | value | floor | commit |",
        "|---|---|---|---|---|",
    ]
    pinned = floors()
    for bench in (name for name in ALL if name in rows):
        for figure, (value, at) in rows[bench].items():
            floor = pinned.get(bench, {}).get(figure)
            lines.append(
                f"| {bench} | {figure} | {value} | {'' if floor is None else f'{floor:.3f}'} | {at} |"
            )
    return "\n".join(lines) + "\n"


def _out(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")


if __name__ == "__main__":
    raise SystemExit(main())
