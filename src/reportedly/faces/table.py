"""A reading as a table in the terminal."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..records import Attribution, Reading
from . import words

_KIND_STYLE = {
    "anonymous": "yellow",
    "hearsay": "yellow",
    "narrator": "dim",
    "outlet": "cyan",
    "document": "cyan",
}
_STANCE_STYLE = {"deny": "red", "dispute": "red", "allege": "magenta", "question": "blue"}


def show(console: Console, reading: Reading, *, narrator: bool) -> None:
    """Print a reading: its head, its claims one a row, and below them who, what, how many."""
    console.print(_head(reading))
    shown = [a for a in reading.attributions if narrator or a.source.kind != "narrator"]
    if shown:
        console.print(_claims(reading, shown))
    else:
        console.print(Text("No claims found.", style="dim"))
    own = sum(a.source.kind == "narrator" for a in reading.attributions)
    if own and not narrator:
        console.print(Text(f"The report itself states {own} more (--narrator shows them).", style="dim"))
    console.print(_below(reading))


def _head(reading: Reading) -> RenderableType:
    report = reading.report
    lines = [Text(report.title or "(no title)", style="bold")]
    facts = [report.outlet, ", ".join(report.authors), report.published, report.url]
    line = " · ".join(fact for fact in facts if fact)
    if line:
        lines.append(Text(line, style="dim"))
    credits = [credit.text for credit in report.credits]
    if credits:
        lines.append(Text("credits: " + "; ".join(credits), style="dim"))
    lines += [Text(f"! {warning}", style="yellow") for warning in reading.warnings]
    return Group(*lines)


def _claims(reading: Reading, claims: list[Attribution]) -> Table:
    names = {entity.id: entity.name for entity in reading.entities}
    number = {claim.id: k for k, claim in enumerate(claims, 1)}
    table = Table(box=None, padding=(0, 1), show_edge=False, header_style="bold underline")
    table.add_column("#", justify="right", style="dim")
    table.add_column("who", ratio=3, min_width=16)
    table.add_column("how", ratio=2, min_width=14)
    table.add_column("what", ratio=7)
    for claim in claims:
        table.add_row(
            str(number[claim.id]),
            _who(claim, names),
            _how(claim),
            _what(claim, number),
        )
    return table


def _who(claim: Attribution, names: dict[str, str]) -> Text:
    kind = claim.source.kind
    text = Text(words.holder(claim, names), style=_KIND_STYLE.get(kind, ""))
    if claim.source.spans:
        text.append(f"\n{words.KIND[kind]}", style="dim")
    if claim.via:
        text.append(f"\n{words.chain(claim)}", style="cyan")
    return text


def _how(claim: Attribution) -> Text:
    text = Text(words.STANCE[claim.stance], style=_STANCE_STYLE.get(claim.stance, ""))
    if claim.cue:
        text.append(f" “{claim.cue.text}”", style="dim")
    text.append(f"\n{claim.factuality} {words.FACTUALITY[claim.factuality]}", style="dim")
    return text


def _what(claim: Attribution, number: dict[str, int]) -> Text:
    text = Text(words.content(claim))
    for hedge in claim.hedges:
        text.highlight_words([hedge.text], "underline")
    notes = []
    if claim.parent in number:
        notes.append(f"within {number[claim.parent]}")
    disputed = [str(number[d]) for d in claim.disputes if d in number]
    if disputed:
        notes.append("against " + ", ".join(disputed))
    if notes:
        text.append("\n↳ " + "; ".join(notes), style="red" if disputed else "dim")
    return text


def _below(reading: Reading) -> RenderableType:
    names = {entity.id: entity.name for entity in reading.entities}
    lines: list[Text] = []

    def line(label: str, values: list[str]) -> None:
        if values:
            text = Text(f"{label}: ", style="bold")
            text.append("; ".join(dict.fromkeys(values)), style="not bold")
            lines.append(text)

    people = [e.name + (f" (also {', '.join(e.aliases[:4])})" if e.aliases else "") for e in reading.entities]
    line("names", people)
    line("figures", [f"{f.text} [{words.amount(f)}]" for f in reading.figures])
    line("events", [f"{e.trigger.text} [{e.type.lower()}, {e.status}]" for e in reading.events])
    line("places", [p.text + (f" [{p.country}]" if p.country else "") for p in reading.places])
    line("times", [f"{t.text} [{t.value}]" for t in reading.times if _is_plain(t.value)])
    line(
        "relations",
        [
            f"{names.get(r.subject.entity or '', r.subject.text)} {'not ' if r.negated else ''}"
            f"{r.type.replace('_', ' ')} "
            f"{names.get(r.object.entity or '', r.object.text)}"
            for r in reading.relations
        ],
    )
    return Group(*lines)


def _is_plain(value: str | None) -> bool:
    """Tell whether a time's value says something to a reader who does not know TIMEX3."""
    return value is not None and "X" not in value and not value.endswith("_REF")
