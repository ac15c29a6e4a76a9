"""The document of `compare --json`: the metrics that two sessions share, and how sure their differences are."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from coachvision.wire.document import Document, Record


class ComparedSession(Record):
    """One of the two. subject: the person whose numbers are compared, or None."""

    id: str
    title: str
    athlete: str | None = None
    created: str
    video: str
    subject: int | None = None


class ComparedMetric(Record):
    """One number of both; a value is null where that session does not have it."""

    name: str
    label: str = ""
    title: str
    unit: str
    a: float | None = None
    b: float | None = None
    difference: Annotated[float | None, Field(description="b minus a")] = None
    uncertainty: Annotated[
        float | None, Field(description="standard uncertainty of the difference; null where one is unknown")
    ] = None
    clear: Annotated[
        bool | None, Field(description="whether the difference is over twice its uncertainty; null where unknown")
    ] = None


class ComparisonDocument(Document):
    """Two sessions and their numbers."""

    conventions: list[str] = Field(default_factory=list)
    a: ComparedSession
    b: ComparedSession
    metrics: list[ComparedMetric]
