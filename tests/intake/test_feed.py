from __future__ import annotations

import gzip
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.errors import IntakeError, ReportedlyError, TooLarge
from reportedly.intake import feed, safexml, sitemap
from reportedly.intake.item import Item
from reportedly.intake.web import Fetched

SENTENCE = (
    "The harbour master of Port Selwyn said on Monday that no ferry would sail before the storm had passed. "
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
ARTICLE = "".join(f"<p>On {day} the wind rose again. {SENTENCE * 2}</p>" for day in DAYS)
RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Selwyn Gazette | Top stories</title><link>https://gazette.example/</link>
<language>en-gb</language>
<item><title>Ferries &lt;b&gt;stay&lt;/b&gt; in port &amp;amp; wait</title><media:title>A photo</media:title>
  <link>/ferries#top</link><guid isPermaLink="false">g-1</guid>
  <pubDate>Sun, 05 May 2024 14:30:00 GMT</pubDate>
  <dc:creator>Jane Roe</dc:creator><dc:creator>John Doe</dc:creator>
  <description>Short.</description><content:encoded><![CDATA[{ARTICLE}]]></content:encoded></item>
<item><guid>https://gazette.example/fares</guid><title>Fares rise</title><pubDate>yesterday</pubDate>
  <author>ann@gazette.example (Ann Poe)</author>
  <description>Fares will rise&nbsp;in June ...</description></item>
<item><title>Only a note</title><description>The pier at Port Selwyn stays closed until the
  council has met again on Friday.</description></item>
<item><description>Neither named nor linked</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://courier.example/news/">
<title>Harbour Courier</title>
<entry><id>tag:courier.example,2024:1</id><title type="html">Storm &amp;amp; tide</title>
  <link rel="self" href="https://courier.example/atom/1"/><link href="storm"/>
  <author><name>Jane Roe</name></author><published>2024-05-05T14:30:00+01:00</published>
  <updated>2024-05-05T15:00:00Z</updated>
  <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>A storm.</p></div></content></entry>
</feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Tern Herald</title></channel>
<item rdf:about="https://herald.example/1"><title>One</title><link>https://herald.example/1</link>
<dc:date>2024-05-05</dc:date></item></rdf:RDF>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><rss><channel><item><title>&c;</title></item></channel></rss>"""


def no_web(url: str, **_: Any) -> Fetched:
    page = f"<html><body><article><h1>{url[-5:]}</h1>{ARTICLE}</article></body></html>"
    return Fetched(url, page.encode(), "text/html", None)


def test_rss() -> None:
    found = feed.parse(RSS.encode(), "https://gazette.example/rss")
    first, second, third = found.entries
    assert (found.title, found.language) == ("Selwyn Gazette | Top stories", "en")
    assert (first.key, first.link, first.title) == (
        "g-1", "https://gazette.example/ferries", "Ferries stay in port & wait",
    )  # fmt: skip
    assert (first.authors, first.published, first.full) == (
        ("Jane Roe", "John Doe"), "2024-05-05T14:30:00+00:00", True,
    )  # fmt: skip
    assert first.outlet == "Selwyn Gazette"
    assert (second.link, second.authors, second.published) == (
        "https://gazette.example/fares",
        ("Ann Poe",),
        None,
    )
    assert not second.full
    assert "rise in June" in second.content
    assert (third.key, third.link) == ("Only a note", None)


def test_atom_and_rdf() -> None:
    (entry,) = feed.parse(ATOM.encode(), "https://courier.example/atom").entries
    assert (entry.link, entry.title) == ("https://courier.example/news/storm", "Storm & tide")
    assert (entry.published, entry.updated) == ("2024-05-05T14:30:00+01:00", "2024-05-05T15:00:00+00:00")
    assert "<p>A storm.</p>" in entry.content
    (entry,) = feed.parse(RDF.encode()).entries
    assert (entry.link, entry.published) == ("https://herald.example/1", "2024-05-05")


def test_whole_texts_are_used_and_summaries_lead_to_the_page() -> None:
    found = feed.parse(RSS.encode(), "https://gazette.example/rss")
    asked: list[str] = []

    def fetch(url: str, **_: Any) -> Fetched:
        asked.append(url)
        return no_web(url)

    items = list(feed.items(found, "https://gazette.example/rss", fetch))
    assert asked == []
    assert [item.locator for item in items] == [
        "https://gazette.example/ferries",
        "https://gazette.example/fares",
        "https://gazette.example/rss#Only a note",
    ]
    first, second, third = (item.report() for item in items)
    assert asked == ["https://gazette.example/fares"]
    assert first.text.count("\n\n") == 4
    assert (first.url, first.outlet, first.authors) == (
        "https://gazette.example/ferries", "Selwyn Gazette", ("Jane Roe", "John Doe"),
    )  # fmt: skip
    assert second.authors == ("Ann Poe",)
    assert third.text.startswith("The pier at Port Selwyn")
    assert "summary" in third.warnings[0]
    assert len(items[1].sha256 or "") == 64


@pytest.mark.parametrize(
    "source",
    [
        BOMB,
        BOMB.replace("<?xml version", "Warning: x\n<?xml version"),
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><channel/></rss>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]><rss/>',
    ],
)
def test_entities_are_refused(source: str) -> None:
    for data in (source.encode(), source.encode("utf-16")):
        with pytest.raises(IntakeError, match="unsafe"):
            feed.parse(data)
        with pytest.raises(IntakeError, match="unsafe"):
            sitemap.parse(data)


def test_a_plain_document_type_is_fine() -> None:
    old = '<?xml version="1.0"?>\n<!DOCTYPE rss PUBLIC "-//X//DTD RSS 0.91//EN" "http://x.example/rss.dtd">'
    (entry,) = feed.parse(
        f"{old}<rss><channel><item><title>&eacute;t&eacute;</title></item></channel></rss>".encode()
    ).entries
    assert entry.title == "été"


def test_small_faults_are_mended() -> None:
    broken = RSS.replace("</channel></rss>", "").replace("<language>en-gb", "<a & b><language>en-gb")
    assert [e.key for e in feed.parse(broken.encode()).entries][:1] == ["g-1"]


def test_what_is_no_feed() -> None:
    for data in (b"<html><body>x</body></html>", b"plain words", b"{}", b"<urlset/>"):
        with pytest.raises(IntakeError):
            feed.parse(data)
    assert safexml.root_name(b"<?xml version='1.0'?><!-- x --><rdf:RDF xmlns") == "RDF"


SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://x.example/image">
<url><image:image><image:loc>https://gazette.example/i.png</image:loc></image:image>
 <loc>https://gazette.example/1</loc><lastmod>2024-05-06</lastmod>
 <news:news><news:publication><news:name>Selwyn Gazette</news:name></news:publication>
 <news:publication_date>2024-05-05T10:00:00Z</news:publication_date><news:title>Ferries</news:title></news:news></url>
<url><loc>ftp://gazette.example/2</loc></url><url><loc>https://gazette.example/3</loc></url></urlset>"""


def test_sitemaps() -> None:
    first, third = sitemap.parse(gzip.compress(SITEMAP.encode())).pages
    assert first == sitemap.Page(
        "https://gazette.example/1", "Ferries", "Selwyn Gazette", "2024-05-05T10:00:00+00:00"
    )
    assert third.url == "https://gazette.example/3"
    items = list(sitemap.items(SITEMAP.encode(), "map.xml", no_web))
    report = items[0].report()
    assert (report.outlet, report.published) == ("Selwyn Gazette", "2024-05-05T10:00:00+00:00")
    with pytest.raises(TooLarge):
        sitemap.parse(gzip.compress(b" " * (sitemap.MAX_SITEMAP + 10), 1))


def test_an_index_of_sitemaps_is_bounded() -> None:
    index = "<sitemapindex>{}</sitemapindex>"
    pages = {
        "https://gazette.example/a": SITEMAP,
        "https://gazette.example/b": index.format("<sitemap><loc>https://gazette.example/b</loc></sitemap>"),
        "https://gazette.example/c": BOMB,
    }

    def fetch(url: str, **_: Any) -> Fetched:
        return Fetched(url, pages[url].encode(), "text/xml", None)

    source = index.format("".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in pages)).encode()

    def read(items: list[Item]) -> list[tuple[str, str]]:
        return [(item.locator[-1], _error(item)) for item in items]

    found = read(list(sitemap.items(source, "map", fetch)))
    assert [name for name, _ in found] == ["1", "3", "b", "c"]
    assert "lists itself" in found[2][1]
    assert "unsafe" in found[3][1]
    few = read(list(sitemap.items(source, "map", fetch, max_pages=1)))
    assert [name for name, _ in few] == ["1", "a"]
    assert "limit" in few[1][1]


def _error(item: Item) -> str:
    try:
        item.report()
    except ReportedlyError as error:
        return str(error)
    except KeyError:
        return "key"
    return ""


TOKENS = (
    "<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>", "http://a.example/x", "<a ",
    "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE x", "[", "<!ENTITY a 'b'>", "]>", "&a;", "&lt;", "<feed>",
    "<entry>", "<content type='xhtml'>", "<?xml version='1.0' encoding='utf-7'?>", "\x00", "<guid>",
    "<urlset>", "<url>", "<loc>", "<sitemapindex>", "<sitemap>", "http://[", "é", "<feed xml:base='http://['>",
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.lists(st.sampled_from(TOKENS), max_size=40).map(lambda t: "".join(t).encode()),
    )
)
def test_no_bytes_break_the_parsers(data: bytes) -> None:
    for parse in (feed.parse, sitemap.parse):
        with suppress(ReportedlyError):
            assert parse(data) is not None
    safexml.root_name(data)
