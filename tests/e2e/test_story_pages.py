"""The story, claim and source pages in a browser: accessible, on a phone, by keyboard, without a script."""

from __future__ import annotations

import pytest

from reportedly.desk import open_desk
from reportedly.desk.book import Book

LOOKS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]


@pytest.fixture(scope="module")
def places(desk_file):
    """Addresses of the pages: the story of the raid, its claim in most reports, of others."""
    with open_desk(desk_file) as desk, desk.reading() as connection:
        book = Book(connection)
        home = {r: s.id for s in book.stories() for r in s.reports}
        raid = home["tern-1-exclusive"]
        story = book.story(raid)
        claims = book.weighed(story).claims
        most = max(claims, key=lambda c: (len({a.report for a in c.appearances}), len(c.disputed_by)))
    return {
        "reports": story.reports,
        "first": story.first[:16],
        "story": f"/stories/{raid}",
        "then": f"/stories/{raid}?as_of=2026-03-17T09:00",
        "figures": f"/stories/{home['depot-1-agency']}",
        "hostile": f"/stories/{home['hostile']}",
        "claim": f"/claims/{most.id}",
        "source": "/sources/Transmarine%20Press%20Agency",
    }


def violations(page):
    """What axe finds that is serious or worse."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    bad = [v for v in found if v["impact"] in ("serious", "critical")]
    return [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in bad]


@pytest.mark.parametrize("name", ["story", "then", "figures", "hostile", "claim", "source"])
def test_everybody_can_use_it_and_nothing_sticks_out(open_page, places, name):
    for width, scheme in LOOKS:
        page = open_page(places[name], width=width, scheme=scheme)
        assert violations(page) == []
        across = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert across <= 0, (width, scheme)


def test_a_private_person_has_no_page(open_page):
    page = open_page("/sources/Osk%20Venmar", expect=404)
    assert "There is no page of this source" in page.locator("h1").inner_text()
    assert violations(page) == []


def test_charts_have_a_name_and_a_description(open_page, places):
    page = open_page(places["figures"])
    for chart in page.locator("svg.chart").all():
        assert chart.get_attribute("role") == "img"
        for name in chart.get_attribute("aria-labelledby").split():
            assert page.locator(f"#{name}").count() == 1


def test_the_slider_shows_a_moment_and_leads_there(open_page, places):
    page = open_page(places["story"])
    slider = page.locator("form.when input[type=range]")
    slider.focus()
    slider.press("Home")
    page.wait_for_url(lambda url: f"as_of={places['first']}" in url.replace("%3A", ":"))
    assert page.locator("ol.reports > li").count() == 1
    assert "1 report" in page.locator("form.when output").inner_text()
    page.locator("form.when input[type=range]").press("End")
    page.wait_for_url(lambda url: "as_of=2026" not in url)
    assert page.locator("ol.reports > li").count() == len(places["reports"])


def test_without_a_script_the_moment_is_chosen_from_a_list(open_page, places):
    page = open_page(places["story"], script=False)
    choice = page.get_by_label("What was known at")
    choice.select_option(index=choice.locator("option").count() - 2)  # the latest stands on top
    page.locator("form.when button").click()
    page.wait_for_url("**as_of=2026*")
    assert page.locator("ol.reports > li").count() == 2


def test_a_dot_leads_to_its_report_in_the_list(open_page, places):
    page = open_page(places["story"])
    page.locator(".timeline .dot").first.click()
    assert page.evaluate("document.activeElement.closest('li').id").startswith("report-")


def test_claims_are_walked_by_keys_and_narrowed_by_a_form(open_page, places):
    page = open_page(places["story"])
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('article').className").startswith("claim")
    page.get_by_label("Which").select_option("disputed")
    page.get_by_role("search", name="Claims of this story").get_by_role("button", name="Show").click()
    page.wait_for_url("**status=disputed*")
    assert page.locator("article.claim").count() == page.locator("article.claim.disputed").count() > 0


def test_print_shows_what_is_folded_and_no_forms(open_page, places):
    page = open_page(places["story"])
    page.emulate_media(media="print")
    assert not page.locator("form.filter").is_visible()
    assert not page.locator("form.when").is_visible()
    assert page.locator("svg.timeline").is_visible()
