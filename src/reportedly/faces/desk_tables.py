"""What a desk holds, in the terminal: stories, claims, chains, figures, search, history."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ..desk.book import Line
from ..desk.changes import Revision
from ..desk.search import Hit
from ..records import Claim, Origins, Point, Series, Story
from ..weighing.weigh import Weighed
from . import words

_ROLE_STYLE = {"supersedes": "cyan", "corrects": "yellow", "disputes": "red", "repeats": "dim"}
_KEPT_CONTROLS = "\n\t"


def plain(text: str | None) -> Text:
    """Return text from a report with everything left out that could steer a terminal."""
    kept = (
        c if c in _KEPT_CONTROLS or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else ""
        for c in text or ""
    )
    return Text("".join(kept))


def stories(console: Console, lines: Sequence[Line]) -> None:
    """Print stories, one a row."""
    if not lines:
        console.print(Text("No stories yet. Take reports in with: reportedly ingest …", style="dim"))
        return
    table = _table("story", "from – to", "reports", "outlets", "claims", "disputed", "title")
    for line in lines:
        story = line.story
        table.add_row(
            Text(story.id, style="cyan"),
            _span(story.first, story.last),
            str(len(story.reports)),
            str(line.outlets),
            _count(line.claims),
            _count(line.disputed),
            plain(story.title),
        )
    console.print(table)


def story(console: Console, one: Story, found: Weighed, reports: Iterable[tuple[str, str, str, str]]) -> None:
    """Print a story: its reports, copies and citations, claims and figures.

    ``reports`` are rows of (id, published, outlet, title).
    """
    console.print(plain(one.title).append(f"  {one.id}", style="dim"), style="bold")
    copies = {c.copy: c for c in found.copies}
    table = _table("report", "published", "outlet", "title", "")
    for report, published, outlet, title in reports:
        copy = copies.get(report)
        note = f"{copy.kind} copy of {copy.of}" if copy else ""
        table.add_row(
            Text(report, style="cyan"),
            _minute(published),
            plain(outlet),
            plain(title),
            Text(note, style="dim"),
        )
    console.print(table)
    for loop in found.loops:
        console.print(Text("Loop: " + " cite each other with ".join(loop), style="red"))
    console.print()
    claims(console, found.claims)
    for line in found.series:
        console.print()
        series(console, line)


def claims(console: Console, found: Sequence[Claim]) -> None:
    """Print claims, one a row, with how many origins stand behind each."""
    if not found:
        console.print(Text("No claims.", style="dim"))
        return
    table = _table("claim", "reports", "origins", "who", "what", "disputed by")
    for claim in found:
        table.add_row(
            Text(claim.id, style="cyan"),
            str(len({a.report for a in claim.appearances})),
            Text(origins_range(claim.origins), style="bold"),
            plain(_holders(claim)),
            plain(_cut(claim.text, 160)),
            plain(", ".join(dict.fromkeys(o.source.text or o.report for o in claim.disputed_by))),
        )
    console.print(table)


def trace(console: Console, claim: Claim, titles: dict[str, str]) -> None:
    """Print a claim's chains as a tree: the claim, its origins, and the reports below them."""
    tree = Tree(
        Text.assemble((f"{origins_range(claim.origins)} origins  ", "bold"), plain(_cut(claim.text, 200)))
    )
    below: dict[str | None, list[tuple[str, str]]] = {}
    for hop in claim.origins.hops:
        if hop.kind != "source" and hop.to_report is not None:
            entry = (hop.report, f"{hop.kind}: {hop.why}")
            if entry not in below.setdefault(hop.to_report, []):
                below[hop.to_report].append(entry)
    shown: set[str] = set()

    def grow(branch: Tree, report: str) -> None:
        for child, why in below.get(report, []):
            if child not in shown:
                shown.add(child)
                grow(branch.add(_report(child, titles, why)), child)

    for origin in claim.origins.list:
        mark = "●" if origin.certain else "○"
        head = Text.assemble((f"{mark} ", "green" if origin.certain else "yellow"), plain(origin.source))
        head.append(f"  {words.KIND.get(origin.kind, origin.kind)}; {origin.why}", style="dim")
        branch = tree.add(head)
        report = origin.through_report
        if report is not None and report not in shown:
            shown.add(report)
            grow(branch.add(_report(report, titles, "")), report)
    dropped = [d for d in claim.origins.dropped if d.report not in shown]
    if dropped:
        rest = tree.add(Text("no origin of their own", style="dim"))
        for drop in dropped:
            rest.add(_report(drop.report, titles, drop.why))
    for objection in claim.disputed_by:
        who = objection.source.text or objection.report
        tree.add(
            Text.assemble(
                (f"✗ {objection.kind} ", "red"),
                plain(f"{who} ({objection.report}): {_cut(objection.content.text, 120)}"),
            )
        )
    console.print(tree)
    console.print(Text("● counts for certain   ○ possibly the same as another", style="dim"))


def series(console: Console, one: Series) -> None:
    """Print how a figure moved, with a bar for each value."""
    head = " ".join(part for part in (one.measure, f"({one.unit})" if one.unit else "") if part)
    console.print(Text(head or "figure", style="bold"))
    most = max((p.high or p.low or p.value or 0 for p in one.points), default=0)
    table = _table("published", "value", "", "role", "as said", "source", "report")
    for point in one.points:
        table.add_row(
            _minute(point.published),
            Text(value_range(point), style="bold"),
            Text(_bar(point, most), style="cyan"),
            Text(point.role, style=_ROLE_STYLE.get(point.role, "")),
            plain(_cut(point.text, 40)),
            plain(_cut(point.source, 30)),
            Text(point.report, style="dim"),
        )
    console.print(table)
    console.print(plain(f"now: {value_range(one.current)}: {one.current.why}"))


def hits(console: Console, found: Sequence[Hit]) -> None:
    """Print what a search found."""
    if not found:
        console.print(Text("Nothing found.", style="dim"))
    for hit in found:
        head = plain(hit.title or "(no title)")
        head.stylize("bold")
        console.print(head.append(f"  {hit.report}", style="cyan"))
        console.print(plain(" · ".join(x for x in (hit.outlet, hit.published) if x)), style="dim")
        excerpt = plain(hit.excerpt)
        excerpt.stylize("reverse", hit.start, hit.end)
        console.print(excerpt)
        console.print()


def history(console: Console, found: Sequence[Revision]) -> None:
    """Print the revisions of a report and what each changed."""
    for revision in found:
        console.print(Text(f"revision {revision.number}, seen {revision.seen[:19]}Z", style="bold"))
        if revision.number > 1 and not revision.changes:
            console.print(Text("  no change in what is kept", style="dim"))
        for change in revision.changes:
            console.print(Text(f"  {change.what}", style="yellow"))
            if change.before is not None:
                console.print(Text("  − ", style="red").append_text(plain(change.before)))
            if change.after is not None:
                console.print(Text("  + ", style="green").append_text(plain(change.after)))


def origins_range(origins: Origins) -> str:
    """Return the range as people write it: "2", or "1–3"."""
    return str(origins.low) if origins.low == origins.high else f"{origins.low}–{origins.high}"


def value_range(point: Point | object) -> str:
    """Return a figure's range: "13", "≥ 62", "12–15", "?"."""
    low, high = getattr(point, "low", None), getattr(point, "high", None)
    if low is not None and low == high:
        return f"{low:,.10g}"
    if low is not None and high is not None:
        return f"{low:,.10g}–{high:,.10g}"
    if low is not None:
        return f"≥ {low:,.10g}"
    return f"≤ {high:,.10g}" if high is not None else "?"


def _bar(point: Point, most: float) -> str:
    value = point.value if point.value is not None else (point.low or point.high or 0)
    return "█" * max(1, round(20 * value / most)) if most > 0 and value > 0 else ""


def _report(report: str, titles: dict[str, str], why: str) -> Text:
    return Text.assemble(
        (report, "cyan"), "  ", plain(_cut(titles.get(report, ""), 70)), (f"  {why}" if why else "", "dim")
    )


def _holders(claim: Claim) -> str:
    said = [a.source.text for a in claim.appearances if a.source.text]
    return _cut(", ".join(dict.fromkeys(said)) or "no source named", 60)


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 1), show_edge=False, header_style="bold underline")
    for name in columns:
        right = name in ("reports", "outlets", "claims", "origins", "disputed")
        table.add_column(
            name, justify="right" if right else "left", no_wrap=name in ("story", "claim", "published")
        )
    return table


def _span(first: str | None, last: str | None) -> str:
    a, b = (first or "")[:10], (last or "")[:10]
    return a if a == b else f"{a} – {b}"


def _minute(moment: str | None) -> str:
    return (moment or "")[:16].replace("T", " ")


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
