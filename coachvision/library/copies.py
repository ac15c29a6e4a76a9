"""Root records as documents that travel: told for another laptop, taken in from one. Reached as `library.portable`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coachvision.errors import LibraryError
from coachvision.library import intake, portable, videos
from coachvision.library.portable import Portable
from coachvision.library.store import Store
from coachvision.library.translate import plain_words


class PortableRecords:
    """The current account's. seen: (digest, in the trash), as `tell` told them; None: it was not here."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tell(self, entity: str, root_id: str) -> Portable | None:
        """The record as it is now, in one consistent look; None where this account has none of that id."""
        return portable.tell(self._store, entity, root_id)

    def holds(self, session_id: str, name: str, sha256: str) -> Path | None:
        """A file that lies in the library already, whole. name: "video" or "runs/<id>.npz"."""
        if name == "video":
            video = videos.find(self._store, sha256)
            return video.path if video is not None and videos.is_whole(video) else None
        row = self._store.db.row("SELECT size FROM run WHERE session_id = ? AND file = ?", (session_id, name))
        path = self._store.session_folder(session_id) / name if row is not None else None
        return path if path is not None and path.is_file() and row and path.stat().st_size == row[0] else None

    def take_in(
        self, entity: str, root_id: str, document: Mapping[str, Any], updated: str, files: Mapping[str, Path],
        seen: tuple[str, bool] | None,
    ) -> bool:  # fmt: skip
        """Make a record what the document says, in one step; False, nothing done, if it is not as it was seen.

        files: by name in the session, lying in `Library.scratch`, moved from there. Raises LibraryError.
        """
        with plain_words(self._store.root):
            return intake.take_in(self._store, entity, root_id, document, updated, files, seen)

    def keep_copy(self, entity: str, root_id: str, seen: tuple[str, bool], told: str) -> str:
        """This laptop's version as a record of its own, `told` added to its name; again it is the same copy."""
        with plain_words(self._store.root):
            return intake.keep_copy(self._store, entity, root_id, seen, told)

    def put_in_trash(self, entity: str, root_id: str, seen: tuple[str, bool]) -> bool:
        """Into the trash of this laptop, for a month; False if it has changed since."""
        return intake.put_in_trash(self._store, entity, root_id, seen)

    def check(self, entity: str, root_id: str, document: Mapping[str, Any]) -> None:
        """Raises LibraryError where it could not be taken in, whatever its files are; another account may have it."""
        intake.check(self._store, entity, root_id, document)

    def room_for(self, size: int) -> None:
        """Raises LibraryError where the disk has no room for that many bytes more."""
        try:
            videos.check_space(self._store.root, size)
        except OSError as error:
            raise LibraryError("The disk could not be read", str(error), path=self._store.root) from error
