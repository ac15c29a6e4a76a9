"""The main job from end to end on a film whose answers are known. For the command line and `make demo`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coachvision.analysis.progress import Progress, Report
from coachvision.core.flight import flight_times
from coachvision.core.results import Series
from coachvision.errors import Cancelled, CoachVisionError
from coachvision.library import Library
from coachvision.services.analyze import Request, analyze
from coachvision.services.export.html import export_html
from coachvision.services.session import WholeSession, read_session
from coachvision.synth import scenes
from coachvision.synth.pose import GRAVITY
from coachvision.synth.render import render
from coachvision.synth.truth import Truth

_RENDERING = 0.2  # share of the whole, about
_JOINTS = ("knee", "hip", "elbow")


@dataclass(frozen=True)
class Row:
    """One line of the table. unit: "" for counts."""

    what: str
    measured: float
    true: float
    unit: str

    def __str__(self) -> str:
        digits = {"deg": 1, "m": 3, "s": 3}.get(self.unit, 0)
        numbers = (f"{self.measured:.{digits}f}", f"{self.true:.{digits}f}", f"{self.measured - self.true:+.{digits}f}")
        return f"{self.what:<34}" + "".join(f"{number:>10}" for number in numbers) + f"  {self.unit}"


@dataclass(frozen=True)
class Shown:
    """rows: measured against true. errors: joint -> RMSE in degrees. report, film: the files. session: its id."""

    rows: tuple[Row, ...]
    errors: dict[str, float]
    report: Path
    film: Path
    session: str

    @property
    def table(self) -> str:
        """The rows as text, fit for a terminal."""
        head = f"{'':<34}{'measured':>10}{'true':>10}{'error':>10}"
        off = ", ".join(f"{joint} {error:.1f}" for joint, error in self.errors.items())
        return "\n".join([head, *map(str, self.rows), f"Error over all frames (RMS, degrees): {off}"])


def demo(
    library: Library,
    output: Path,
    *,
    progress: Report | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Shown:
    """Film a drawn athlete, analyze the film, store the session, write a report. Raises CoachVisionError, Cancelled."""
    tell = progress or (lambda _progress: None)
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CoachVisionError(
            "The folder for the demo cannot be made", f"{output}: {error.strerror}", hint="Name another folder with -o."
        ) from error

    def filmed(done: float) -> None:
        if cancelled is not None and cancelled():
            raise Cancelled
        tell(Progress(_RENDERING * done, "filming a drawn athlete"))

    scene = scenes.demo_scene()
    film = render(scene, output / "demo.mp4", filmed)
    request = Request(film, athlete="Demo athlete", title="Demo: squats and jumps")

    def analyzed(part: Progress) -> None:
        tell(Progress(_RENDERING + (0.97 - _RENDERING) * part.done, part.stage, part.seconds_left))

    stored = analyze(library, request, progress=analyzed, cancelled=cancelled)
    session = read_session(library, stored.session_id)
    report = export_html(library, stored.session_id, output / "demo.html")
    rows, errors = compared(session, scene.truth)
    tell(Progress(1.0, "done"))
    return Shown(rows, errors, report, film, stored.session_id)


def compared(session: WholeSession, truth: Truth) -> tuple[tuple[Row, ...], dict[str, float]]:
    """Measured against true, and the RMS error of each joint's angle in degrees. CoachVisionError: nobody seen."""
    subject = session.main_subject
    track = None if subject is None else session.pose(subject)
    if subject is None or track is None:
        raise CoachVisionError("The demo's athlete was not found in its film", hint="Run `coachvision doctor`.")
    curves = {series.name: series for _, series in session.series() if series.subject == subject}
    rows: list[Row] = []
    errors: dict[str, float] = {}
    for joint in _JOINTS:
        name = f"angle.{truth.near}_{joint}"
        curve = curves[name]
        true = truth.angles[name]
        errors[joint] = float(np.sqrt(np.nanmean((curve.values - np.interp(curve.pts, truth.timeline.pts, true)) ** 2)))
        rows.append(Row(f"largest {joint} flexion", float(np.nanmax(curve.values)), float(true.max()), "deg"))
    knee = curves[f"angle.{truth.near}_knee"]
    seconds = session.film.timeline.times_of(track.pts)
    flights = flight_times(track, seconds)
    first_flight = min((start for start, _ in flights), default=np.inf)
    rows.append(Row("squats", float(deep_bends(knee, session, before_s=first_flight - 1.5)), len(truth.reps), ""))
    rows.append(Row("jumps", float(len(flights)), len(truth.jumps), ""))
    for number, ((_, lasted), jump) in enumerate(zip(flights, truth.jumps, strict=False), start=1):
        rows.append(Row(f"flight time of jump {number}", lasted, jump.flight_time_s, "s"))
        rows.append(Row(f"height of jump {number} (g T\u00b2 / 8)", GRAVITY * lasted**2 / 8.0, jump.height_m, "m"))
    return tuple(rows), errors


def deep_bends(knee: Series, session: WholeSession, *, before_s: float) -> int:
    """How often the knee bends by over 40 degrees and straightens again, before a time."""
    from scipy.signal import find_peaks

    seconds = session.film.timeline.times_of(knee.pts)
    known = np.isfinite(knee.values) & (seconds < before_s)
    return len(find_peaks(knee.values[known], prominence=40.0)[0])
