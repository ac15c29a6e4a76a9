"""The document of `plugins list --json`."""

from __future__ import annotations

from coachvision.wire.document import Document, Record


class PluginRecord(Record):
    """One analyzer. broken: why it cannot be used, or null."""

    id: str
    title: str
    version: str
    source: str
    enabled: bool
    broken: str | None
    path: str


class PluginDocument(Document):
    """All analyzers on this machine."""

    plugins: list[PluginRecord]
