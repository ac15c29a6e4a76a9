"""`Library`: the coach's sessions on this laptop, in one folder. Services and the fronts' wiring may use it.

One thin method a user action; each returns what changed. Everything the disk or another program may do to us comes out
as LibraryError in plain words; what was reported saved survives a kill at any point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from coachvision.clock import Clock, SystemClock
from coachvision.core.results import Result, Series, Track
from coachvision.core.time import Timeline
from coachvision.library import digests, results, sessions, trash, videos
from coachvision.library.adoption import Adoption
from coachvision.library.annotations import Annotations
from coachvision.library.boards import Boards
from coachvision.library.check import Check
from coachvision.library.copies import PortableRecords
from coachvision.library.database import BUSY_TIMEOUT_S
from coachvision.library.moments import Moments
from coachvision.library.outbox import Outbox
from coachvision.library.people import People
from coachvision.library.playlists import Playlists
from coachvision.library.rebuild import rebuild
from coachvision.library.records import (
    Changes,
    Digest,
    Finding,
    Rebuilt,
    Run,
    Session,
    SessionSummary,
    VideoFields,
    VideoRow,
)
from coachvision.library.store import Store


class Library:
    """An open library. people: athletes, teams, tags; annotations: drawings, calibrations, corrections; outbox: sync.
    moments: what the coach tagged in a session; boards: his buttons for it; playlists: clips across sessions.
    portable: records as documents that travel between laptops.

    May be used from several threads and opened by several processes at once; a write waits its turn for five seconds.
    """

    def __init__(self, store: Store) -> None:
        """Made by `open`."""
        self._store = store
        self.people = People(store)
        self.annotations = Annotations(store)
        self.moments = Moments(store)
        self.boards = Boards(store)
        self.playlists = Playlists(store)
        self.outbox = Outbox(store)
        self.adoption = Adoption(store)
        self.portable = PortableRecords(store)

    @classmethod
    def open(
        cls,
        root: Path,
        clock: Clock | None = None,
        *,
        user_id: str | None = None,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> Self:
        """Open the library in a folder, made if there is none; finishes what a killed process left undone.

        user_id: the signed-in account; None is the guest. Only that account's sessions and names are seen.
        """
        return cls(Store(root.absolute(), clock or SystemClock(), user_id, busy_timeout_s))

    @staticmethod
    def rebuild(root: Path, clock: Clock | None = None) -> Rebuilt:
        """Make a new database from the files beside it; the old one goes to `trash/`, the videos are not touched.

        For a library that does not open any more. Raises LibraryError, also while another program has it open.
        """
        return rebuild(root.absolute(), clock or SystemClock())

    def check(self, *, repair: bool = False, deep: bool = False) -> list[Finding]:
        """What is wrong with the library: nothing, in most. repair: mend what can be, never deleting anything.

        deep: read every byte of every video and result, which takes as long as copying them.
        """
        return Check(self._store, repair=repair, deep=deep).run()

    def close(self) -> None:
        """Close it; a second time does nothing."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def root(self) -> Path:
        """The folder."""
        return self._store.root

    @property
    def scratch(self) -> Path:
        """A folder on the library's disk for unfinished files; gone when the library closes, swept after a kill."""
        return self._store.scratch

    @property
    def user_id(self) -> str | None:
        """Whose sessions are seen and made; None is the guest."""
        return self._store.user_id

    @user_id.setter
    def user_id(self, user_id: str | None) -> None:
        self._store.user_id = user_id

    # Videos

    def add_video(
        self,
        source: Path,
        facts: VideoFields,
        *,
        copy: bool = True,
        progress: videos.ProgressCall = None,
        cancelled: videos.CancelCall = None,
    ) -> VideoRow:
        """Take in a video by content: the same content again is the same row. copy=False leaves it where it lies.

        progress: share read, 0..1. Raises LibraryError (missing, no room, still being written), Cancelled; then nothing
        is kept.
        """
        return videos.add(self._store, source, facts, copy=copy, progress=progress, cancelled=cancelled)

    def video(self, sha256: str) -> VideoRow:
        """A video by its content hash. Raises LibraryError."""
        return videos.get(self._store, sha256)

    def holds(self, path: Path) -> bool:
        """Whether the path lies in the library's folder, or is a video that was left where it lies: not to write to."""
        return videos.holds(self._store, path)

    def timeline(self, video_sha256: str) -> Timeline:
        """The times of all frames of a video."""
        return videos.timeline(self._store, video_sha256)

    # Sessions

    def create_session(
        self,
        video: str | VideoRow | None,
        *,
        athlete: str | None = None,
        title: str = "",
        note: str = "",
        source_name: str = "",
        tags: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
        warnings: Sequence[str] = (),
        runs: Sequence[Run] = (),
        timeline: Timeline | None = None,
        files: Mapping[str, Path] | None = None,
    ) -> str:
        """A new session of a video (its hash or its row); returns its id. athlete: a name or id, made if new.

        With runs (and the whole video's timeline) the session appears with everything in it or not at all. files: what
        else belongs to it, by name in its folder ("proxy"), moved there from `scratch` in the same step.

        source_name: the video file's own name, known already where the row that `add_video` returned is given.
        options: how it was analyzed (box, from, to, exercise), as JSON.
        """
        return sessions.create(
            self._store, video, athlete=athlete, title=title, note=note, source_name=source_name, tags=tags,
            options=options, warnings=warnings, runs=runs, timeline=timeline, files=files or {},
        )  # fmt: skip

    def update_session(
        self, session: str, *, title: str | None = None, note: str | None = None, athlete: str | None = None,
        options: Mapping[str, Any] | None = None, warnings: Sequence[str] | None = None,
    ) -> Changes:  # fmt: skip
        """Change what is given; athlete "" means nobody. warnings: replace the session's own (a run keeps its own)."""
        given = {
            "title": title,
            "note": note,
            "options": None if options is None else dict(options),
            "warnings": None if warnings is None else list(warnings),
        }
        values = {key: value for key, value in given.items() if value is not None}
        return sessions.update(self._store, session, values, athlete)

    def sessions(
        self, search: str | None = None, *, athlete: str | None = None, tag: str | None = None, team: str | None = None,
        video: str | None = None, since: str | None = None, until: str | None = None, trashed: bool = False,
        limit: int = 100, offset: int = 0,
    ) -> list[SessionSummary]:  # fmt: skip
        """A page of sessions, the last filmed first. search: as typed, each word begins a word of title, note, names,
        tags. video: those of the video of that content hash alone. since, until: of when it was filmed, as stored (ISO
        8601, UTC); where nothing says when it was filmed, when it was added counts.
        """
        wanted = sessions.Wanted(search, athlete, tag, team, video, since, until, trashed)
        return sessions.listed(self._store, wanted, limit=limit, offset=offset)

    def session_ids(
        self, search: str | None = None, *, athlete: str | None = None, tag: str | None = None, team: str | None = None,
        since: str | None = None, until: str | None = None,
    ) -> list[str]:  # fmt: skip
        """The ids of all sessions that `sessions` would list, page by page."""
        return sessions.ids(self._store, sessions.Wanted(search, athlete, tag, team, None, since, until))

    def digests(self, session_ids: Sequence[str]) -> list[Digest]:
        """What cards show of these sessions, in the order of `sessions`; not of those that are gone or in the trash."""
        wanted = sessions.Wanted(ids=session_ids)
        return digests.read(self._store, sessions.listed(self._store, wanted, limit=len(session_ids), offset=0))

    def session(self, session: str) -> Session:
        """A session by its id or the first 6 or more characters of it. Raises LibraryError (none, or more than one)."""
        return sessions.opened(self._store, session)

    def folder(self, session: str) -> Path:
        """The session's own folder, for files that can be made again: proxy, filmstrip, activity. Made if missing."""
        folder = self._store.session_folder(self._store.session_id(session))
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    # Results

    def save_run(
        self, session: str, analyzer: str, version: str, parameters: Mapping[str, Any], result: Result,
        timeline: Timeline, *, error: str | None = None,
    ) -> Changes:  # fmt: skip
        """Keep what an analyzer found, arrays and rows, all or nothing; its earlier run in that session is replaced.

        timeline: of the whole video; seconds are computed from it, and its time scale becomes the session's.
        error: why the run failed, where it did (then `result` is what it had until then).
        """
        return results.save(self._store, session, Run(analyzer, version, parameters, result, error), timeline)

    def result(self, session: str, analyzer: str, *, corrected: bool = False) -> Result:
        """Everything one analyzer found, as it found it, or with the coach's corrections in its tracks."""
        return results.load(self._store, session, analyzer, corrected=corrected)

    def tracks(self, session: str, analyzer: str | None = None) -> tuple[Track, ...]:
        """The tracks with the coach's corrections in them, marked in `corrected`."""
        return results.tracks(self._store, session, analyzer)

    def series(self, session: str, name: str, subject: int | None = None) -> Series:
        """One series; without a subject that of the athlete of interest. Raises LibraryError naming those there are."""
        return results.series(self._store, session, name, subject)

    def session_timeline(self, session: str) -> Timeline:
        """The times of all frames in the session's own real seconds (its `time_scale`). Raises LibraryError."""
        found = self.session(session)
        return videos.timeline(self._store, found.video.sha256 if found.video else "", found.time_scale)

    # Trash

    def trash(self, session: str) -> Changes:
        """Put a session into the trash."""
        return trash.put(self._store, session)

    def untrash(self, session: str) -> Changes:
        """Take a session out of the trash."""
        return trash.back(self._store, session)

    def purge_trash(self, older_than_days: float = 30) -> Changes:
        """Delete for good what has been in the trash that long; the coach's own files are never touched."""
        return trash.purge(self._store, older_than_days)
