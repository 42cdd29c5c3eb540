from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportedly.errors import IntakeError, NoArticle
from reportedly.intake import from_html

PARAGRAPHS = [
    "The harbour master of Port Selwyn said on Monday that no ferry would sail until the storm had passed.",
    "Three crews that had been waiting since Sunday were sent home, and the pier was closed to visitors.",
    "“We do not expect the wind to drop before Wednesday,” she told reporters at the town hall.",
    "The mayor called the decision hasty, and said that the islands would run short of bread and fuel.",
]
BODY = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)


def page(head: str = "", before: str = "", body: str = BODY) -> str:
    article = f"<article><h1>Ferries stay in port</h1>{before}{body}</article>"
    title = "<title>Ferries stay in port | Selwyn Gazette</title>"
    start = f"<!doctype html><html lang='en'><head>{title}{head}</head>"
    return f"{start}<body><nav><a href='/'>Home</a></nav>{article}</body></html>"


def ld(data: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(data)}</script>"


def test_text_is_the_paragraphs() -> None:
    report = from_html(page())
    assert report.text == "\n\n".join(PARAGRAPHS)
    assert report.title == "Ferries stay in port"
    assert report.language == "en"
    assert report.warnings == ()


def test_json_ld_graph_with_references() -> None:
    graph = {
        "@graph": [
            {"@type": "WebPage", "datePublished": "2020-01-01"},
            {"@type": ["NewsArticle"], "headline": "Ferries &amp; storms",
             "datePublished": "2024-05-05T10:00:00+01:00",
             "dateModified": "2024-05-05T11:00:00+01:00", "author": [{"@id": "#jane"}, {"name": "John Doe"}],
             "publisher": {"@id": "#org"}},
            {"@id": "#jane", "@type": "Person", "name": "Jane Roe"},
            {"@id": "#org", "@type": "Organization", "name": "Selwyn Gazette"},
        ]
    }  # fmt: skip
    report = from_html(page(ld(graph)))
    assert report.title == "Ferries & storms"
    assert report.authors == ("Jane Roe", "John Doe")
    assert report.outlet == "Selwyn Gazette"
    assert (report.published, report.updated) == ("2024-05-05T10:00:00+01:00", "2024-05-05T11:00:00+01:00")


def test_meta_tags() -> None:
    head = (
        '<meta property="og:title" content="Ferries stay in port | Selwyn Gazette">'
        '<meta property="og:site_name" content="Selwyn Gazette"><meta name="author" content="By Jane Roe">'
        '<meta property="article:published_time" content="2024-05-05">'
    )
    report = from_html(page(head))
    assert (report.title, report.outlet, report.authors) == (
        "Ferries stay in port",
        "Selwyn Gazette",
        ("Jane Roe",),
    )
    assert report.published == "2024-05-05"


def test_byline_paragraph_is_metadata() -> None:
    report = from_html(page(before="<p>By Jane Roe, Political Editor | Updated 5 May 2024 14:30 BST</p>"))
    assert report.authors == ("Jane Roe",)
    assert report.updated == "2024-05-05T14:30+01:00"
    assert report.text == "\n\n".join(PARAGRAPHS)


def test_time_element_fills_in_detail() -> None:
    head = '<meta name="date" content="2024-05-05">'
    report = from_html(page(head, before='<time datetime="2024-05-05T09:00:00+01:00">5 May</time>'))
    assert report.published == "2024-05-05T09:00:00+01:00"


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        ("https://www.reuters.com/world/x", "Reuters"),
        ("https://sport.bbc.co.uk/x", "BBC News"),
        ("https://www.selwyn.example/x", "selwyn.example"),
    ],
)
def test_outlet_by_domain(url: str, outlet: str) -> None:
    assert from_html(page(), url).outlet == outlet


def test_paywall_stub_is_warned_of() -> None:
    short = f"<p>{PARAGRAPHS[0]}</p><p>Subscribe to continue reading this article.</p>"
    assert "paywall" in from_html(page(body=short)).warnings[0]
    report = from_html(page(ld({"@type": "NewsArticle", "isAccessibleForFree": "False"})))
    assert "paywall" in report.warnings[0]


@pytest.mark.parametrize(
    "html", ["<html><body></body></html>", "<html><nav><a href='/'>Home</a></nav>", "<html>"]
)
def test_no_article(html: str) -> None:
    with pytest.raises(NoArticle):
        from_html(html)


def test_broken_json_ld_is_passed_over() -> None:
    bad = "<script type='application/ld+json'>{not json" + "[" * 5000 + "</script>"
    assert from_html(page(bad)).title == "Ferries stay in port"


def test_declared_charset() -> None:
    cyrillic = "Паром не вышел в море, сказала начальница порта в понедельник утром. "
    html = f"<html><head><meta charset='windows-1251'></head><body><article><p>{cyrillic * 4}</p></article>"
    report = from_html(html.encode("cp1251"))
    assert "начальница" in report.text
    assert report.warnings == ("the report seems to be in Russian; the readers know English only",)


@given(st.text(alphabet="<>/=\"' ap&;\x00divscript\ud800!-", max_size=200))
def test_any_page_gives_a_report_or_an_error_of_ours(soup: str) -> None:
    try:
        report = from_html("<html>" + soup)
    except IntakeError:
        return
    report.text.encode("utf-8")
