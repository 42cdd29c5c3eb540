"""The stories, the search, the reader and the form, in a browser: by keyboard, on a phone, in print."""

from __future__ import annotations

import pytest

HUGE = 5000  # as in conftest.py

PAGES = {
    "stories": "/",
    "filtered": "/?about=raid&status=disputed",
    "as of": "/?as_of=2026-03-17T09:00",
    "search": "/search?q=raid",
    "report": "/reports/tern-1-exclusive?own=1",
    "copy": "/reports/depot-2-copy-local",
    "form": "/read",
    "hostile": "/reports/hostile",
    "huge": "/reports/huge?part=2",
}
LOOKS = [(1280, "light"), (1280, "dark"), (360, "light")]


def violations(page):
    """What axe finds that is serious or worse."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        (v["id"], [n["target"] for n in v["nodes"]][:3])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_it_in_light_and_dark_and_on_a_phone(open_page, name):
    for width, scheme in LOOKS:
        page = open_page(PAGES[name], width=width, scheme=scheme)
        if name == "report":
            page.keyboard.press("j")
            page.locator(".card.on .more summary").click()
            page.locator("#show-figures").check()
        if name != "huge" or width == 360:
            assert violations(page) == []
        across = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert across <= 0, (width, scheme)


def test_a_pasted_report_is_accessible_too(open_page):
    page = open_page("/read", width=360)
    page.get_by_label("The report, as text or HTML").fill(
        "Mayor Ilse Orn said that the bridge at Tolm would open in June. Her deputy denied it."
    )
    page.get_by_role("button", name="Read it").click()
    page.wait_for_selector(".cards", timeout=120_000)
    assert "Nothing of it is stored" in page.locator("main").inner_text()
    assert violations(page) == []


def test_a_pasted_report_can_be_filed(open_page):
    page = open_page("/read")
    page.get_by_label("The report, as text or HTML").fill(
        "The lock at Vale Weir leaks, its keeper told the Vale Post."
    )
    page.get_by_label("Outlet").fill("Vale Post")
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="File it in the desk").click(timeout=120_000)
    page.wait_for_url("**/reports/*", timeout=120_000)
    assert "Vale Post" in page.locator("main").inner_text()


def test_what_cannot_be_read_is_said_on_the_page(open_page):
    page = open_page("/read")
    page.get_by_role("button", name="Read it").click()
    assert "there is nothing to read" in page.get_by_role("alert").inner_text()


def test_the_first_key_skips_to_the_content(open_page):
    page = open_page("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_stories_are_walked_and_opened_by_keys(open_page):
    page = open_page("/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator(".story h2 a").nth(1)
    assert second.evaluate("e => e === document.activeElement")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/stories/*")


def test_a_slash_goes_to_the_search_field_and_types_nothing(open_page):
    page = open_page("/search")
    page.keyboard.press("/")
    page.keyboard.type("raid/x")
    assert page.get_by_label("Words").input_value() == "raid/x"


def lit(page, role="con"):
    return page.locator(f".text .on-{role}")


def test_claims_are_walked_by_keys_and_their_parts_light_up(open_page):
    page = open_page("/reports/tern-1-exclusive")
    assert lit(page).count() == 0
    for _ in range(3):
        page.keyboard.press("j")
    card = page.locator(".card.on")
    assert card.count() == 1
    assert card.locator(".num").inner_text() == "3"
    mine = card.get_attribute("data-claim")
    whole = page.locator(f'.text [data-content~="{mine}"]')
    assert lit(page).count() == whole.count() > 1  # this content is torn apart
    page.keyboard.press("ArrowDown")
    assert page.locator(".card.on .num").inner_text() == "4"
    page.keyboard.press("k")
    assert page.locator(".card.on").get_attribute("data-claim") == mine
    page.keyboard.press("Escape")
    assert lit(page).count() == page.locator(".card.on").count() == 0


def test_the_mouse_lights_a_claim_from_its_card_and_from_its_number(open_page):
    page = open_page("/reports/tern-1-exclusive")
    page.locator(".card").nth(1).hover()
    assert page.locator(".card.on .num").inner_text() == "2"
    page.locator("h1").hover()
    number = page.locator(".text a.no").nth(4)
    number.click()
    assert page.locator(".card.on .num").inner_text() == number.inner_text()
    assert page.url.endswith("#" + page.locator(".card.on").get_attribute("data-claim"))


def test_without_a_script_the_numbers_are_links_and_a_claim_can_be_lit(open_page):
    page = open_page("/reports/tern-1-exclusive", script=False)
    number = page.locator(".text a.no").nth(2)
    number.click()
    claim = page.locator(".card:target")
    assert claim.locator(".num").inner_text() == number.inner_text()
    claim.locator(".num").click()
    page.wait_for_url("**claim=*")
    assert lit(page).count() > 0


def test_figures_places_and_times_are_shown_on_demand_without_a_script(open_page):
    page = open_page("/reports/depot-2-copy-local", script=False)
    note = page.locator(".n-fig").first
    assert not note.is_visible()
    page.get_by_label("figures").check()
    assert note.is_visible()
    assert not page.locator(".n-tim").first.is_visible()


def test_marks_are_told_apart_without_colour(open_page):
    page = open_page("/reports/tern-1-exclusive")

    def line(role):
        return page.locator(f".text .p.{role}").first.evaluate(
            "e => { const s = getComputedStyle(e); return [s.textDecorationLine, s.textDecorationStyle, "
            "s.borderBottomStyle, s.fontStyle].join(' ') }"
        )

    lines = [
        line(role) for role in ("src:not(.cue)", "cue:not(.src):not(.hed)", "hed:not(.cue):not(.src)", "via")
    ]
    assert len(set(lines)) == 4


def test_hostile_text_does_nothing(open_page):
    page = open_page("/reports/hostile")
    assert page.evaluate("window.wrong") is None
    assert "<script>window.wrong = 1</script>" in page.locator("h1").inner_text()
    assert page.locator(".hidden-letter").count() >= 2
    assert page.locator('a[href^="javascript"]').count() == 0


def test_every_claim_of_a_huge_report_can_be_reached(open_page):
    page = open_page("/reports/huge")
    seen = set()
    while True:
        shown = page.locator(".card").evaluate_all("cards => cards.map(card => card.dataset.claim)")
        assert 0 < len(shown) <= 200
        seen.update(shown)
        onward = page.locator('.parts a[rel="next"]').first
        if not onward.count() or len(seen) > 400:
            break
        onward.click()
        page.wait_for_load_state()
    assert f"{HUGE:,} claims" in page.locator(".tally").inner_text()
    last = open_page(f"/reports/huge?claim=a{HUGE - 1}")
    assert last.locator(".card.on").get_attribute("data-claim") == f"a{HUGE - 1}"


def test_in_print_the_text_stands_without_forms_and_bars(open_page):
    page = open_page("/reports/tern-1-exclusive")
    page.emulate_media(media="print")
    assert not page.locator(".bar nav").is_visible()
    assert not page.locator(".reader-bar").is_visible()
    assert page.locator(".row .text").nth(1).is_visible()
    assert page.locator(".card").first.is_visible()


def test_what_is_not_there_is_a_page_too(open_page):
    page = open_page("/reports/nothing", expect=404)
    assert "Not in this desk" in page.locator("h1").inner_text()
    assert violations(page) == []
