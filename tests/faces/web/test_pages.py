"""The pages of the desk: what stands on them, and what never gets onto them."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from reportedly.faces.web.app import create_app
from reportedly.faces.web.shield import POLICY

TRICKS = "/reports/" + quote("tricks/1?x=<b>&y", safe="")
PAGES = [
    "/", "/?order=largest", "/?about=port&status=single", "/?as_of=2026-05-04T09:00", "/search",
    "/search?q=port", "/search?source=Fenn", "/search?entity=Velmora&page=2", "/reports/herald-1",
    "/reports/echo-1?own=1",
    "/reports/herald-1?claim=a1", "/revisions/echo-1", "/read", TRICKS, "/reports/nope", "/nope",
    "/?as_of=soon", "/?page=0",
]  # fmt: skip


class Seen(HTMLParser):
    """Collects the tags of a page, and what in them could run or load something."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.wrong, self.ids = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append(tag)
        self.ids += [values["id"]] if "id" in values else []
        for name, value in attributes:
            if name == "style" or name.startswith("on"):
                self.wrong.append((tag, name))
            if name in ("href", "src", "action", "formaction"):
                inside = re.match(r"[/#?](?!/)", value or "")
                outside = tag == "a" and (value or "").startswith("https://")
                if not inside and not outside:
                    self.wrong.append((tag, value))
        if tag == "style" or (tag == "script" and "src" not in values):
            self.wrong.append((tag, "inline"))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_whole_and_holds_nothing_that_runs_or_loads(client, page):
    answer = client.get(page)
    assert answer.status_code in (200, 400, 404, 422)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    seen = Seen(answer.text)
    assert not seen.wrong
    assert seen.tags.count("main") == 1
    assert seen.tags.count("h1") == 1
    assert len(seen.ids) == len(set(seen.ids))
    assert "‮" not in answer.text


def test_the_headers_are_on_refusals_and_files_too(client):
    for answer in (client.get("/", headers={"host": "evil.example"}), client.get("/static/desk.css")):
        assert answer.headers["content-security-policy"] == POLICY
    assert client.get("/", headers={"host": "evil.example"}).status_code == 403


def test_the_stories_say_how_many_outlets_and_origins(client):
    text = re.sub(r"<[^>]+>", " ", client.get("/").text)
    text = " ".join(text.split())
    assert re.search(r"\d reports · \d outlets", text)
    assert re.search(r"\d outlets → go back to \d(–\d)? origin", text)


def test_filters_keep_the_stories_that_hold_such_a_claim(client):
    assert "herald" not in client.get("/?about=submarine").text
    assert "No story holds such a claim" in client.get("/?about=submarine").text
    assert "Saren" in client.get("/?about=close+port&by=officials").text
    assert "No story holds such a claim" in client.get("/?about=close+port&by=admiral").text
    assert 'class="story"' in client.get("/?kind=anonymous").text


def test_a_moment_leaves_out_what_came_later_and_goes_along_with_the_links(client):
    page = client.get("/?as_of=2026-05-04T09:00").text
    assert "1 report" in page
    assert "as_of=2026-05-04T09%3A00" in page
    assert client.get("/reports/echo-1?as_of=2026-05-04T09:00").status_code == 404
    assert "4 May 2026, 09:00 UTC" in page


def test_the_reader_shows_claims_beside_the_text(client):
    page = client.get("/reports/herald-1").text
    assert 'class="card' in page
    assert "two officials with knowledge of the plan" in page
    assert re.search(r'<a class="no" id="t-(a\d+)" href="#\1"', page)
    ids = re.findall(r'data-claim="(a\d+)"', page)
    assert ids
    for name in ids:
        assert f'id="{name}"' in page
    lit = client.get(f"/reports/herald-1?claim={ids[0]}").text
    assert "on-con" in lit
    assert "on-con" not in page


def test_the_reader_leads_to_the_claim_in_its_story(client):
    assert re.search(r'href="/stories/s[0-9a-f]+#c[0-9a-f]+"', client.get("/reports/courier-1").text)


def test_what_the_report_says_itself_is_shown_when_asked(client):
    assert 'k-narrator"' not in client.get("/reports/herald-1").text
    assert "k-narrator" in client.get("/reports/herald-1?own=1").text


def test_hostile_text_is_shown_and_does_nothing(client):
    page = client.get(TRICKS).text
    assert "&lt;script&gt;" in page
    assert "{{ 7 * 7 }}" in page
    assert "U+202E" in page
    assert "javascript:" not in re.findall(r'href="([^"]*)"', page)


def test_revisions_show_the_words_that_changed(client):
    page = client.get("/revisions/echo-1").text
    assert re.search(r"<del>port</del> <ins>harbour</ins>", page)
    assert "The port stays open." in page
    assert "Revision 2" in page
    assert "as_of=" in page


def test_errors_are_pages_that_say_what_to_do(client):
    assert "there is no report" in client.get("/reports/nope").text
    assert client.get("/?as_of=soon").status_code == 400
    assert "ISO 8601" in client.get("/?as_of=soon").text
    assert client.get("/nope").status_code == 404
    assert client.get("/?page=x").status_code == 422


def test_a_search_says_when_there_is_nothing(client):
    assert "No report holds all of that" in client.get("/search?q=submarine").text
    assert "<mark>" in client.get("/search?q=harbour+of").text


PASTED = "Mayor Ilse Orn said on Monday that the bridge at Tolm would open in June.\n\nNobody denied it."


def test_a_pasted_report_is_read_and_not_kept(client, csrf_of):
    answer = client.post("/read", data={"content": PASTED, "csrf": csrf_of(client)})
    assert answer.status_code == 200
    assert "Read, not filed" in answer.text
    assert "Mayor Ilse Orn" in answer.text
    assert not Seen(answer.text).wrong
    assert "No report holds" in client.get("/search?q=Tolm").text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"content": "  "}, "there is nothing to read"),
        ({"content": "Some text.", "published": "soon"}, "ISO 8601"),
        ({"content": "", "url": "https://example.org/x"}, "fetches no addresses"),
        ({"content": "x" * 2_000_001}, "over the limit of 2.0 MB"),
        ({"content": '{"id": "1", "text": "x"}'}, "JSON lines"),
        ({"content": "<html><body></body></html>", "kind": "html"}, "This cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said(client, csrf_of, sent, said):
    answer = client.post("/read", data=sent | {"csrf": csrf_of(client)})
    assert answer.status_code == 422
    assert said in answer.text


def test_an_upload_is_read_by_what_it_is(client, csrf_of):
    def send(body):
        data = {"csrf": csrf_of(client)}
        return client.post("/read", data=data, files={"file": ("report", body)})

    assert "it looks like a PNG picture" in send(b"\x89PNG\r\n\x1a\n" + bytes(20)).text
    assert "Bürgermeisterin" in send("Bürgermeisterin Orn said that it rained.".encode("latin-1")).text


def test_a_form_from_elsewhere_or_without_a_token_changes_nothing(client, csrf_of):
    assert client.post("/ingest", data={"content": PASTED}).status_code == 403
    data = {"content": PASTED, "csrf": csrf_of(client)}
    assert client.post("/ingest", data=data, headers={"origin": "https://evil.example"}).status_code == 403
    assert client.post("/ingest", data=data, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_what_goes_wrong_inside_is_a_page_with_the_same_headers(desk_file):
    app = create_app(desk_file)

    @app.get("/broken")
    def broken():
        raise RuntimeError("a secret of the inside")

    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == POLICY
    assert "secret" not in answer.text


def test_a_report_is_filed_and_filed_once(desk_file, tmp_path, csrf_of):
    shutil.copy(desk_file, tmp_path / "desk.db")
    with TestClient(create_app(tmp_path / "desk.db")) as client:
        places = []
        for _ in range(2):
            data = {"content": PASTED, "outlet": "Tolm Mail", "csrf": csrf_of(client)}
            answer = client.post("/ingest", data=data, follow_redirects=False)
            assert answer.status_code == 303
            places.append(answer.headers["location"])
        assert places[0] == places[1]
        assert "Tolm Mail" in client.get(places[0]).text
        assert "not weighed yet" not in client.get("/").text
