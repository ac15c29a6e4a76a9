"""What every document that leaves the machine has in common. For the modules of `wire`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

SCHEMA: Literal[1] = 1


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its offset from UTC")
    try:
        # As everything is kept: whoever sorts by it sorts texts.
        return text if not moment.utcoffset() else moment.astimezone(UTC).isoformat()
    except OverflowError as error:
        raise ValueError("a moment before the first or after the last") from error


# ISO 8601, read with any offset from UTC, kept in UTC.
Moment = Annotated[str, Field(max_length=40), AfterValidator(_moment)]


class Record(BaseModel):
    """A part of the document. Fields named in `bulk` are left out where they are None: only the full form has them."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)
    bulk: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _without_absent_bulk(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = handler(self)
        return {key: value for key, value in fields.items() if value is not None or key not in self.bulk}


class Document(Record):
    """A whole document. Fields may be added, never renamed; readers ignore fields they do not know."""

    schema_: Annotated[Literal[1], Field(alias="schema")] = SCHEMA

    def to_json(self) -> str:
        """The document as text; not-a-number is null."""
        return self.model_dump_json(by_alias=True)
