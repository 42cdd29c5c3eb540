"""Laying out a report of any length, and writing it as HTML."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reportedly.faces.web.inking import Ink
from reportedly.faces.web.layout import PART_CLAIMS, PART_LETTERS, lay_out
from reportedly.records import Attribution, Reading, Report, Source, passage


def claim(name, text, source, content, **more):
    return Attribution(
        id=name,
        source=Source(
            text=" ".join(text[s:e] for s, e in source), spans=source, kind=more.pop("kind", "person")
        ),
        cue=None,
        content=passage(text, *content),
        quotation="indirect",
        stance="assert",
        factuality="CT+",
        confidence=0.9,
        decided_by="test",
        **more,
    )


def reading(text, *claims, title=None):
    return Reading(report=Report(id="r", text=text, sha256="0", title=title), attributions=claims)


def many(count, letters=40):
    """A text of ``count`` paragraphs with a claim in each."""
    lines = [f"Number {k} said {'so ' * (letters // 3)}".strip() + "." for k in range(count)]
    text, claims, at = "\n\n".join(lines), [], 0
    for k, line in enumerate(lines):
        said = line.index(" said ")
        claims.append(claim(f"a{k}", text, ((at, at + said),), ((at + said + 6, at + len(line)),)))
        at += len(line) + 2
    return reading(text, *claims)


def parts(found):
    first = lay_out(found)
    return [first, *(lay_out(found, part=n) for n in range(2, first.of + 1))]


@settings(max_examples=25)
@given(st.integers(0, 700), st.integers(3, 900))
def test_all_parts_together_hold_every_paragraph_and_every_claim_once(count, letters):
    found = many(count, letters)
    laid = parts(found)
    assert [c.claim.id for p in laid for r in p.rows for c in r.cards] == [f"a{k}" for k in range(count)]
    shown = "".join(piece.text for p in laid for r in p.rows for piece in r.pieces)
    assert "".join(shown.split()) == "".join(found.report.text.split())
    for part in laid:
        assert sum(len(r.cards) for r in part.rows) <= PART_CLAIMS
        assert sum(len(p.text) for r in part.rows for p in r.pieces) <= PART_LETTERS


def test_a_claim_is_shown_on_its_part():
    found = many(400)
    assert lay_out(found).of > 1
    asked = lay_out(found, part=None, claim="a399")
    assert asked.part == asked.of
    assert "a399" in {c.claim.id for r in asked.rows for c in r.cards}
    assert lay_out(found, part=10_000).part == asked.of


def test_one_paragraph_with_very_many_claims_is_parted():
    text = "Ann said it rained. " * 2000
    claims = [
        claim(f"a{k}", text, ((20 * k, 20 * k + 3),), ((20 * k + 9, 20 * k + 18),)) for k in range(2000)
    ]
    laid = parts(reading(text, *claims))
    assert sum(len(r.cards) for p in laid for r in p.rows) == 2000
    assert max(sum(len(r.cards) for r in p.rows) for p in laid) <= PART_CLAIMS


def test_claims_without_any_place_and_a_report_without_text_do_no_harm():
    empty = claim("a1", "", (), ())
    layout = lay_out(reading("", empty))
    assert [c.claim.id for r in layout.rows for c in r.cards] == ["a1"]
    assert Ink.of(layout).text(layout.rows[0].pieces) == ""


def test_numbers_run_through_the_claims_and_the_reports_own_have_their_own():
    text = "It rained. Ann said so."
    own = claim("a1", text, (), ((0, 10),), kind="narrator")
    said = claim("a2", text, ((11, 14),), ((20, 22),))
    assert lay_out(reading(text, own, said)).labels == {"a1": "n1", "a2": "1"}
    assert [c.label for r in lay_out(reading(text, own, said), own=True).rows for c in r.cards] == ["n1", "1"]


def test_brackets_and_numbers_stand_around_torn_and_nested_contents():
    text = "Ann said that, Bob told her, it rained."
    outer = claim("a1", text, ((0, 3),), ((9, 39),))
    inner = claim("a2", text, ((15, 18),), ((9, 13), (29, 38)))
    layout = lay_out(reading(text, outer, inner))
    html = str(Ink.of(layout, "a2").text(layout.rows[0].pieces))
    assert html.count('class="no"') == 2
    assert html.count('class="no again"') == 1
    assert html.count('class="end torn"') == 1
    assert html.index('id="t-a1"') < html.index('id="t-a2"')
    assert "deep2" in html
    assert html.count("on-con") == 2
    assert html.count("on-src") == 1


def test_text_is_escaped_and_what_turns_it_is_written_out():
    text = "<b>Ann</b> said \u202eit & rained."
    layout = lay_out(reading(text, claim("a1", text, ((0, 10),), ((16, 30),))))
    html = str(Ink.of(layout).text(layout.rows[0].pieces))
    assert "<b>" not in html
    assert "&lt;b&gt;Ann&lt;/b&gt;" in html
    assert "⟦U+202E⟧" in html
    assert "\u202e" not in html
    assert "it &amp; rained." in html


def test_a_first_line_that_is_the_title_is_the_heading():
    text = "Rain in Tolm\n\nAnn said it rained."
    layout = lay_out(reading(text, title="Rain in Tolm"))
    assert [r.heading for r in layout.rows] == [True, False]
