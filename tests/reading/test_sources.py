import pytest

from reportedly.reading.page import Page
from reportedly.reading.sources import kind_of


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("sources close to the matter", "anonymous"),
        ("two people familiar with the talks", "anonymous"),
        ("an aide who asked not to be named", "anonymous"),
        ("a police spokeswoman", "official"),
        ("senior officials", "official"),
        ("the government", "organization"),
        ("governments from the region", "organization"),
        ("court filings", "document"),
        ("a report by the auditors", "document"),
        ("the newspaper", "outlet"),
        ("the Harbour Courier", "outlet"),
        ("the Transmarine Press Agency", "outlet"),
        ("the Coastal Protection Agency", "organization"),
        ("many residents", "group"),
        ("experts", "group"),
        ("he", "person"),
        ("they", "group"),
    ],
)
def test_kind_from_the_wording(phrase, kind):
    assert kind_of(Page(phrase), (0, len(phrase)), None) == kind


def test_a_named_person_is_a_person_whatever_the_post(cast_of):
    page, cast = cast_of("Police spokeswoman Lena Moss said no.", ("Lena Moss", "PER"))
    end = page.text.index(" said")
    assert kind_of(page, (0, end), cast.head_of(0, end)) == "person"


def test_anonymity_may_be_said_behind_the_phrase():
    text = "An engineer, speaking on condition of anonymity, said so."
    assert kind_of(Page(text), (0, 11), None, text[11:]) == "anonymous"
