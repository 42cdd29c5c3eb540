"""A generator of edits: real articles are taken over as newsrooms do it, with hard negatives.

The edits: another title; cut from the end; a local paragraph; a new lead;
another credit; light copy-editing; several of these; 120 words or more in a
longer story of another outlet; and a second-hand copy, which keeps the changes
of the first. Hard negatives: the same footer under different reports; the same
long quotation; a background sentence of one outlet in two stories; a blotter made
of stock sentences; two outlets on one story of one day, neither of which credits
an agency. Direction is told by the hour, or, on the same day, by a credit line.
The made-up texts stand in ``edits.toml``.
"""

from __future__ import annotations

import hashlib
import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reportedly.data import outlets
from reportedly.intake.credits import credits
from reportedly.records import Reading, Report
from reportedly.weighing.filed import Filed

BASES = 110  # base articles a half
_SEEN = datetime(2026, 1, 1, tzinfo=UTC)
_TEXTS = tomllib.loads(Path(__file__).with_name("edits.toml").read_text(encoding="utf-8"))
_AGENCY = "Associated Press"
_OUTLETS = _TEXTS["outlets"]


@dataclass
class Pair:
    """Two reports and what is true of them; ``kind`` is ``None`` for a hard negative."""

    copy: Filed
    of: Filed
    kind: str | None
    edit: str


@dataclass
class Archive:
    """What the generator made: all reports, and the pairs that are asked about."""

    reports: list[Filed] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)

    def file(self, name: str, text: str, title: str, outlet: str, published: str) -> Filed:
        made = filed(name, text, title, outlet, published)
        self.reports.append(made)
        return made


def tuned_on(name: str) -> bool:
    """Tell whether an article, or a pair of them, belongs to the half that the thresholds were set on."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def generate(articles: Sequence[dict[str, str]], tuning: bool) -> Archive:
    """Make an archive of edits from the articles of one half."""
    half = sorted((a for a in articles if tuned_on(a["id"]) == tuning), key=lambda a: a["id"])
    rng = random.Random(23)
    fit = [a for a in half if 180 <= len(a["text"].split()) <= 1200 and _alone(a)]
    sample = rng.sample(fit, 5 * BASES)
    used = {a["id"] for a in sample}
    drawn = iter(sample)
    made = Archive()
    for k in range(BASES):
        _copies(made, rng, k, next(drawn), next(drawn), next(drawn))
        _negatives(made, rng, k, next(drawn), next(drawn))
    _same_day(made, [a for a in fit if a["id"] not in used])
    return made


def _alone(article: dict[str, str]) -> bool:
    """Leave out texts of one block, those that repeat themselves, and those that an agency had a part in."""
    words = article["text"].split()
    runs = {tuple(words[at : at + 8]) for at in range(len(words))}
    return (
        len(_paragraphs(article["text"])) >= 5
        and len(runs) > 0.98 * len(words)
        and not any(outlets.agency(c.name) for c in credits(article["text"]))
    )


def _copies(made: Archive, rng: random.Random, k: int, base: dict, other: dict, host: dict) -> None:
    by_credit = k % 4 == 0
    start = datetime(2024, 1, 1, 6, tzinfo=UTC) + timedelta(days=3 * k)
    day = start.date().isoformat()
    body, extra = _paragraphs(base["text"]), _fillers(rng, other["text"])
    original = made.file(
        f"{k}-base", base["text"], base["title"], _AGENCY if by_credit else "Tern Dispatch",
        day if by_credit else start.isoformat(),
    )  # fmt: skip
    edits: dict[str, Callable[[list[str]], list[str]]] = {
        "retitled": lambda p: p,
        "trimmed": lambda p: p[: max(2, round(len(p) * rng.uniform(0.35, 0.8)))],
        "local": lambda p: _insert(rng, p, extra.pop()),
        "lead": lambda p: [extra.pop(), *p[1:]],
        "credit": lambda p: [f"PORT SAREN — {p[0]}", *p[1:], "Copyright 2024. All rights reserved."],
        "edited": lambda p: _copy_edit(rng, p, rng.uniform(0.02, 0.06)),
        "several": lambda p: _copy_edit(rng, [extra.pop(), *p[1 : max(3, len(p) * 2 // 3)]], 0.03),
    }
    for n, (name, edit) in enumerate(edits.items()):
        text = "\n\n".join(edit(body))
        if by_credit:
            text = f"{text}\n\n(AP)" if n % 2 else f"SAREN (AP) — {text}"
        at = day if by_credit else (start + timedelta(hours=n + 1, minutes=7 * n)).isoformat()
        title = base["title"] if n % 3 == 0 else other["title"]
        copy = made.file(f"{k}-{name}", text, title, _OUTLETS[n % 5], at)
        made.pairs.append(Pair(copy, original, "full", name))
        if name == "edited" and not by_credit:
            again = _paragraphs(text)
            second = made.file(
                f"{k}-second", "\n\n".join(again[: max(3, len(again) * 4 // 5)]), title, "Second Bell",
                (start + timedelta(hours=30)).isoformat(),
            )  # fmt: skip
            made.pairs.append(Pair(second, copy, "full", "second hand"))
    piece = _piece(rng, body)
    story = _paragraphs(host["text"])
    text = "\n\n".join(_insert(rng, story, "\n\n".join(piece)))
    at = day if by_credit else (start + timedelta(hours=20)).isoformat()
    longer = made.file(
        f"{k}-longer", text + ("\n\n(AP)" if by_credit else ""), host["title"], "Long Read", at
    )
    made.pairs.append(Pair(longer, original, "partial", "longer story"))


def _negatives(made: Archive, rng: random.Random, k: int, one: dict, two: dict) -> None:
    """Two different articles, to which the same text is added that is nobody's report."""
    start = datetime(2024, 1, 2, 9, tzinfo=UTC) + timedelta(days=3 * k)
    kind = ("footer", "quotation", "background", "blotter")[k % 4]
    first, second = _paragraphs(one["text"])[:12], _paragraphs(two["text"])[:12]
    if kind == "footer":
        footer = _TEXTS["footers"][k % len(_TEXTS["footers"])]
        first, second = [*first, footer], [*second, footer]
    elif kind == "quotation":
        quote = _TEXTS["quotations"][k % len(_TEXTS["quotations"])]
        first = _insert(rng, first, f"“{quote}” the minister said.")
        second = _insert(rng, second, f'She told the families: "{quote}"')
    elif kind == "background":
        first, second = (
            _insert(rng, p, _TEXTS["backgrounds"][k % len(_TEXTS["backgrounds"])]) for p in (first, second)
        )
    else:
        first, second = ([_blotter(rng) for _ in range(4)] for _ in range(2))
    house = f"{_OUTLETS[k % 5]} {kind}"
    a = made.file(f"{k}-one", "\n\n".join(first), one["title"], house, start.isoformat())
    later = (start + timedelta(hours=5)).isoformat()
    b = made.file(
        f"{k}-two", "\n\n".join(second), two["title"], house if kind != "quotation" else "Bell", later
    )
    made.pairs.append(Pair(b, a, None, kind))


def _same_day(made: Archive, half: Sequence[dict[str, str]]) -> None:
    """Pairs of different outlets on one story of one day, neither with a word of an agency."""
    days: dict[str, list[dict[str, str]]] = {}
    for article in half:
        if article["outlet"] and article["published"]:
            days.setdefault(article["published"], []).append(article)
    for day in sorted(days):
        for n, one in enumerate(days[day]):
            for two in days[day][n + 1 :]:
                if one["outlet"] != two["outlet"] and len(_title(one) & _title(two)) >= 4:
                    a, b = (
                        made.file(f"s-{x['id']}", x["text"], x["title"], x["outlet"], day) for x in (one, two)
                    )
                    made.pairs.append(Pair(b, a, None, "same story"))
                    break


def _title(article: dict[str, str]) -> set[str]:
    return {
        w for w in re.findall(r"[a-z]{4,}", article["title"].lower()) if w not in ("with", "trump", "says")
    }


def _paragraphs(text: str) -> list[str]:
    return [p.strip() for p in text.split("\n\n") if p.strip()]


def _fillers(rng: random.Random, text: str) -> list[str]:
    """Passages of 30 to 45 words of another article, no two of which overlap, shuffled."""
    words = text.split()
    cuts = range(0, len(words) - 30, 45)
    found = [" ".join(words[at : at + 45]) for at in cuts]
    rng.shuffle(found)
    return found


def _insert(rng: random.Random, paragraphs: list[str], new: str) -> list[str]:
    at = rng.randint(1, max(1, len(paragraphs) - 1))
    return [*paragraphs[:at], new, *paragraphs[at:]]


def _piece(rng: random.Random, paragraphs: list[str]) -> list[str]:
    """Consecutive paragraphs with 120 to 300 words, most of them outside quotation marks."""
    starts = list(range(len(paragraphs)))
    rng.shuffle(starts)
    wanted = rng.randint(120, 220)
    for start in starts:
        for end in range(start + 1, len(paragraphs) + 1):
            text = " ".join(paragraphs[start:end])
            told = len(re.sub(r"[“\"][^”\"]*[”\"]", "", text).split())
            if told >= wanted and len(text.split()) <= 400:
                return paragraphs[start:end]
    return paragraphs


def _copy_edit(rng: random.Random, paragraphs: list[str], rate: float) -> list[str]:
    """Replace, drop or add words at a rate, as a sub-editor does."""
    edited = []
    for paragraph in paragraphs:
        words = []
        for word in paragraph.split():
            if rng.random() >= rate * 2.5:
                words.append(word)
            elif word.lower() in _TEXTS["words"]:
                words.append(_TEXTS["words"][word.lower()])
            elif rng.random() < 0.4 and word.islower() and len(word) > 4:
                words.extend(rng.choice(([], [word, "reportedly"], [word[:-1]])))
            else:
                words.append(word.replace("’", "'").replace("“", '"').replace("”", '"'))
        edited.append(" ".join(words))
    return edited


def _blotter(rng: random.Random) -> str:
    slots = {name: rng.choice(values) for name, values in _TEXTS["slots"].items()}
    return " ".join(sentence.format(**slots) for sentence in _TEXTS["blotter"])


def filed(
    name: str, text: str, title: str, outlet: str | None, published: str | None, url: str = ""
) -> Filed:
    """Build a report with nothing read in it but its credits."""
    report = Report(
        id=name, text=text, sha256="", title=title, outlet=outlet or None, published=published or None,
        url=url or None, credits=credits(text),
    )  # fmt: skip
    return Filed(Reading(report=report), _SEEN)
