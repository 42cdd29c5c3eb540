"""Who a pronoun or a description stands for, in sentences with the names given."""

import pytest

from reportedly.reading.coreference import Chains, Resolver
from reportedly.reading.draft import Draft


@pytest.fixture
def resolved(cast_of):
    """Resolve the phrase between [ ] of a text: its member's name, or ``None``."""

    def make(text, *names):
        start = text.index("[")
        end = text.index("]") - 1
        page, cast = cast_of(text.replace("[", "").replace("]", ""), *names)
        member = Resolver(page, cast).resolve((start, end))
        return member and member.name

    return make


ROSS = ("Anna Ross", "PER")
KOLB = ("Pieter Kolb", "PER")


def test_the_subject_before_is_who_speaks_on(resolved):
    assert resolved("Anna Ross met Pieter Kolb. [She] said it went well.", ROSS, KOLB) == "Anna Ross"
    assert resolved("Pieter Kolb opened the bridge. [He] said it was safe.", KOLB) == "Pieter Kolb"


def test_who_is_spoken_of_in_a_quotation_is_not_its_speaker(resolved):
    text = "“Pieter Kolb will sign it,” Lena Moss told reporters. [She] added that it was late."
    assert resolved(text, KOLB, ("Lena Moss", "PER")) == "Lena Moss"
    text = "Marek Orr said: “[He] will sign it.” Pieter Kolb had come."
    assert resolved(text, ("Marek Orr", "PER"), KOLB) != "Marek Orr"


def test_i_is_the_speaker(resolved):
    text = "Pieter Kolb arrived. “[I] was never asked,” Marek Orr said."
    assert resolved(text, KOLB, ("Marek Orr", "PER")) == "Marek Orr"


def test_gender_decides(resolved):
    text = "Anna Ross spoke after Pieter Kolb had left. [He] declined to comment."
    assert resolved(text, ROSS, KOLB) == "Pieter Kolb"


def test_contracted_pronouns(resolved):
    assert resolved("Pieter Kolb spoke. [He]'s planning to run again.", KOLB) == "Pieter Kolb"


@pytest.mark.parametrize(
    ("text", "names", "name"),
    [
        ("Sen. Pieter Kolb spoke. [The Norland senator] said no.", (KOLB, ("Norland", "LOC")), "Pieter Kolb"),
        ("Anna Ross, the mayor, spoke. Later [the mayor] said no.", (ROSS,), "Anna Ross"),
        ("Anna Ross is the mayor of Saren. [The mayor] said no.", (ROSS, ("Saren", "LOC")), "Anna Ross"),
        ("He called his wife, Anna Ross, on Monday. [She] said no.", (ROSS,), "Anna Ross"),
        ("Halvane Foods shut a plant. [The company] said no.", (("Halvane Foods", "ORG"),), "Halvane Foods"),
        ("The Saren Union met. [The union] said no.", (("Saren Union", "ORG"),), "Saren Union"),
        ("Tycoon Pieter Kolb came. [The billionaire] said no.", (KOLB,), "Pieter Kolb"),
    ],
)
def test_descriptions(resolved, text, names, name):
    assert resolved(text, *names) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A witness came. Pieter Kolb listened. [The witness] said no.", (KOLB,)),
        ("Several voters spoke to Pieter Kolb. [They] said no.", (KOLB,)),
        ("[The poll] showed a tie. Pieter Kolb led before.", (KOLB,)),
        ("Anna Ross and Pieter Kolb met a guard. [The guard] said no.", (ROSS, KOLB)),
    ],
)
def test_nobody_is_an_answer(resolved, text, names):
    assert resolved(text, *names) is None


def test_unnamed_people_have_chains_too(cast_of):
    page, cast = cast_of("A neighbour heard two shots. She called the police, the woman said.")
    resolver = Resolver(page, cast)
    start = page.text.index("She")
    low, high = resolver.description((start, start + 3))
    assert page.text[low:high] == "A neighbour"
    chains = [{page.text[m.start : m.end] for m in c.mentions} for c in Chains(page, cast).all()]
    assert {"A neighbour", "She"} in [c & {"A neighbour", "She"} for c in chains]


def test_attributions_that_are_known_tell_the_speaker(cast_of):
    text = "“I saw it,” and the crowd went quiet. It was Anna Ross."
    page, cast = cast_of(text, ROSS)
    source = (text.index("Anna"), text.index("Anna") + 9)
    draft = Draft(source=(source,), cue=(), content=((0, 11),), confidence=1.0, rules=["test"])
    assert Resolver(page, cast).resolve((1, 2)) is None
    member = Resolver(page, cast, [draft]).resolve((1, 2))
    assert member is not None
    assert member.name == "Anna Ross"


def test_whom_a_statement_is_about(cast_of):
    page, cast = cast_of("Anna Ross left. Pieter Kolb said she had been asked to.", ROSS, KOLB)
    low = page.text.index("she")
    members = Resolver(page, cast).members_within(low, len(page.text))
    assert [m.name for m in members] == ["Anna Ross"]


def test_two_names_never_join(cast_of):
    text = "Anna Ross, the mayor, met the mayor, Lena Moss. The mayor said no. " * 3
    page, cast = cast_of(text, ROSS, ("Lena Moss", "PER"))
    for chain in Chains(page, cast).all():
        assert len({m.member.name for m in chain.mentions if m.member}) < 2


def test_dates_said_twice_over(cast_of):
    page, cast = cast_of("Friday, May 8, 2020\n\nThe talks ended on Friday.")
    chains = [[page.text[m.start : m.end] for m in c.mentions] for c in Chains(page, cast).all()]
    assert ["Friday", "May 8, 2020", "Friday"] in chains
