"""What the benchmark commands share: their arguments and how a table is printed."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from .corpora import Absent


def arguments(doc: str | None, several: Mapping[str, str] | None = None, **flags: str) -> argparse.Namespace:
    """Parse ``--data``, options that may be given again, and switches; the doc string is the help text."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    for name, text in (several or {}).items():
        parser.add_argument(f"--{name}", action="append", default=[], help=text)
    for name, text in flags.items():
        parser.add_argument(f"--{name.replace('_', '-')}", action="store_true", help=text)
    return parser.parse_args()


def show(title: str, rows: Mapping[str, Mapping[str, float]]) -> None:
    """Print one row a system, one column a figure."""
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    table = Table(title=title)
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right")
    for system, row in rows.items():
        table.add_row(system, *(shown(row[name]) if name in row else "" for name in columns))
    Console(width=160).print(table)


def shown(value: float) -> str:
    """Return a figure as people write it."""
    return f"{value:,.0f}" if abs(value) >= 20 else f"{value:.3f}"


def main(doc: str | None, title: str, measure: Callable[[Path], Mapping[str, float]]) -> None:
    """Run one benchmark as a command; where its corpus is absent, say so and stop with status 2."""
    args = arguments(doc)
    try:
        show(title, {"reportedly": measure(args.data)})
    except Absent as absent:
        raise SystemExit(str(absent)) from None
