"""Check that the scenarios are well made: `python benchmarks/scenarios/check.py`.

Plain checks on the JSON only. It knows nothing of the program that is measured with it.
Exit status 0 when all is well, 1 with one line a fault.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROLES = {"initial", "supersedes", "corrects", "disputes", "repeats"}
SHORT_NAMES = {
    "Brenmark Wire": "BW",
    "Pellane Press Agency": "PPA",
    "Vastria Presswire": "VPW",
    "Quillane Wire": "QW",
    "Interlake Agency": "ILA",
}


def names_of(outlet: str) -> list[str]:
    """The ways a text may name an outlet: in full, without its article or place, or by initials."""
    bare = outlet.removeprefix("The ")
    parts = bare.split()
    found = [bare, parts[-1], *([SHORT_NAMES[outlet]] if outlet in SHORT_NAMES else [])]
    return found + ([" ".join(parts[:2])] if len(parts) > 2 else [])


def when(report: dict[str, Any]) -> datetime:
    """The moment of publication."""
    return datetime.fromisoformat(report["published"])


def check_reports(reports: list[dict[str, Any]]) -> list[str]:
    """Faults of the reports themselves."""
    faults = []
    ids = [report["id"] for report in reports]
    if len(set(ids)) != len(ids):
        faults.append("an id stands twice")
    if len(reports) < 24:
        faults.append(f"only {len(reports)} reports")
    for report in reports:
        if set(report) != {"id", "title", "outlet", "published", "url", "authors", "text"}:
            faults.append(f"{report['id']}: other fields than agreed")
        if when(report).tzinfo is None:
            faults.append(f"{report['id']}: no time zone")
        if not re.match(r"https://[a-z0-9-]+\.example/", report["url"]):
            faults.append(f"{report['id']}: not an .example address")
        words = len(report["text"].split())
        if not 80 <= words <= 500:
            faults.append(f"{report['id']}: {words} words")
        if "[[" in report["text"] or "@" in report["text"]:
            faults.append(f"{report['id']}: authoring marks left in the text")
    return faults


def check_links(by_id: dict[str, dict[str, Any]], truth: dict[str, Any]) -> list[str]:
    """Faults of stories, copies, citations and loops."""
    faults = []
    told = [report for story in truth["stories"] for report in story["reports"]]
    if sorted(told) != sorted(by_id):
        faults.append("not every report stands in exactly one story")
    if not 1 <= len(truth["stories"]) <= 3:
        faults.append("not one to three stories")
    if not truth["copies"] or not truth["citations"]:
        faults.append("no copies or no citations")
    for copy in truth["copies"]:
        if copy["kind"] not in {"full", "partial"}:
            faults.append(f"{copy}: unknown kind")
        if when(by_id[copy["copy"]]) <= when(by_id[copy["of"]]):
            faults.append(f"{copy['copy']}: older than what it copies")
    in_loop = {outlet for loop in truth["loops"] for outlet in loop}
    outlets = {report["outlet"] for report in by_id.values()}
    pairs = set()
    for citation in truth["citations"]:
        report, outlet, cited = by_id[citation["report"]], citation["outlet"], citation["cited_report"]
        pairs.add((report["outlet"], outlet))
        if not any(re.search(rf"\b{re.escape(name)}\b", report["text"]) for name in names_of(outlet)):
            faults.append(f"{report['id']}: {outlet} is not named in the text")
        if cited is None:
            if outlet in outlets:
                faults.append(f"{report['id']}: {outlet} has reports, but none is given")
            continue
        if by_id[cited]["outlet"] != outlet:
            faults.append(f"{report['id']}: {cited} is not by {outlet}")
        if when(by_id[cited]) >= when(report) and not {report["outlet"], outlet} <= in_loop:
            faults.append(f"{report['id']}: cites the later {cited}")
    for line in truth["credit_lines"]:
        if line["report"] not in by_id:
            faults.append(f"{line}: no such report")
    for loop in truth["loops"]:
        for here, there in zip(loop, [*loop[1:], loop[0]], strict=True):
            if (here, there) not in pairs:
                faults.append(f"loop {loop}: {here} does not cite {there}")
    return faults


def check_claims(by_id: dict[str, dict[str, Any]], truth: dict[str, Any]) -> list[str]:
    """Faults of the claims: quotes must stand literally in their texts, intervals must be intervals."""
    faults = []
    claims = truth["claims"]
    if len(claims) < 10 or len({claim["id"] for claim in claims}) != len(claims):
        faults.append("fewer than ten claims, or an id twice")
    for claim in claims:
        if not claim["appearances"]:
            faults.append(f"{claim['id']}: never appears")
        for place in [*claim["appearances"], *claim["disputed_by"]]:
            if place["quote"] not in by_id[place["report"]]["text"] or not place["quote"].strip():
                faults.append(f"{claim['id']}: quote not in {place['report']}")
        origins = claim["origins"]
        if not 0 <= origins["low"] <= origins["high"] or not origins["high"] or not origins["note"]:
            faults.append(f"{claim['id']}: bad origins {origins}")
    return faults


def check_figures(by_id: dict[str, dict[str, Any]], truth: dict[str, Any]) -> list[str]:
    """Faults of the figures over time."""
    faults = []
    stories = {story["id"]: set(story["reports"]) for story in truth["stories"]}
    for series in truth["figures"]:
        name = f"{series['story']} {series['measure']}"
        points = series["points"]
        if not points or not series["unit"]:
            faults.append(f"{name}: no points or no unit")
        times = [when(by_id[point["report"]]) for point in points]
        if times != sorted(times):
            faults.append(f"{name}: points out of order")
        if points[0]["role"] != "initial":
            faults.append(f"{name}: does not begin with an initial figure")
        for point in [*points, {**series["current"], "report": points[0]["report"], "role": "initial"}]:
            low, high = point["low"], point["high"]
            if low is not None and high is not None and low > high:
                faults.append(f"{name}: low above high in {point}")
            if point["role"] not in ROLES or point["report"] not in by_id:
                faults.append(f"{name}: bad point {point}")
        strangers = {point["report"] for point in points} - set(by_id)
        if series["story"] not in stories or strangers:
            faults.append(f"{name}: unknown story or reports {strangers}")
    return faults


def main() -> int:
    """Check every scenario beside this file, print a summary, return the exit status."""
    faults: list[str] = []
    roles: set[str] = set()
    reports_in_all = loops = 0
    outside = False
    for folder in sorted(path.parent for path in HERE.glob("*/truth.json")):
        lines = (folder / "reports.jsonl").read_text(encoding="utf-8").splitlines()
        reports = [json.loads(line) for line in lines]
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        by_id = {report["id"]: report for report in reports}
        found = check_reports(reports)
        for part in (check_links, check_claims, check_figures):
            found += part(by_id, truth)
        faults += [f"{folder.name}: {fault}" for fault in found]
        roles |= {point["role"] for series in truth["figures"] for point in series["points"]}
        reports_in_all += len(reports)
        loops += bool(truth["loops"])
        outside = outside or any(citation["cited_report"] is None for citation in truth["citations"])
        spread = [claim["origins"]["high"] - claim["origins"]["low"] for claim in truth["claims"]]
        print(
            f"{folder.name}: {len(reports)} reports, {len(truth['stories'])} stories, "
            f"{len(truth['copies'])} copies, {len(truth['citations'])} citations, "
            f"{len(spread)} claims ({sum(map(bool, spread))} with a range), {len(truth['loops'])} loops, "
            f"{sum(len(series['points']) for series in truth['figures'])} figures"
        )
    if reports_in_all < 120:
        faults.append(f"only {reports_in_all} reports in all")
    if loops < 2:
        faults.append("fewer than two scenarios with a loop")
    if not outside:
        faults.append("no citation of an outlet outside of the set")
    if roles != ROLES:
        faults.append(f"roles are {sorted(roles)}")
    print("\n".join(faults) or f"all is well: {reports_in_all} reports")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
