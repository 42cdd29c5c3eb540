import numpy as np
import pytest

from reportedly import read
from reportedly.reading.attribution import judge
from reportedly.reading.cast import Cast
from reportedly.reading.draft import Draft
from reportedly.reading.encoder import Window, encoder
from reportedly.reading.entities import gather
from reportedly.reading.features import PARTS, Hidden, dense, sparse
from reportedly.reading.page import Page
from reportedly.reading.tagging import names

TEXT = (
    "Mayor Ilse Brandvold said on Monday that the council must reopen the ferry line before winter. "
    "The operator, Norsund Lines, promised to send two ships. "
    "Residents called the timetable a disgrace. "
    "Brandvold said that the harbour was never closed to fishing boats. "
    "Engineers expect the repairs to last until May. "
    "A clerk admitted that the pier had been damaged in the storm of 1998."
)


def draft(text: str, source: str, cue: str, content: str) -> Draft:
    at = text.index(content)
    start = text.rfind(source, 0, at)
    near = text.rfind(cue, 0, at)
    return Draft(
        ((start, start + len(source)),),
        ((near, near + len(cue)),),
        ((at, at + len(content)),),
        confidence=1.0,
        rules=[],
    )


def window(page: Page, values: np.ndarray) -> Window:
    count = len(page.words)
    empty = np.zeros((count, 1), np.float32)
    return Window(
        starts=np.array([w.start for w in page.words]),
        ends=np.array([w.end for w in page.words]),
        paragraph=np.zeros(count, int),
        own=np.ones(count, bool),
        tags=empty,
        names=empty,
        content_arcs=empty,
        source_arcs=empty,
        hidden=values,
    )


def test_the_means_are_of_the_parts_and_of_what_stands_beside_them():
    page = Page("Late on Monday Moss said the dam was safe. Others left.")
    values = np.arange(len(page.words), dtype=np.float32)[:, None]
    hidden = Hidden([window(page, values)])
    own = draft(page.text, "Moss", "said", "the dam was safe")
    assert hidden.beside(own) == [0, 1, 2, 9, 10, 11]
    cue, opening, content, source, first, beside = dense(own, hidden)
    assert (cue, source, content, opening, first) == (4, 3, 6.5, 6.5, 6.5)
    assert beside == pytest.approx(5.5)


def test_without_words_everything_is_zero():
    page = Page("Moss said the dam was safe.")
    assert not dense(draft(page.text, "Moss", "said", "the dam was safe"), Hidden([])).any()
    assert dense(draft(page.text, "Moss", "said", "the dam was safe"), Hidden([])).shape == (PARTS,)


def test_the_first_clause_tells_who_it_is_about_and_how_it_is_meant():
    page = Page("Moss said they wouldn’t leave. We must go.")
    found = sparse(page, draft(page.text, "Moss", "said", "they wouldn’t leave. We must go"))
    assert {"subject=they", "helper=wouldn't", "negation=wouldn't", "modal=-", "clause=they wouldn't"} <= set(
        found
    )


@pytest.mark.parametrize(
    ("source", "cue", "content", "stance", "factuality"),
    [
        ("Ilse Brandvold", "said", "the council must reopen the ferry line before winter", "demand", "Uu"),
        ("Norsund Lines", "promised", "to send two ships", "intend", "Uu"),
        ("Residents", "called", "the timetable a disgrace", "evaluate", "CT+"),
        ("Engineers", "expect", "the repairs to last until May", "predict", "PR+"),
        ("clerk", "admitted", "the pier had been damaged in the storm of 1998", "confirm", "CT+"),
    ],
)
def test_the_model_that_ships_judges_plain_cases(source, cue, content, stance, factuality):
    page = Page(TEXT)
    windows = encoder().run(page.text, page.paragraphs)
    cast: Cast = gather(page, names(windows, page))
    own = draft(TEXT, source, cue, content)
    judge(page, cast, [own], Hidden(windows))
    assert (own.stance, own.factuality) == (stance, factuality)


@pytest.mark.parametrize(
    ("sentence", "source", "factuality"),
    [
        ("A clerk doubted that the pier had been damaged in the storm of 1998.", "A clerk", "PR-"),
        ("A clerk said that she would neither confirm nor deny the closure of the pier.", "A clerk", "Uu"),
    ],
)
def test_some_wordings_settle_the_factuality(sentence, source, factuality):
    text = TEXT.rsplit("A clerk", 1)[0] + sentence
    (found,) = [a for a in read(text).attributions if a.source.text == source]
    assert found.factuality == factuality
