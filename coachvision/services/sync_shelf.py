"""The library as sync reads it: `sync.local.Shelf` over an open `Library`. For `sync_now` alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from coachvision.library.portable import Portable, PortableFile
from coachvision.sync.local import LocalChange, LocalFile, LocalRoot
from coachvision.sync.records import Content
from coachvision.wire.gateway import CONTENT_TYPES, ManifestMetric, RootKind, SessionManifest

if TYPE_CHECKING:
    from coachvision.library import Library

# What lists and coaches are shown of a session has room for so many numbers; the session itself keeps all.
_METRICS = 2_000
_LABEL = 200
_COPY_TOLD = "(this laptop's version)"


class LibraryShelf:
    """One account's library. owner: "" for the guest."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._owner = library.user_id or ""

    @property
    def owner(self) -> str:
        return self._owner

    @property
    def scratch(self) -> Path:
        return self._library.scratch

    def waiting(self, limit: int) -> list[LocalChange]:
        return [LocalChange(row.seq, row.entity, row.entity_id) for row in self._library.outbox.waiting(limit)]

    def confirm(self, up_to: int) -> None:
        self._library.outbox.confirm(up_to)

    def look(self, entity: str, root_id: str) -> LocalRoot | None:
        told = self._library.portable.tell(entity, root_id)
        return None if told is None else _local(told, self._library.outbox.device_id)

    def holds(self, session_id: str, name: str, sha256: str) -> Path | None:
        return self._library.portable.holds(session_id, name, sha256)

    def check(self, entity: str, root_id: str, manifest: SessionManifest) -> None:
        self._library.portable.check(entity, root_id, manifest.document)

    def room_for(self, size: int) -> None:
        if size:
            self._library.portable.room_for(size)

    def take_in(
        self, entity: str, root_id: str, manifest: SessionManifest, files: Mapping[str, Path], expected: Content | None
    ) -> bool:
        return self._library.portable.take_in(
            entity, root_id, manifest.document, manifest.updated, files, _seen(expected)
        )

    def keep_copy(self, local: LocalRoot) -> str:
        seen = (local.content.digest, local.content.trashed)
        return self._library.portable.keep_copy(local.entity, local.id, seen, _COPY_TOLD)

    def put_in_trash(self, entity: str, root_id: str, expected: Content) -> bool:
        return self._library.portable.put_in_trash(entity, root_id, (expected.digest, expected.trashed))


def _seen(content: Content | None) -> tuple[str, bool] | None:
    return None if content is None else (content.digest, content.trashed)


def _local(told: Portable, device_id: str) -> LocalRoot:
    manifest = SessionManifest(
        kind=cast("RootKind", told.entity),
        device_id=device_id,
        created=told.created,
        updated=told.updated,
        title=told.title[:4_000],
        athlete=None if told.athlete is None else told.athlete[:_LABEL],
        exercise=told.exercise[:_LABEL],
        duration_s=told.duration_s,
        metrics=[
            ManifestMetric(
                name=one.name[:_LABEL], subject=one.subject, value=_finite(one.value), unit=one.unit[:_LABEL],
                uncertainty=_finite(one.uncertainty), method=one.method[:4_000], label=one.label[:4_000],
                analyzer=one.analyzer[:_LABEL],
            )
            for one in told.metrics[:_METRICS]
        ],
        document=told.document,
    )  # fmt: skip
    content = Content(told.digest, told.trashed)
    return LocalRoot(cast("RootKind", told.entity), told.id, content, manifest, [_file(one) for one in told.files])


def _file(one: PortableFile) -> LocalFile:
    # A film of an unusual ending is stored as what it is to the cloud: bytes. The document keeps its ending.
    ext = one.ext if one.ext in CONTENT_TYPES else "bin"
    return LocalFile(one.kind, one.name, ext, one.path, one.size, one.sha256)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
