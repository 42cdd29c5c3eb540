"""What reads names, dates and headings takes linear time, whatever is repeated in them and however often."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from reportedly.errors import ReportedlyError
from reportedly.exchange import brat
from reportedly.exchange.tabular import guarded
from reportedly.intake import byline, credits, dates, doors, feed, html, meta, safexml

from ..fuzz.mangling import in_time

LENGTH = 100_000
PUMPS = [
    " ", "\t", "\n ", "a", "A", "'", "@", "a@", ".", "A. ", "0,", "(", "<", "<a ", '"', "é",
    "and ", "By ", "|", "-",    "\u00a0",
]  # fmt: skip
SENTENCE = "The harbour master of Port Selwyn said on Monday that no ferry would sail. " * 3


def in_a_feed(text: str) -> object:
    inside = text.replace("<", "&lt;")
    return feed.parse(
        f"<rss><channel><title>{inside}</title><item><title>{inside}</title><link>http://g.example/</link>"
        f"<author>{inside}</author><pubDate>{inside}</pubDate><description>{inside}</description></item>"
        "</channel></rss>".encode()
    )


def in_a_page(text: str) -> object:
    inside = text.replace('"', "&quot;").replace("<", "&lt;")
    return meta.read(
        html.parse(
            f'<title>{inside}</title><meta name="author" content="{inside}"><meta name="date" '
            f'content="{inside}"><meta property="og:site_name" content="{inside}">'
            f'<p class="byline">{inside}</p><p>{SENTENCE}</p>'
        )
    )


READERS: dict[str, Callable[[str], object]] = {
    "byline": byline.read,
    "people": byline.people,
    "credits": credits.credits,
    "date": dates.normal,
    "dates": dates.find,
    "feed": in_a_feed,
    "page": in_a_page,
    "text": lambda text: doors.from_text(f"{text}\n\n{SENTENCE}\n\n{text}"),
    "tags": html.without_wide_tags,
    "root": lambda text: safexml.root_name(text.encode()),
    "cell": guarded,
    "brat": lambda text: brat.read("x", f"T1\t{text}\nA1\t{text}\n#{text}\nR1\t{text}\n"),
}


@pytest.mark.parametrize("reader", READERS)
def test_long_repetitions_are_read_in_linear_time(reader: str) -> None:
    for pump in PUMPS:
        text = (pump * LENGTH)[:LENGTH]
        with in_time(30), suppress(ReportedlyError):
            READERS[reader](text)
            READERS[reader](f"By {text} x")
