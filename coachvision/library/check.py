"""What `doctor` asks: is the database sound, is every row's file there and whole, does anything lie about?

Library room only. Repairing never deletes: what belongs to nothing is moved to `trash/orphans`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from coachvision.errors import LibraryError
from coachvision.library import arrays, pending, search, videos
from coachvision.library.files import hash_file, make_folder, read_json
from coachvision.library.records import Finding
from coachvision.library.store import Store, sweep_scratch
from coachvision.library.translate import plain_words
from coachvision.locks import FileLock


class Check:
    """One look through a library. deep: read every byte."""

    def __init__(self, store: Store, *, repair: bool, deep: bool) -> None:
        self._store = store
        self._repair = repair
        self._deep = deep
        self._findings: list[Finding] = []

    def run(self) -> list[Finding]:
        """All findings, by step. A step that cannot go on because something is broken says so as a finding."""
        steps = (
            self._database, self._search_text, self._videos, self._runs, self._session_files, self._orphans,
            self._leftovers,
        )  # fmt: skip
        for step in steps:
            try:
                with plain_words(self._store.root):
                    step()
            except LibraryError as error:
                self._findings.append(Finding("error", str(error), error.path, error.hint))
        return self._findings

    def _found(
        self, severity: str, what: str, path: Path | None = None, hint: str = "", mend: Callable[[], None] | None = None
    ) -> None:
        repaired = mend is not None and self._repair
        if repaired and mend is not None:
            mend()
        self._findings.append(Finding(severity, what, path, hint, repaired))

    def _database(self) -> None:
        store = self._store
        rebuild = "Run `coachvision doctor --repair`: it rebuilds the database from the sessions' files."
        for (message,) in store.db.rows("PRAGMA integrity_check"):
            if message != "ok":
                self._found("error", f"The database is damaged: {message}", store.db.path, rebuild)
        for table, *_ in store.db.rows("PRAGMA foreign_key_check"):
            self._found("error", f"A row of {table} refers to one that is gone", store.db.path, rebuild)

    def _search_text(self) -> None:
        store = self._store
        odd = store.db.row(
            "SELECT (SELECT count(*) FROM session WHERE seq NOT IN (SELECT rowid FROM session_fts))"
            " + (SELECT count(*) FROM session_fts WHERE rowid NOT IN (SELECT seq FROM session))"
        )
        if odd is not None and odd[0]:
            self._found("error", f"{odd[0]} sessions are wrong in the search", store.db.path, mend=self._index)

    def _index(self) -> None:
        with self._store.db.transaction("index") as db:
            db.execute("DELETE FROM session_fts")
            search.index(db)

    def _videos(self) -> None:
        for (sha256,) in self._store.db.rows("SELECT sha256 FROM video ORDER BY created"):
            video = videos.find(self._store, sha256)
            if video is None:
                continue
            whose = "" if video.copied else " (it was left where it was filmed)"
            hint = "Add the same file again: it takes its place, and the sessions keep everything."
            if not video.path.is_file():
                self._found(
                    "error" if video.copied else "warning",
                    f"A video is missing{whose}",
                    video.path,
                    hint if video.copied else f"Connect its drive, or tell where it is now. {hint}",
                )
            elif video.path.stat().st_size != video.size:
                self._found("error", f"A video does not have its size any more{whose}", video.path, hint)
            elif self._deep and hash_file(video.path)[0] != sha256:
                self._found("error", f"A video does not have its content any more{whose}", video.path, hint)
            record = self._store.root / "videos" / sha256[:2] / f"{sha256}.json"
            if not record.is_file():
                self._owed("video", sha256, record)

    def _runs(self) -> None:
        rows = self._store.db.rows("SELECT session_id, file, size, analyzer FROM run ORDER BY created")
        for session_id, file, size, analyzer in rows:
            path = self._store.session_folder(session_id) / file
            hint = f"Analyze session {session_id[:8]} again with {analyzer}."
            if not path.is_file():
                self._found("error", f"The results of {analyzer} are missing", path, hint)
            elif path.stat().st_size != size:
                self._found("error", f"The results of {analyzer} are damaged", path, hint)
            elif self._deep:
                with arrays.opened(path) as opened:
                    opened.result()

    def _session_files(self) -> None:
        for session_id, rev in self._store.db.rows("SELECT id, rev FROM session ORDER BY seq"):
            path = self._store.session_folder(session_id) / "session.json"
            if not path.is_file() or (self._deep and _rev(path) != rev):
                self._owed("session", session_id, path)
        for kind, key in self._store.db.rows("SELECT kind, key FROM pending"):
            self._owed(kind, key, None)

    def _owed(self, kind: str, key: str, path: Path | None) -> None:
        self._found(
            "info",
            "A file from which the database could be rebuilt is out of date",
            path,
            "It is written again at the next change of its session, or with --repair.",
            mend=lambda: pending.finish(self._store, [(kind, key)]),
        )

    def _orphans(self) -> None:
        # Looked at a second time inside a transaction: another process may be just about to commit its rows.
        if not any(True for _ in self._strangers()):
            return
        with self._store.db.transaction("check"):
            for path, severity, what, hint in list(self._strangers()):
                mend = functools.partial(self._put_away, path) if severity == "info" else None
                self._found(severity, what, path, hint, mend)

    def _strangers(self) -> Iterator[tuple[Path, str, str, str]]:
        store = self._store
        left = "Left over from an interrupted save; nothing is lost. --repair moves it to trash/orphans."
        kept = {row[0] for row in store.db.rows("SELECT path FROM video WHERE copied")}
        known = {row[0] for row in store.db.rows("SELECT sha256 FROM video")}
        for path in store.root.glob("videos/*/*"):
            own_record = path.suffix == ".json" and path.stem in known
            if path.relative_to(store.root).as_posix() not in kept and not own_record:
                yield path, "info", "A video file belongs to no session", left
        sessions = {row[0] for row in store.db.rows("SELECT id FROM session")}
        deleted = {row[0] for row in store.db.rows("SELECT entity_id FROM tombstone")}
        runs = set(store.db.rows("SELECT session_id, file FROM run"))
        for folder in store.root.glob("sessions/*"):
            if folder.name in sessions:
                for path in folder.glob("runs/*"):
                    if (folder.name, f"runs/{path.name}") not in runs:
                        yield path, "info", "A result file belongs to no run", left
            elif (folder / "session.json").is_file() and folder.name not in deleted:
                hint = "Close the library and rebuild it: `coachvision doctor --repair`."
                yield folder, "warning", "A session's folder is not in the database", hint
            else:
                yield folder, "info", "A folder belongs to no session", left

    def _put_away(self, path: Path) -> None:
        folder = self._store.root / "trash" / "orphans" / self._store.scratch.name
        make_folder(folder)
        path.rename(folder / f"{len(list(folder.iterdir()))}-{path.name}")

    def _leftovers(self) -> None:
        with FileLock(self._store.root / "tmp" / "opening.lock"):
            for folder in sweep_scratch(self._store.root):
                self._findings.append(
                    Finding("info", "Unfinished files of a program that was killed", folder, "They were removed.", True)
                )


def _rev(path: Path) -> int | None:
    try:
        return int(read_json(path)["session"]["rev"])
    except (ValueError, KeyError, TypeError, json.JSONDecodeError):
        return None
