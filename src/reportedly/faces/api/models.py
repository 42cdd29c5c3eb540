"""What is posted, checked at the edge: nothing of it goes on before it is as it has to be."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ...records import Factuality, SourceKind, Stance

Id = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Why = Annotated[str, StringConstraints(max_length=2_000)]
Line = Annotated[str, StringConstraints(max_length=2_000)]
Offset = Annotated[int, Field(ge=0, le=1 << 31)]
Range = Annotated[list[Offset], Field(min_length=2, max_length=2)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{1,8000}$")]


class Posted(BaseModel):
    """The common rules: no field that is not known, and every value of its own type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ReportToRead(Posted):
    """A report to read, with what is known of it. Give `text` or `html`, and not both."""

    text: Annotated[str, StringConstraints(min_length=1)] | None = None
    html: Annotated[str, StringConstraints(min_length=1)] | None = None
    title: Line | None = None
    outlet: Line | None = None
    published: Line | None = Field(None, description="ISO 8601.")
    url: Line | None = Field(None, description="Where it stood; it is not fetched.")


class Addresses(Posted):
    """Addresses of pages, feeds or sitemaps to fetch."""

    urls: Annotated[list[Url], Field(min_length=1, max_length=1_000)]


class Merge(Posted):
    """Make one story of several."""

    stories: Annotated[list[Id], Field(min_length=2, max_length=100)]
    why: Why = ""


class Split(Posted):
    """Make a story of its own of some of a story's reports."""

    story: Id
    reports: Annotated[list[Id], Field(min_length=1, max_length=10_000)]
    why: Why = ""


class Appearance(Posted):
    """Where a claim appears: an attribution of a report."""

    report: Id
    attribution: Id


class Link(Posted):
    """Two appearances that make the same claim (confirm), or do not (reject)."""

    a: Appearance
    b: Appearance
    why: Why = ""


class CorrectStance(Appearance):
    """Set the stance of an attribution."""

    field: Literal["stance"]
    value: Stance
    why: Why = ""


class CorrectFactuality(Appearance):
    """Set how firmly the source holds what an attribution says."""

    field: Literal["factuality"]
    value: Factuality
    why: Why = ""


class CorrectKind(Appearance):
    """Set what kind of source an attribution has."""

    field: Literal["kind"]
    value: SourceKind
    why: Why = ""


Correct = Annotated[CorrectStance | CorrectFactuality | CorrectKind, Field(discriminator="field")]


class Hide(Posted):
    """Leave a report out of everything."""

    report: Id
    why: Why = ""


class Redact(Posted):
    """Take words out of a report: character ranges, words wherever they stand, or a whole field."""

    report: Id
    field: Literal["text", "title", "authors", "url"] = "text"
    spans: Annotated[list[Range], Field(max_length=1_000)] = Field(
        default=[], description="Half-open ranges [start, end) of characters, as the report is shown now."
    )
    quote: Annotated[str, StringConstraints(max_length=10_000)] = Field(
        "", description="Words that stand in the field; white space and case do not matter."
    )
    whole: bool = Field(False, description="The whole field; then without `spans` and `quote`.")
    why: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]

    @model_validator(mode="after")
    def _says_what(self) -> Redact:
        if self.whole == bool(self.spans or self.quote):
            raise ValueError("give spans or a quote, or the whole field")
        return self


class Rate(Posted):
    """Write down how an organisation rated a claim in a review of its own."""

    claim: Id
    rating: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="The verdict in words.", examples=["unproven"]
    )
    organisation: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    url: Url | None = Field(None, description="Of the published review.")
    value: float | None = Field(None, description="On the organisation's scale; then with its ends.")
    best: float | None = None
    worst: float | None = None
    why: Why = ""


class Undo(Posted):
    """Take a decision back."""

    why: Why = ""
