"""The document of sessions: `analyze --json`, `show --json`, `export --format json`, and what `import` reads.

Schema 1. Fields may be added, never renamed; readers ignore fields they do not know. `docs/session.schema.json` is
generated from here. Anyone may use it; it knows nothing of the library or of numpy.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from coachvision.wire.document import Document, Moment, Record

Text = Annotated[str, Field(max_length=4_000)]
Name = Annotated[str, Field(max_length=200)]
Numbers = list[float | None]
Note = Annotated[str, Field(max_length=1_000_000)]
Count = Annotated[int, Field(ge=0)]
# JSON knows no other; what is kept as infinity or not-a-number could not be shown again.
Finite = Annotated[float, Field(allow_inf_nan=False)]
Ticks = Annotated[int, Field(ge=-(2**63), lt=2**63)]
Row = tuple[
    Annotated[float, Field(allow_inf_nan=False)],
    Annotated[float, Field(allow_inf_nan=False)],
    Annotated[float, Field(allow_inf_nan=False)],
]


class VideoRecord(Record):
    """The film. Sizes are upright square pixels; duration and rate are real time (slow motion already scaled)."""

    bulk = frozenset({"pts"})

    path: Text
    name: Annotated[Text, Field(description="the file's name as the coach knows it")] = ""
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
    width: Count
    height: Count
    frames: Count
    duration_s: Finite
    fps: Finite
    variable_frame_rate: bool = False
    rotation: int = 0
    codec: Name = ""
    capture_fps: Finite | None = None
    recorded: Annotated[
        Moment | None, Field(description="when it was filmed, UTC, ISO 8601; null where its file does not say")
    ] = None
    time_base: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,9}/[1-9][0-9]{0,9}$", description="seconds a tick")] = (
        "1/1000000"
    )
    time_scale: Annotated[float, Field(gt=0, allow_inf_nan=False, description="real seconds per stored second")] = 1.0
    pts: Annotated[list[int] | None, Field(description="ticks of every frame; only in the full form")] = None


class RunRecord(Record):
    """One analyzer's run over the film."""

    bulk = frozenset({"error"})

    analyzer: Name
    version: Name = ""
    parameters: dict[str, Any] = Field(default_factory=dict)
    warnings: list[Text] = Field(default_factory=list)
    error: Annotated[Text | None, Field(description="why this analyzer gave nothing; absent where it finished")] = None


class SubjectRecord(Record):
    """One person (or tracked thing) of the film; seconds from the first frame."""

    id: int
    first_s: float
    last_s: float
    of_interest: bool = False


class MetricRecord(Record):
    """One number. uncertainty: standard uncertainty in the same unit, null where unknown."""

    name: Name
    subject: int
    value: float | None
    unit: Name
    uncertainty: float | None = None
    method: Text = ""
    label: Text = ""
    analyzer: Name = ""


class EventRecord(Record):
    """An instant (`end_s` null) or a span."""

    bulk = frozenset({"start_pts", "end_pts"})

    kind: Name
    subject: int
    start_s: float
    end_s: float | None = None
    label: Text = ""
    values: dict[str, float | None] = Field(default_factory=dict)
    analyzer: Name = ""
    start_pts: int | None = None
    end_pts: int | None = None


class SeriesRecord(Record):
    """One number over time. The full form has `pts_s` and `values` (null in gaps), `raw` before filtering."""

    bulk = frozenset({"pts", "pts_s", "values", "raw"})

    name: Name
    subject: int
    unit: Name
    samples: Count
    label: Text = ""
    analyzer: Name = ""
    pts: list[int] | None = None
    pts_s: list[float] | None = None
    values: Numbers | None = None
    raw: Numbers | None = None

    @model_validator(mode="after")
    def _same_lengths(self) -> SeriesRecord:
        for field in ("pts", "pts_s", "values", "raw"):
            column = getattr(self, field)
            if column is not None and len(column) != self.samples:
                raise ValueError(f"series {self.name}: {len(column)} {field} for {self.samples} samples")
        if self.values is not None and self.pts is None and self.pts_s is None:
            raise ValueError(f"series {self.name}: values without pts or pts_s")
        return self


class TrackRecord(Record):
    """Points of one subject over time, only in the full form.

    points[frame][landmark] is [x, y] in upright pixels or null; world likewise [x, y, z] in metres from the mid-hip.
    """

    bulk = frozenset({"pts", "pts_s", "world", "corrected"})

    name: Name
    subject: int
    unit: Name = "px"
    names: Annotated[list[Name], Field(max_length=1_000)]
    analyzer: Name = ""
    pts: list[int] | None = None
    pts_s: list[float] | None = None
    points: list[list[tuple[float, float] | None]]
    confidence: list[list[float]]
    world: list[list[tuple[float, float, float] | None]] | None = None
    corrected: list[list[bool]] | None = None

    @model_validator(mode="after")
    def _same_lengths(self) -> TrackRecord:
        times = self.pts if self.pts is not None else self.pts_s
        if times is None:
            raise ValueError(f"track {self.name}: points without pts or pts_s")
        for field in ("pts_s", "points", "confidence", "world", "corrected"):
            rows = getattr(self, field)
            if rows is None:
                continue
            if len(rows) != len(times):
                raise ValueError(f"track {self.name}: {len(rows)} {field} for {len(times)} frames")
            if field != "pts_s" and any(len(row) != len(self.names) for row in rows):
                raise ValueError(f"track {self.name}: {field} without one entry a landmark")
        return self


class DrawingRecord(Record):
    """A drawing on the picture, from one pts to another (`end_pts` null: on that frame). shape: its kind's own data."""

    id: Name
    kind: Name
    start_pts: Ticks
    end_pts: Ticks | None = None
    shape: dict[str, Any]


class CalibrationRecord(Record):
    """From pixels (x right, y down) to metres (x right, y up) in one plane.

    relative_uncertainty: standard uncertainty of a length as a share of it.
    """

    kind: Literal["line", "height", "plane"]
    homography: Annotated[list[Row], Field(min_length=3, max_length=3)]
    relative_uncertainty: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    frame: Count = 0


class CorrectionRecord(Record):
    """A landmark that the coach moved on the frame of that pts, in upright pixels; the tracks have it there.

    original: where the analyzer had it, null where it had none.
    """

    analyzer: Name
    track: Name
    subject: Ticks
    landmark: Name
    pts: Ticks
    x: Annotated[float, Field(allow_inf_nan=False)]
    y: Annotated[float, Field(allow_inf_nan=False)]
    original: tuple[float, float] | None = None


class MomentRecord(Record):
    """What the coach tagged in the film: an instant (`end_s` null) or a span, seconds from the first frame.

    lead_s, lag_s: how much of the span the button added before and after the press.
    """

    bulk = frozenset({"start_pts", "end_pts"})

    category: Text
    start_s: Finite
    end_s: Finite | None = None
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] = "#009e73"
    descriptors: Annotated[list[Text], Field(max_length=1_000)] = Field(default_factory=list)
    note: Note = ""
    lead_s: Finite = 0.0
    lag_s: Finite = 0.0
    start_pts: Ticks | None = None
    end_pts: Ticks | None = None


class SessionRecord(Record):
    """One session: a film, what was run on it and what was found.

    In full also what the coach put on the picture and tagged in the film.
    """

    bulk = frozenset({"tracks", "drawings", "calibration", "corrections", "moments"})

    id: Name
    user_id: Name | None = None
    athlete: Name | None = None
    created: Annotated[str, Field(max_length=40, description="UTC, ISO 8601")]
    title: Text = ""
    exercise: Name = ""
    notes: Note = ""
    tags: Annotated[list[Name], Field(max_length=1_000)] = Field(default_factory=list)
    video: VideoRecord
    runs: list[RunRecord] = Field(default_factory=list)
    subjects: list[SubjectRecord] = Field(default_factory=list)
    metrics: list[MetricRecord] = Field(default_factory=list)
    events: list[EventRecord] = Field(default_factory=list)
    series: list[SeriesRecord] = Field(default_factory=list)
    tracks: list[TrackRecord] | None = None
    drawings: Annotated[list[DrawingRecord] | None, Field(max_length=100_000)] = None
    calibration: CalibrationRecord | None = None
    corrections: list[CorrectionRecord] | None = None
    moments: Annotated[list[MomentRecord] | None, Field(max_length=100_000)] = None
    warnings: list[Text] = Field(default_factory=list)


class FailedRecord(Record):
    """An input that could not be analyzed: which, why, and what to do."""

    path: Text
    error: Text
    hint: Text = ""


class SessionDocument(Document):
    """The whole document."""

    conventions: Annotated[list[Text], Field(description="how angles, times and lengths are meant")] = Field(
        default_factory=list
    )
    sessions: list[SessionRecord] = Field(default_factory=list)
    failed: list[FailedRecord] = Field(default_factory=list)


class SeriesDocument(SessionDocument):
    """The document of one session with one series in full, and that series' columns at the top for short programs."""

    name: Name
    subject: int
    unit: Name
    pts_s: list[float]
    values: Numbers


class ListedVideo(Record):
    """The film of a listed session."""

    name: Text
    sha256: str | None
    duration_s: float | None


class ListedSession(Record):
    """One line of `sessions --json`. recorded: when it was filmed, else when the session was made; UTC, ISO 8601."""

    id: Name
    user_id: Name | None = None
    athlete: Name | None
    created: str
    updated: str
    recorded: str
    title: Text
    tags: list[Name]
    video: ListedVideo
    analyzers: list[Name]


class SessionListing(Document):
    """The document of `sessions --json`, the last filmed first."""

    sessions: list[ListedSession]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the document, as published in `docs/session.schema.json`."""
    schema = SessionDocument.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "CoachVision sessions", **schema}
