"""Spoils the text of a report as careless copying, old systems and other forms of writing do.

Each spoiler takes an article (``text`` and ``attributions`` with lists of
``[start, end)``) and returns another one, whose spans have moved with the text.
What is drawn by lot depends on the article's id only.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from itertools import pairwise

Edit = tuple[int, int, str]  # characters start to end give way to the string
ROLES = ("source", "cue", "content")
_DOUBLE = re.compile(r"[“”\"„«»]|''|``")
_SENTENCE = re.compile(r"(?<=[.!?])[”\"]? +(?=[“\"]?[A-Z])")
_LINE = re.compile(r"\S[^\n]{20,71}(?= )")
_MENU = (
    "Home", "World", "Politics", "Business", "Opinion", "Tech", "Science", "Health", "Sport", "Weather",
    "Subscribe", "Sign in", "Newsletters", "Podcasts", "Video", "Most read", "Share", "Print", "Follow us",
    "Advertisement", "Skip to main content", "Cookie settings", "Terms of use", "Contact us", "Careers",
    "Market data delayed by 15 minutes", "Sign up for our morning briefing", "Read more: five things to know",
    "You have 3 free articles left this month", "Comments (214)", "Related topics", "Editors' picks",
)  # fmt: skip


def edited(article: dict, edits: Iterable[Edit]) -> dict:
    """Return the article with edits made, which must not overlap; what is cut away leaves its spans."""
    text = article["text"]
    rows = sorted(edits)
    parts, at = [], 0
    for start, end, new in rows:
        parts += [text[at:start], new]
        at = end
    parts.append(text[at:])

    def place(offset: int, is_end: bool) -> int:
        moved = 0
        for start, end, new in rows:
            if start >= offset and (start < end or is_end or start > offset):
                break
            if end > offset:  # inside of what gives way
                return start + moved + (0 if is_end else len(new))
            moved += len(new) - (end - start)
        return offset + moved

    def spans(old: list[list[int]]) -> list[list[int]]:
        moved = [[place(s, False), place(e, True)] for s, e in old]
        return [[s, e] for s, e in moved if s < e]

    found = [
        item
        for item in ({role: spans(old[role]) for role in ROLES} for old in article["attributions"])
        if item["content"]
    ]
    return {"id": article["id"], "text": "".join(parts), "attributions": found}


def clean(article: dict) -> dict:
    """Return the article as it is."""
    return article


def _marks(article: dict) -> list[tuple[int, int, bool]]:
    """Return each double quotation mark as start, end and whether it opens."""
    found = []
    text = article["text"]
    for match in _DOUBLE.finditer(text):
        mark, start = match[0], match.start()
        if mark in '"' or mark == "''":
            before = text[start - 1 : start]
            opens = not before or before.isspace() or before in "([—–-"
        else:
            opens = mark in "“„«``"
        found.append((start, match.end(), opens))
    return found


def _with_marks(opening: str, closing: str) -> Callable[[dict], dict]:
    def spoil(article: dict) -> dict:
        return edited(article, [(s, e, opening if opens else closing) for s, e, opens in _marks(article)])

    return spoil


def without_some_closing(article: dict) -> dict:
    """Drop every third closing mark."""
    closing = [(s, e, "") for s, e, opens in _marks(article) if not opens]
    return edited(article, closing[::3])


def lower(article: dict) -> dict:
    return {**article, "text": "".join(_one(c, c.lower()) for c in article["text"])}


def capitals(article: dict) -> dict:
    return {**article, "text": "".join(_one(c, c.upper()) for c in article["text"])}


def _one(old: str, new: str) -> str:
    return new if len(new) == 1 else old


def over_paragraphs(article: dict) -> dict:
    """Begin a paragraph, and the quotation again, at each sentence inside of a quotation."""
    edits: list[Edit] = []
    marks = _marks(article)
    for (_, low, opens), (high, _, closes) in pairwise(marks):
        if opens and not closes:
            for gap in _SENTENCE.finditer(article["text"], low, high):
                edits.append((gap.start(), gap.end(), "\n\n“"))
    return edited(article, edits)


def transcript(article: dict) -> dict:
    """Keep only what somebody with a short name says in quotation marks, as lines ("MOSS: It holds.")."""
    text, parts, found, at = article["text"], [], [], 0
    for item in article["attributions"]:
        quoted = [(s, e) for s, e in item["content"] if _DOUBLE.search(text[max(0, s - 2) : s + 2])]
        if len(item["source"]) != 1 or not quoted or len(quoted) != len(item["content"]):
            continue
        name = text[slice(*item["source"][0])]
        said = " ".join(_DOUBLE.sub("", text[s:e]).strip().replace("\n", " ") for s, e in quoted)
        if not name[:1].isupper() or len(name.split()) > 4 or not name.replace(" ", "").isalpha():
            continue
        if len(said.split()) < 5:
            continue
        name = name.upper()
        line = f"{name}: {said[0].upper()}{said[1:].rstrip(',')}"
        line += "" if line.endswith((".", "!", "?")) else "."
        start = at + len(name) + 2
        found.append({"source": [[at, at + len(name)]], "cue": [], "content": [[start, at + len(line)]]})
        parts.append(line)
        at += len(line) + 2
    return {"id": article["id"], "text": "\n\n".join(parts), "attributions": found}


def bullets(article: dict) -> dict:
    """Make each sentence outside of quotation marks, and each line, an item of a list."""
    text = article["text"]
    inside = [(low, high) for (_, low, opens), (high, _, _) in pairwise(_marks(article)) if opens]
    edits: list[Edit] = [(0, 0, "• ")]
    edits += [(m.start(), m.end(), "\n• ") for m in re.finditer(r"\n\s*(?=\S)", text)]
    for gap in _SENTENCE.finditer(text):
        if not any(low <= gap.start() < high for low, high in inside) and text[gap.start()] == " ":
            edits.append((gap.start(), gap.end(), "\n• "))
    return edited(article, edits)


def one_block(article: dict) -> dict:
    """Lose all paragraphs."""
    return edited(article, [(m.start(), m.end(), " ") for m in re.finditer(r"\s*\n\s*", article["text"])])


def wrapped(article: dict) -> dict:
    """Break lines at 72 characters, and put an empty line between paragraphs."""
    edits: list[Edit] = [(m.start(), m.end(), "\n\n") for m in re.finditer(r"\s*\n\s*", article["text"])]
    taken = {k for start, end, _ in edits for k in range(start, end)}
    for line in _LINE.finditer(article["text"]):
        edits += [(line.end(), line.end() + 1, "\n")] if line.end() not in taken else []
    return edited(article, edits)


def headline(article: dict) -> dict:
    """Put a headline of an agency, its notes and a stamp of time right before the text."""
    line = "UPDATE 2-Port talks drag on as ministers weigh offer | Norland Herald\nUpdated 14:02 GMT\n"
    return edited(article, [(0, 0, line)])


def dateline(article: dict) -> dict:
    return edited(article, [(0, 0, "PORT SAREN, Velmora (NPA) — ")])


def junk(article: dict) -> dict:
    """Put 200 lines of menus before the text, as a page that was copied whole has them."""
    rng = random.Random(article["id"])
    return edited(article, [(0, 0, "".join(f"{rng.choice(_MENU)}\n" for _ in range(200)) + "\n")])


SPOILERS: dict[str, Callable[[dict], dict]] = {
    "clean": clean,
    "typographic quotes": _with_marks("“", "”"),
    "straight quotes": _with_marks('"', '"'),
    "single quotes": _with_marks("‘", "’"),
    "guillemets": _with_marks("«", "»"),
    "low and high quotes": _with_marks("„", "“"),
    "doubled single quotes": _with_marks("``", "''"),
    "every third closing quote lost": without_some_closing,
    "no quotes": _with_marks("", ""),
    "quotes over paragraphs": over_paragraphs,
    "lower case": lower,
    "capitals": capitals,
    "transcript": transcript,
    "bullets": bullets,
    "one block": one_block,
    "wrapped lines": wrapped,
    "headline before": headline,
    "dateline": dateline,
    "menus before": junk,
}
