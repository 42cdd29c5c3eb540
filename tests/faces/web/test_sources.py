"""The source page: for bodies, outlets and people in office; for nobody else."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from lxml import html

from reportedly.desk import open_desk
from reportedly.desk.book import weigh_all
from reportedly.desk.ingest import ingest
from reportedly.desk.sources import is_office, standing
from reportedly.faces.web.app import create_app
from tests.desk.conftest import REPORTS, write

NEIGHBOUR = {
    "id": "echo-3",
    "outlet": "Valley Echo",
    "title": "A quiet street by the port of Saren",
    "published": "2026-05-06T09:00:00+00:00",
    "url": "https://echo.example/street",
    "text": "“I heard nothing of a closure of the port of Saren,” said Marit Osk, who lives by the port. "
    "Velmora will close the port of Saren on June 1, the Norden Herald reported on Monday.",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    source = write(folder / "reports.jsonl", [*REPORTS, NEIGHBOUR])
    with open_desk(folder / "desk.db") as desk:
        assert all(o.state == "filed" for o in ingest(desk, [str(source)]))
        for _ in weigh_all(desk):
            pass
    with TestClient(create_app(folder / "desk.db")) as opened:
        yield opened


def text(answer) -> str:
    return " ".join(html.fromstring(answer.text).text_content().split())


# the rule -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "post",
    [
        "Transport Minister", "mayor of Hallow Ferry", "company’s chief executive", "Secretary of State",
        "State Prosecutor", "deputy chief of staff", "Republican Sen.", "director general of the port",
    ],
)  # fmt: skip
def test_an_office(post):
    assert is_office(post)


@pytest.mark.parametrize(
    "post",
    [
        "former ferry captain", "alleged leader of the network", "lawyer for Halvane", "ex-president",
        "then-governor", "chief correspondent for the Echo", "shop manager", "teacher", "member of the board",
        "senior lawyer in the Justice Department", "",
    ],
)  # fmt: skip
def test_no_office_or_one_that_is_not_held(post):
    assert not is_office(post)


@pytest.mark.parametrize(
    ("name", "schema", "offices", "is_outlet", "what"),
    [
        ("Health Ministry", "PublicBody", (), False, "body"),
        ("Halvane", "Company", (), False, "body"),
        ("Velmora", "Address", (), False, "body"),
        ("Norden Herald", "Person", (), True, "outlet"),
        ("Reuters", None, (), False, "outlet"),
        ("Oda Fenn", "Person", ("Transport Minister",), False, "office"),
        ("Marit Osk", "Person", (), False, None),
        ("Marit Osk", None, (), False, None),
        ("The crew", "LegalEntity", (), False, None),
        ("Tern", "Vessel", (), False, None),
    ],
)
def test_who_has_a_page(name, schema, offices, is_outlet, what):
    found = standing(name, schema, offices, is_outlet=is_outlet)
    assert (found.what if found else None) == what


# the page -----------------------------------------------------------------------------------------


def test_somebody_in_office_with_what_they_dispute(client):
    answer = client.get("/sources/Oda Fenn")
    assert answer.status_code == 200
    page = html.fromstring(answer.text)
    shown = text(answer)
    assert "Transport Minister" in shown
    assert "Denies, Valley Echo, 5 May 2026, 09:00 that Velmora will close the port" in shown
    assert page.cssselect(".objections a[href^='/reports/echo-1#']")
    assert page.cssselect(".objections a[href^='/claims/']")


def test_an_outlet_with_its_reports_and_who_cites_it(client):
    shown = text(client.get("/sources/Norden Herald"))
    assert "1 of its reports in this desk" in shown
    assert "Cited by others" in shown
    assert "Velmora to close Saren port" in shown


def test_a_private_person_has_no_page_and_it_says_why(client):
    answer = client.get("/sources/Marit Osk")
    assert answer.status_code == 404
    assert "There is no page of this source" in text(answer)
    assert "I heard nothing" not in answer.text


@pytest.mark.parametrize(
    "name", ["Nobody Here", "%00", '" OR 1', "n-000000000000", "../../etc/passwd", "*", "%20"]
)
def test_what_is_not_there(client, name):
    assert client.get(f"/sources/{name}").status_code in (404, 422)


def test_a_source_at_a_moment(client):
    before = client.get("/sources/Oda Fenn?as_of=2026-05-04T12:00:00Z")
    assert "Denies" not in before.text
    earlier = client.get("/sources/Norden Herald?as_of=2026-05-04T09:00:00Z")
    assert "1 of its reports" in text(earlier)
    assert client.get("/sources/Oda Fenn?as_of=2026-05-01").status_code == 404


def test_a_story_links_only_to_sources_that_have_a_page(client):
    home = html.fromstring(client.get("/").text)
    stories = {a.get("href").split("#")[0] for a in home.cssselect("a[href^='/stories/']")}
    links = {
        a.get("href")
        for story in stories
        for a in html.fromstring(client.get(story).text).cssselect("a[href^='/sources/']")
    }
    assert "/sources/Oda%20Fenn" in links
    assert all(client.get(link).status_code == 200 for link in links)
