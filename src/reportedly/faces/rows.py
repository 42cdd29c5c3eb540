"""A reading as rows: the exchange form that scorers read, and CSV for spreadsheets."""

from __future__ import annotations

import csv
import json
from typing import IO

from ..records import Reading

COLUMNS = (
    "report", "title", "outlet", "published", "attribution", "source", "source_kind", "source_entity", "cue",
    "content", "via", "quotation", "stance", "factuality", "hedges", "parent", "disputes", "about", "figures",
    "confidence", "decided_by", "start", "end",
)  # fmt: skip
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # OWASP, CSV Injection


def attributions_line(reading: Reading) -> str:
    """Return a line of JSON: ``{"id", "text", "attributions": [{"source", "cue", "content"}]}``.

    PolNeAR and PARC mark the outermost attribution only, so claims that stand
    within another's content are left out here, as is what the report itself says.
    """
    return json.dumps(
        {
            "id": reading.report.id,
            "text": reading.report.text,
            "attributions": [
                {
                    "source": a.source.spans,
                    "cue": a.cue.spans if a.cue else [],
                    "content": a.content.spans,
                }
                for a in reading.attributions
                if a.source.kind != "narrator" and a.parent is None
            ],
        },
        ensure_ascii=False,
    )


class CsvWriter:
    """Writes claims as CSV, one a row, with a header."""

    def __init__(self, file: IO[str]) -> None:
        self._rows = csv.writer(file, lineterminator="\n")
        self._rows.writerow(COLUMNS)

    def write(self, reading: Reading) -> None:
        report = reading.report
        names = {e.id: e.name for e in reading.entities}
        figures = {f.id: f.text for f in reading.figures}
        for a in reading.attributions:
            row = (
                report.id, report.title, report.outlet, report.published, a.id, a.source.text, a.source.kind,
                names.get(a.source.entity or ""), a.cue.text if a.cue else None, a.content.text,
                "; ".join(v.text for v in a.via), a.quotation, a.stance, a.factuality,
                "; ".join(h.text for h in a.hedges), a.parent, "; ".join(a.disputes),
                "; ".join(names[e] for e in a.about), "; ".join(figures[f] for f in a.figures),
                a.confidence, a.decided_by, a.content.start, a.content.end,
            )  # fmt: skip
            self._rows.writerow([_safe(value) for value in row])


def _safe(value: object) -> object:
    """Keep a spreadsheet from taking text for a formula, or a bare carriage return in it for a new row."""
    if not isinstance(value, str):
        return value
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return "'" + value if value.startswith(_RISKY) else value
