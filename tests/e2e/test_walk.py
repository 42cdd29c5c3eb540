"""Every page is walked, wide and narrow, on the demo's desk and on a real one.

``REPORTEDLY_TEST_DESK`` names the file of a real desk; it is copied, and nothing is written to it.
``REPORTEDLY_SCREENSHOTS`` names a folder into which the pictures of the documentation are written.
"""

from __future__ import annotations

import io
import json
import os
from functools import partial
from pathlib import Path

import pytest

from reportedly.desk import access, decisions, open_desk, review
from reportedly.desk.alerts import add as save_search
from reportedly.desk.alerts import run as run_alerts
from reportedly.desk.deciding import decide
from reportedly.desk.store import Desk

from .conftest import copied, serving, violations, visiting

WIDTHS = (1280, 360)
PASSWORD = "correct horse battery staple"
POSTED = [
    {
        "id": f"posted-{k}",
        "outlet": "Vale Post",
        "title": f"Lock {k} leaks",
        "published": "2026-03-22T08:00:00Z",
        "text": f"Lock {k} at Vale Weir leaks, its keeper told the Vale Post on Sunday.",
    }
    for k in range(3)
]


def well(page):
    """Assert that a page can be used by everybody, and that nothing sticks out of it."""
    assert violations(page) == [], page.url
    across = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert across <= 0, page.url


def places(opened, fine=200):
    """Find an address of each kind of page, from the first page on."""

    def links(page, room):
        found = page.locator(f'a[href^="/{room}/"]').evaluate_all(
            "all => all.map(a => a.getAttribute('href'))"
        )
        return [href.split("#")[0] for href in found]

    home = opened("/")
    stories = links(home, "stories")
    found = {
        "inbox": "/",
        "as of": "/?as_of=2026-03-17T09:00",
        "search": "/search",
        "found": "/search?q=said",
    }
    story = stories[0]
    for one in list(dict.fromkeys(stories))[:8]:  # the first that is weighed and in which somebody is named
        page = opened(one, expect=fine)
        if links(page, "sources") and links(page, "claims"):
            story = one
            break
    page = opened(story, expect=fine)
    report = links(page, "reports")[0].split("?")[0]
    found |= {"story": story}
    found |= {"reader": report, "revisions": report.replace("/reports/", "/revisions/", 1)}
    found |= {"claim": links(page, "claims")[0]}
    if links(page, "sources"):
        found["source"] = links(page, "sources")[0]
    found |= {"set right": f"/review/report?report={report.removeprefix('/reports/')}"}
    found |= {"review": "/review", "review of a story": story.replace("/stories/", "/review/stories/", 1)}
    found |= {"decisions": "/decisions", "intake": "/jobs", "paste": "/read", "alerts": "/alerts"}
    return found


def walk(opened, fine=200):
    where = places(opened, fine)
    for name, path in where.items():
        for width in WIDTHS:
            page = opened(path, width=width, expect=fine)
            assert page.locator("h1").count() == 1, name
            well(page)
    return where


@pytest.fixture(scope="module")
def own_desk(demo_file, tmp_path_factory):
    """A copy of the demo's desk that these tests change, with an alert that fired."""
    path = copied(demo_file, tmp_path_factory.mktemp("walk"))
    with open_desk(path) as desk:
        with desk.writing() as connection:
            save_search(connection, "bridges", mail="desk@news.example")
        run_alerts(desk)
    return path


@pytest.fixture(scope="module")
def own_site(own_desk):
    with serving(own_desk) as address:
        yield address


@pytest.fixture
def visit(browser, own_site):
    with visiting(browser, own_site) as opened:
        yield opened


def test_every_page_of_the_demo_is_walked(visit):
    where = walk(visit)
    assert {"story", "reader", "claim", "source", "review", "decisions", "alerts"} <= where.keys()


def test_every_page_of_a_real_desk_is_walked(browser, tmp_path):
    real = os.environ.get("REPORTEDLY_TEST_DESK", "")
    if not real:
        pytest.skip("no real desk: REPORTEDLY_TEST_DESK names none")
    if not Path(real).is_file():
        pytest.skip(f"no real desk: there is no file {real}")
    with serving(copied(Path(real), tmp_path)) as address, visiting(browser, address) as opened:
        walk(opened, fine=(200, 202))  # of a large desk some stories may be being weighed


def kinds(path):
    with open_desk(path) as desk, desk.reading() as connection:
        return [d.kind for d in decisions.log(connection)]


def test_pairs_are_decided_by_keys_in_bulk_and_taken_back(visit, own_desk):
    before = len(kinds(own_desk))
    page = visit("/review")
    assert page.locator(".pair").count() > 2
    page.keyboard.press("j")
    assert page.locator(".pair").first.evaluate("e => e.contains(document.activeElement)")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("input[name=pairs]:checked").count() == 2
    page.get_by_label("Why, for the chosen").fill("other figures")
    well(page)
    page.locator("#bulk").get_by_role("button", name="Not the same").click()
    page.get_by_role("status").filter(has_text="2 decisions").wait_for()
    well(page)
    assert kinds(own_desk)[before:] == ["reject", "reject"]
    page.keyboard.press("j")
    page.keyboard.press("y")
    page.get_by_role("status").filter(has_text="1 decision").wait_for()
    assert kinds(own_desk)[before:] == ["reject", "reject", "confirm"]
    for width in WIDTHS:
        well(visit("/decisions", width=width))
    page = visit("/decisions")
    page.keyboard.press("j")
    page.keyboard.press("u")
    page.get_by_role("status").filter(has_text="1 decision").wait_for()
    assert kinds(own_desk)[before:] == ["reject", "reject", "confirm", "undo"]
    assert "undone" in page.locator("table.log").inner_text()


def test_words_are_taken_out_and_come_back(visit, own_desk):
    page = visit("/reports/depot-1-agency")
    text = page.locator("main").inner_text()
    assert "Breck" in text
    for width in WIDTHS:
        page = visit("/review/report?report=depot-1-agency", width=width)
        well(page)
    page.get_by_label("These words, wherever they stand there").fill("Breck")
    page.locator('form[action$="/redact"] input[name=why]').fill("an exercise")
    page.get_by_role("button", name="Take out").click()
    page.wait_for_url("**/decisions*")
    for width in WIDTHS:
        page = visit("/reports/depot-1-agency", width=width)
        assert "Breck" not in page.locator("main").inner_text()
        assert "█████" in page.locator("main").inner_text()
        well(page)
    page = visit("/decisions")
    page.keyboard.press("j")
    page.keyboard.press("u")
    page.get_by_role("status").filter(has_text="1 decision").wait_for()
    assert "Breck" in visit("/reports/depot-1-agency").locator("main").inner_text()


def test_a_claim_is_rated_by_a_person(visit):
    path = places(visit)["claim"]
    page = visit(path, width=360)
    page.locator("details.rate summary").click()
    well(page)
    page.get_by_label("Rating, in words").fill("unproven")
    page.get_by_label("Organisation").fill("Norden Fact Desk")
    page.get_by_role("button", name="Write down").click()
    page.locator("#ratings").wait_for()
    assert "Norden Fact Desk" in page.locator("#ratings").inner_text()
    well(page)


def test_an_upload_shows_how_far_it_is_until_it_is_done(visit):
    page = visit("/jobs")
    body = "".join(json.dumps(row) + "\n" for row in POSTED).encode()
    page.get_by_label("A file").set_input_files(
        {"name": "posted.jsonl", "mimeType": "application/x-ndjson", "buffer": body}
    )
    page.get_by_role("button", name="Take it in").click()
    page.wait_for_url("**/jobs/*")
    assert page.locator("progress").count() == 1
    well(page)
    page.get_by_role("heading", name="Taken in", exact=True).wait_for(timeout=180_000)  # it reloads itself
    assert "3 of 3 reports" in page.get_by_role("status").inner_text()
    for width in WIDTHS:
        well(visit(page.url.removeprefix(page.url.split("/jobs")[0]), width=width))
    assert "Vale Post" in visit("/reports/posted-1").locator("main").inner_text()


def test_signing_in(browser, demo_file, tmp_path):
    path = copied(demo_file, tmp_path)
    with open_desk(path) as desk:
        _people(desk)
    with serving(path, access="wide") as address, visiting(browser, address) as opened:
        for width in WIDTHS:
            page = opened("/login", width=width)
            well(page)
            page.get_by_label("Name").fill("rea")
            page.get_by_label("Password").fill("wrong")
            page.keyboard.press("Enter")
            page.get_by_role("alert").wait_for()
            well(page)
            page.get_by_label("Name").fill("rea")
            page.get_by_label("Password").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(f"{address}/")
            well(page)
        assert page.goto(f"{address}/alerts").status == 200  # a reader sees no form
        assert page.get_by_role("button", name="Save").count() == 0
        well(page)


def _people(desk: Desk) -> None:
    with desk.writing() as connection:
        access.add_user(connection, "rea", "reader", PASSWORD)


# pictures -------------------------------------------------------------------------------------------

_MOST = 150_000  # bytes of a picture


def test_pictures_of_the_documentation(browser, demo_file, tmp_path):
    folder = os.environ.get("REPORTEDLY_SCREENSHOTS", "")
    if not folder:
        pytest.skip("no pictures are asked for: REPORTEDLY_SCREENSHOTS names no folder")
    path = copied(demo_file, tmp_path)
    with open_desk(path) as desk:
        decide(desk, lambda c: review.hide(c, "hostile", who="mara", why="not for a picture"))
    with serving(path) as address, visiting(browser, address) as opened:
        page = opened("/reports/tern-1-exclusive")
        story = page.locator(".crumb a").get_attribute("href")
        mine = page.locator(".card").nth(4).get_attribute("data-claim")
        claim = opened(story).locator('a[href^="/claims/"]').first.get_attribute("href")
        shots = {
            "inbox": ("/?order=largest", 1280, 700),
            "story": (story, 1280, 1000),
            "claim": (claim, 1280, 1000),
            "reader": (f"/reports/tern-1-exclusive?claim={mine}", 1280, 860),
            "review": ("/review", 1280, 860),
            "search": ("/search?q=raid", 1280, 700),
            "phone": ("/reports/tern-1-exclusive", 360, 760),
        }
        for name, look in shots.items():
            _picture(opened, Path(folder) / f"{name}.png", *look)
        with open_desk(path) as desk:
            for words in ("Corin Dask", "$5 million"):
                decide(desk, partial(_taken_out, words=words), groups=False)
        _picture(opened, Path(folder) / "redacted.png", "/reports/tern-1-exclusive", 1280, 1100)
        _picture(opened, Path(folder) / "decisions.png", "/decisions", 1280, 400)


def _taken_out(connection, words):
    return review.redact(connection, "tern-1-exclusive", quote=words, who="mara", why="an exercise")


def _picture(opened, file, where, width, height):
    page = opened(where, width=width)
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("scrollTo(0, 0)")
    body = _small(page.screenshot())
    assert len(body) < _MOST, file.name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)


def _small(picture: bytes) -> bytes:
    """Return a PNG with 64 colours, which pages in text need no more of."""
    image = pytest.importorskip("PIL.Image")
    with image.open(io.BytesIO(picture)) as found:
        few = found.convert("RGB").quantize(colors=64, dither=image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
