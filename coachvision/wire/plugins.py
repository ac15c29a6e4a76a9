"""The document of `plugins list --json`. Schema 1: fields may be added, never renamed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class PluginRecord(BaseModel):
    """One analyzer. broken: why it cannot be used, or null."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    title: str
    version: str
    source: str
    enabled: bool
    broken: str | None
    path: str


class PluginDocument(BaseModel):
    """All analyzers on this machine."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    plugins: list[PluginRecord]

    def to_json(self) -> str:
        """The document as text."""
        return self.model_dump_json(by_alias=True)
