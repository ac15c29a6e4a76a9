"""What the library hands out: frozen rows. Anyone above the library may read them; only the library makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from coachvision.core.calibration import Calibration
from coachvision.core.results import Result
from coachvision.core.tagging import Board, Clip, Moment
from coachvision.core.time import Timeline


class VideoFields(Protocol):
    """What the library keeps of a probed video: `video.facts.VideoFacts` has it all."""

    @property
    def container(self) -> str: ...
    @property
    def codec(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def rotation(self) -> int: ...
    @property
    def timeline(self) -> Timeline: ...
    @property
    def duration_s(self) -> float: ...
    @property
    def fps(self) -> float: ...
    @property
    def variable_frame_rate(self) -> bool: ...
    @property
    def capture_fps(self) -> float | None: ...
    @property
    def recorded(self) -> str | None: ...
    @property
    def has_audio(self) -> bool: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One analyzer's run with all that it found. error: why it failed; then the result is what it had until then."""

    analyzer: str
    version: str
    parameters: Mapping[str, Any]
    result: Result
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What an operation changed: ids, so that a front can decide what to redraw."""

    sessions: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    athletes: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    drawings: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    playlists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VideoRow:
    """One video by content. path: absolute. copied: it lies in the library; else it stays where the coach keeps it.

    width, height: upright square pixels. duration_s: real seconds. source_name: the file's name where it was added
    from, known only to who added it: the name may tell more than another account should read.
    """

    sha256: str
    path: Path
    copied: bool
    size: int
    created: str
    container: str
    codec: str
    width: int
    height: int
    rotation: int
    frames: int
    duration_s: float
    fps: float
    variable_frame_rate: bool
    capture_fps: float | None
    has_audio: bool
    warnings: tuple[str, ...]
    recorded: str | None = None
    source_name: str = ""


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One line of the list. created, updated: ISO 8601, UTC. source_name: the video file's own name.

    recorded: when the film was taken, as its file says; else when the session was made. tags, analyzers: in
    alphabetical order.
    """

    id: str
    created: str
    updated: str
    recorded: str
    title: str
    source_name: str
    athlete_id: str | None
    athlete: str | None
    video_sha256: str | None
    duration_s: float | None
    tags: tuple[str, ...]
    analyzers: tuple[str, ...]

    @property
    def name(self) -> str:
        """What to call it: the title, else the video's file name, else the start of its id."""
        return self.title or self.source_name or self.id[:8]


@dataclass(frozen=True, slots=True)
class DigestMetric:
    """A finite number of a session. uncertainty: standard, None where it is unknown."""

    name: str
    value: float
    unit: str
    label: str
    uncertainty: float | None


@dataclass(frozen=True, slots=True)
class Digest:
    """What a card shows of a session. metrics: of the athlete of interest, or of all where none is. error: why an
    analyzer's run failed, "" if none did.
    """

    session: SessionSummary
    metrics: tuple[DigestMetric, ...]
    error: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """One analyzer's run. error: why it failed, or None. file: its arrays, relative to the session's folder."""

    id: str
    analyzer: str
    version: str
    parameters: dict[str, Any]
    warnings: tuple[str, ...]
    error: str | None
    created: str
    file: str


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """An athlete in the picture, with the real seconds of the first and last frame in view."""

    analyzer: str
    id: int
    first_pts: int
    last_pts: int
    first_s: float
    last_s: float
    of_interest: bool


@dataclass(frozen=True, slots=True)
class EventRow:
    """An instant (end_s None) or a span, in ticks and real seconds."""

    analyzer: str
    kind: str
    subject: int
    start_pts: int
    end_pts: int | None
    start_s: float
    end_s: float | None
    label: str
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One number; value is NaN where the analyzer could not tell."""

    analyzer: str
    name: str
    subject: int
    value: float
    unit: str
    uncertainty: float | None
    method: str
    label: str


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """The heading of a series; its samples come from `Library.series`."""

    analyzer: str
    name: str
    subject: int
    unit: str
    label: str
    samples: int


@dataclass(frozen=True, slots=True)
class Session:
    """Everything of a session but its arrays. video is None for one imported without its video."""

    id: str
    user_id: str | None
    rev: int
    created: str
    updated: str
    trashed_at: str | None
    title: str
    note: str
    source_name: str
    athlete_id: str | None
    athlete: str | None
    time_scale: float | None
    options: dict[str, Any]
    warnings: tuple[str, ...]
    video: VideoRow | None
    tags: tuple[str, ...]
    runs: tuple[RunRow, ...]
    subjects: tuple[SubjectRow, ...]
    metrics: tuple[MetricRow, ...]
    events: tuple[EventRow, ...]
    series: tuple[SeriesRow, ...]

    @property
    def name(self) -> str:
        """What to call it: the title, else the video's file name, else the start of its id."""
        return self.title or self.source_name or self.id[:8]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An athlete, a team or a tag. height_m, note, teams: of athletes only."""

    id: str
    name: str
    note: str = ""
    height_m: float | None = None
    teams: tuple[str, ...] = ()
    trashed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing on the picture from one pts to another (end_pts None: that frame alone). shape: its kind's own data."""

    id: str
    kind: str
    start_pts: int
    end_pts: int | None
    shape: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Correction:
    """A landmark that the coach moved: pixels on the frame of that pts. The analyzer's own point is kept beside it."""

    analyzer: str
    track: str
    subject: int
    landmark: str
    pts: int
    x: float
    y: float


@dataclass(frozen=True)
class AnnotationChanges:
    """What the coach did on the picture since it was last kept. drawings: new or changed ones; trashed: their ids.

    uncorrected: corrections taken back. calibrations: () where it did not change, (None,) where there is none any more.
    """

    drawings: tuple[Drawing, ...] = ()
    trashed: tuple[str, ...] = ()
    corrected: tuple[Correction, ...] = ()
    uncorrected: tuple[Correction, ...] = ()
    calibrations: tuple[Calibration | None, ...] = ()


@dataclass(frozen=True, slots=True)
class MomentRow:
    """Something the coach tagged in a session, with the id it is kept under."""

    id: str
    moment: Moment


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A board of buttons, with the id it is kept under."""

    id: str
    board: Board


@dataclass(frozen=True, slots=True)
class PlaylistRow:
    """Clips of several sessions in the coach's order. created, updated: ISO 8601, UTC."""

    id: str
    created: str
    updated: str
    title: str
    note: str
    clips: tuple[Clip, ...]


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A change that sync has not sent yet. operation: put or delete."""

    seq: int
    entity: str
    entity_id: str
    operation: str
    rev: int
    user_id: str | None
    device_id: str
    created: str


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Something that was deleted for good, so that sync does not bring it back."""

    entity: str
    entity_id: str
    user_id: str | None
    rev: int
    device_id: str
    created: str


@dataclass(frozen=True, slots=True)
class GuestShare:
    """What the guest made here and an account may take. size: bytes of videos and results. asked: was asked before."""

    sessions: int
    size: int
    asked: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What `check` found. severity: error (something is damaged or missing), warning, info (left over, harmless)."""

    severity: str
    what: str
    path: Path | None = None
    hint: str = ""
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What `rebuild` brought back. moved_to: where the damaged database lies now. lost: what could not be read."""

    sessions: int
    videos: int
    moved_to: Path | None
    lost: tuple[str, ...] = field(default=())
