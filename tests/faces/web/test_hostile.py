"""Whatever a report holds, every page stays safe and can be used: hostile text, and very much of it."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from reportedly.desk import open_desk
from reportedly.desk.filing import Filer
from reportedly.faces.web.app import create_app
from reportedly.records import Attribution, Reading, Report, Source, passage

TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x08\x0b\x0c\x0e-\x1f]")
MOST = 2_000_000  # bytes of a page
CLAIMS = 5_000
VOID = {"script": "src", "link": "href"}


class _Tags(HTMLParser):
    """What of a page could run, or lead somewhere else."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.wrong = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        if tag in ("style", "iframe", "object", "embed", "base"):
            self.wrong.append(tag)
        if tag in VOID and not (said.get(VOID[tag]) or "").startswith(("/static/", "/alerts/")):
            self.wrong.append((tag, said))
        if tag == "img" and not (said.get("src") or "").startswith("/static/"):
            self.wrong.append((tag, said))
        for name, value in attributes:
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.wrong.append((tag, name))
            scheme = re.match(r"\s*([a-z]+):", value or "", re.IGNORECASE)
            leads = name in ("href", "src", "action", "formaction", "xlink:href")
            if leads and scheme and scheme[1].lower() not in ("http", "https"):
                self.wrong.append((tag, name, value))


def safe(answer):
    """Assert that a page runs nothing, turns no text around, and is no larger than a page should be."""
    assert answer.status_code in (200, 202), (answer.url, answer.status_code)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert len(answer.content) < MOST, answer.url
    if answer.headers["content-type"].startswith("text/html"):
        assert _Tags(answer.text).wrong == [], answer.url
        assert not TURNING.search(answer.text), answer.url


def walk(client, start, most):
    """Get every page that can be reached; returns their addresses."""
    seen, todo = set(), list(start)
    while todo and len(seen) < most:
        where = todo.pop(0)
        if where in seen:
            continue
        seen.add(where)
        answer = client.get(where)
        safe(answer)
        links = re.findall(r'href="(/[^"#]*)', answer.text)
        todo += [unescape(link) for link in links if not link.startswith("/static/")]
    return seen


def test_every_page_with_hostile_text_is_safe(client):
    start = ["/?as_of=2026-05-05T12:00", "/search?q=script", "/search?q=%3Cscript%3E&source=%3Cb%3E"]
    start += ["/review", "/?about=%22%3E%3Cscript%3E", "/reports/tricks%2F1%3Fx%3D%3Cb%3E%26y?own=1"]
    seen = walk(client, start, 150)
    rooms = {where.split("?")[0].split("/")[1] for where in seen}
    assert {"", "search", "stories", "reports", "revisions", "claims", "sources", "review"} <= rooms
    assert {"decisions", "alerts", "jobs", "read"} <= rooms


def huge():
    """A report of two megabytes that makes very many claims."""
    claims, lines, at = [], [], 0
    for k in range(CLAIMS):
        who = f"Official number {k}"
        line = f"{who} said that tank {k} on the northern quay would be moved before {'very ' * 66}long."
        start = at + len(who) + 6
        end = at + len(line) - 1
        claims.append((f"a{k}", (at, at + len(who)), (at + len(who) + 1, start - 1), (start, end)))
        lines.append(line)
        at += len(line) + 2
    text = "\n\n".join(lines)
    assert len(text) > 2_000_000
    report = Report(
        id="huge", text=text, sha256=hashlib.sha256(text.encode()).hexdigest(), outlet="Valley Echo",
        title="Very many officials speak", published="2026-03-21T10:00:00+00:00",
    )  # fmt: skip
    attributions = tuple(
        Attribution(
            id=name, source=Source(text=text[slice(*source)], spans=(source,), kind="official"),
            cue=passage(text, cue), content=passage(text, content), quotation="indirect", stance="assert",
            factuality="CT+", confidence=0.9, decided_by="by hand",
        )
        for name, source, cue, content in claims
    )  # fmt: skip
    return Reading(report=report, attributions=attributions)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A client of a desk that holds the huge report, which nothing has weighed."""
    path = tmp_path_factory.mktemp("large") / "desk.db"
    with open_desk(path) as desk:
        filer = Filer(desk)
        with filer.writing() as connection:
            filer.file(connection, huge(), seen=datetime.now(UTC), raw_sha256=None)
    with TestClient(create_app(path)) as found:
        yield found


@pytest.mark.parametrize(
    "where",
    [
        "/", "/?as_of=2026-03-22", "/?order=largest", "/search?q=northern+quay",
        "/search?q=official&source=4999",
        "/reports/huge", "/reports/huge?part=3", "/reports/huge?claim=a4999",
        "/reports/huge?own=1",
        "/revisions/huge", "/review", "/review/report?report=huge&claim=a77", "/decisions", "/alerts",
        "/jobs",
    ],
)  # fmt: skip
def test_a_report_of_two_megabytes_and_5000_claims_can_be_used_on_every_page(large, where):
    safe(large.get(where))


def test_the_story_of_a_huge_report_is_shown_or_being_weighed_and_never_fails(large):
    (story,) = set(re.findall(r'href="(/stories/[^"?#]+)"', large.get("/").text))
    for where in (story, f"{story}?as_of=2026-03-22", f"/review{story}", f"/review?story={story[9:]}"):
        safe(large.get(where))
