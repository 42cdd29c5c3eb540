import pytest

from reportedly.reading.page import Page
from reportedly.reading.stance import factuality_of, stance_of


def judged(text, cue, content):
    page = Page(text)
    cues = ((text.index(cue), text.index(cue) + len(cue)),)
    contents = ((text.index(content), text.index(content) + len(content)),)
    stance = stance_of(page, cues, contents)
    factuality, hedges = factuality_of(page, cues, contents, stance)
    return stance, factuality, [text[s:e] for s, e in hedges]


@pytest.mark.parametrize(
    ("text", "cue", "content", "stance", "factuality"),
    [
        ("Moss said the dam was safe.", "said", "the dam was safe", "assert", "CT+"),
        ("Moss said the dam could fail.", "said", "the dam could fail", "assert", "PS+"),
        ("Moss said the dam was not safe.", "said", "the dam was not safe", "assert", "CT-"),
        ("Moss denied taking bribes.", "denied", "taking bribes", "deny", "CT-"),
        ("Residents dispute the figures.", "dispute", "the figures", "dispute", "Uu"),
        ("He rejected that the dam was unsafe.", "rejected", "that the dam was unsafe", "dispute", "CT-"),
        ("They allege that he leads the ring.", "allege", "that he leads the ring", "allege", "CT+"),
        ("Moss vowed to rebuild the dam.", "vowed", "to rebuild the dam", "intend", "Uu"),
        ("She urged them to leave.", "urged", "to leave", "demand", "Uu"),
        ("He asked whether the dam would hold.", "asked", "whether the dam would hold", "question", "Uu"),
        ("Analysts expect a strike.", "expect", "a strike", "predict", "PR+"),
        ("Moss admitted the pumps had failed.", "admitted", "the pumps had failed", "confirm", "CT+"),
        ("Moss hinted at a delay.", "hinted at", "a delay", "hint", "PR+"),
    ],
)
def test_stance_and_factuality(text, cue, content, stance, factuality):
    assert judged(text, cue, content)[:2] == (stance, factuality)


def test_hedges_have_their_place():
    text = "Moss said the dam might fail, perhaps in May."
    assert judged(text, "said", "the dam might fail, perhaps in May")[2] == ["might", "perhaps"]
