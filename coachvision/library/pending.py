"""File work owed for a committed change: a row in `pending` until it is done, so that a kill only delays it.

Library room only. Each piece runs inside a write transaction: two processes cannot overtake each other and leave the
older state in the file. Kinds: session, people, video (write the JSON file that tells of it), purge_session,
purge_run, purge_video (remove the files of what was deleted for good).
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coachvision.checkpoints import checkpoint
from coachvision.errors import LibraryError
from coachvision.library import mirror

if TYPE_CHECKING:
    from coachvision.library.store import Store

_log = logging.getLogger(__name__)


def finish(store: Store, owed: Sequence[tuple[str, str]] | None = None) -> None:
    """Do the work owed (all there is, unless given). What fails stays owed: the change itself is already safe."""
    if owed is None:
        owed = store.db.rows("SELECT kind, key FROM pending")
    if not owed:
        return
    aside: list[Path] = []
    try:
        with store.db.transaction("pending") as db:
            for kind, key in owed:
                _do(store, kind, key, aside)
                db.execute("DELETE FROM pending WHERE kind = ? AND key = ?", [kind, key])
    except (LibraryError, sqlite3.Error) as error:
        _log.warning("a file beside the database is out of date, to be written at the next opening: %s", error)
    for path in aside:
        shutil.rmtree(path, ignore_errors=True)


def _do(store: Store, kind: str, key: str, aside: list[Path]) -> None:
    if kind == "session":
        mirror.write_session(store, key)
    elif kind == "people":
        mirror.write_people(store)
    elif kind == "video":
        mirror.write_video(store, key)
    elif kind == "purge_session":
        if store.db.row("SELECT 1 FROM session WHERE id = ?", (key,)) is None:
            _set_aside(store, store.session_folder(key), aside)
    elif kind == "purge_run":
        _set_aside(store, store.root / "sessions" / key, aside)
    elif kind == "purge_video":
        if store.db.row("SELECT 1 FROM video WHERE sha256 = ?", (key,)) is None:
            for path in (store.root / "videos" / key[:2]).glob(f"{key}.*"):
                _set_aside(store, path, aside)
    else:
        raise ValueError(f"unknown pending work {kind}")


def _set_aside(store: Store, path: Path, aside: list[Path]) -> None:
    # Renamed first: what is half removed when the process dies lies in the scratch folder, not in the library.
    if path.exists():
        heap = store.scratch / f"purged-{uuid.uuid4().hex}"
        heap.mkdir()
        aside.append(heap)
        path.rename(heap / path.name)
        checkpoint("library.purge.after_rename")
