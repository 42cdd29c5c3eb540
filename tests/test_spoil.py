"""The generators of the robustness benchmark: the text changes as they say, and the spans move with it."""

import pytest

from benchmarks.spoil import SPOILERS, edited

TEXT = (
    "Port talks go on\n\n"
    "Engineer Lena Moss said the dam was safe. “It will hold through the night. Nobody has to leave,” "
    "she said.\n\n"
    "Corin Dask, who owns the ferries, asked: “Who will pay for it?”"
)


def spans(*parts):
    return [[TEXT.index(p), TEXT.index(p) + len(p)] for p in parts]


ARTICLE = {
    "id": "a",
    "text": TEXT,
    "attributions": [
        {"source": spans("Engineer Lena Moss"), "cue": spans("said"), "content": spans("the dam was safe")},
        {
            "source": spans("Corin Dask"),
            "cue": spans("asked"),
            "content": spans("Who will pay for it?"),
        },
    ],
}


def words(article, item, role):
    return [" ".join(article["text"][s:e].strip("“”\"‘’'«»„`• \n").split()) for s, e in item[role]]


@pytest.mark.parametrize("name", [n for n in SPOILERS if n not in ("transcript", "lower case", "capitals")])
def test_spans_move_with_the_text(name):
    spoilt = SPOILERS[name](ARTICLE)
    first, second = spoilt["attributions"]
    assert words(spoilt, first, "source") == ["Engineer Lena Moss"]
    assert words(spoilt, first, "content") == ["the dam was safe"]
    assert words(spoilt, second, "cue") == ["asked"]
    assert words(spoilt, second, "content") == ["Who will pay for it?"]


def test_each_does_what_its_name_says():
    text = {name: spoil(ARTICLE)["text"] for name, spoil in SPOILERS.items()}
    assert text["clean"] == TEXT
    assert text["straight quotes"].count('"') == 4
    assert "‘It will hold" in text["single quotes"]
    assert "«It will hold" in text["guillemets"]
    assert not set("“”") & set(text["no quotes"])
    assert text["every third closing quote lost"].count("”") == 1
    assert "night.\n\n“Nobody" in text["quotes over paragraphs"]
    assert text["lower case"] == TEXT.lower()
    assert text["capitals"] == TEXT.upper()
    assert text["transcript"] == "CORIN DASK: Who will pay for it?"
    assert "\n• “It will hold through the night. Nobody" in text["bullets"]
    assert text["menus before"].count("\n") > 200
    assert all(text[name].endswith(TEXT) for name in ("headline before", "dateline", "menus before"))


def test_what_is_cut_away_leaves_its_span():
    start = TEXT.index("the dam")
    assert edited(ARTICLE, [(start, start + len("the dam "), "")])["attributions"][0]["content"] == [
        [start, start + len("was safe")]
    ]
    everything = edited(ARTICLE, [(start, start + len("the dam was safe"), "")])
    assert len(everything["attributions"]) == 1
