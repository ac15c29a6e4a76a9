"""Charts of a session's series as numbers for an SVG that stretches: paths in a 1000 x 100 box, labels in percent.

The report draws them with its own colours, so that they follow light, dark and print, and text keeps its size on a
phone. For the report alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coachvision.core.filters import runs
from coachvision.core.kinematics import JOINTS
from coachvision.core.results import Event, Series, Track
from coachvision.core.time import Timeline
from coachvision.services.export.overlay import SURE
from coachvision.services.export.words import (
    FLEXING,
    quantity,
    series_title,
    sided,
    span_title,
    unit_sign,
)
from coachvision.services.session import WholeSession

WIDTH, HEIGHT = 1000.0, 100.0
_MOST_POINTS = 1500  # more than a screen has columns; a longer series keeps each column's lowest and highest value

# Landmarks, without side, that each joint's angle is made from.
_OF_JOINT: dict[str, set[str]] = {joint: {*rule.proximal, *rule.distal} for joint, rule in JOINTS.items()}


@dataclass(frozen=True)
class Tick:
    """A label and its place in percent of the axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Line:
    """One series. style: left, right or single. sure and unsure: SVG paths. told: its extremes in words."""

    style: str
    sure: str
    unsure: str
    told: str


@dataclass(frozen=True)
class Mark:
    """An event on the chart, in percent of the width; an instant has no width. number: its rank in its kind."""

    at: float
    width: float
    number: str


@dataclass(frozen=True)
class Chart:
    """One chart. described: what a reader who cannot see it is told. aside: a detail, shown on request."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    marked: str
    x: tuple[Tick, ...]
    y: tuple[Tick, ...]
    described: str
    has_unsure: bool
    aside: bool


def charts(session: WholeSession, subject: int | None) -> list[Chart]:
    """A chart a joint (left and right together) or a series, joints first, of one subject."""
    groups: dict[str, list[tuple[str, Series]]] = {}
    for _, series in session.series():
        if subject is not None and series.subject != subject:
            continue
        if not np.isfinite(series.values).any():
            continue
        side, name = sided(series.name) or ("single", series.name)
        groups.setdefault(f"{name}\0{series.unit}", []).append((side, series))
    events = [event for _, event in session.events() if subject is None or event.subject == subject]
    track = session.pose(subject) if subject is not None else None
    ordered = sorted(groups.items(), key=lambda item: _rank(item[0]))
    return [_chart(key.split("\0")[0], group, events, track, session.film.timeline) for key, group in ordered]


def _rank(key: str) -> tuple[int, str]:
    name = key.split("\0")[0]
    joint = name.removeprefix("angle.")
    if name.startswith("angle.") and joint in FLEXING:
        return FLEXING.index(joint), name
    return len(FLEXING), name


def _chart(
    name: str, group: list[tuple[str, Series]], events: Sequence[Event], track: Track | None, line: Timeline
) -> Chart:
    start, end = _time_range(group, line)
    low, high, steps = _nice_range([series.values for _, series in group])
    unit = group[0][1].unit
    lines = tuple(
        _line(side, series, confidence_of(series, track), line, (start, end), (low, high))
        for side, series in sorted(group, key=lambda item: item[0])
    )
    marks, marked = _marks(events, line, start, end)
    title = series_title(name) if len(group) > 1 or group[0][0] == "single" else series_title(group[0][1].name)
    if group[0][1].label and len(group) == 1:
        title = group[0][1].label
    return Chart(
        title=title,
        unit=unit_sign(unit).strip(),
        lines=lines,
        marks=marks,
        marked=marked,
        x=tuple(Tick(100 * (t - start) / (end - start), _time_text(t, end)) for t in _ticks(start, end, 6)),
        y=tuple(Tick(100 * (high - v) / (high - low), _value_text(v)) for v in steps),
        described=f"Chart of {title.lower()} over time. " + said(lines) + ".",
        has_unsure=any(one.unsure for one in lines),
        aside=name.startswith("segment."),
    )


def said(lines: tuple[Line, ...]) -> str:
    """The extremes of all lines as one sentence, without its full stop."""
    joined = "; ".join(one.told for one in lines)
    return joined[:1].upper() + joined[1:]


def confidence_of(series: Series, track: Track | None) -> NDArray[np.float32] | None:
    """The least confidence of the landmarks that make an angle, at the series' own times; None where not known."""
    found = sided(series.name)
    if track is None or found is None or not found[1].startswith("angle."):
        return None
    parts = _OF_JOINT.get(found[1].removeprefix("angle."), set())
    names = [f"{found[0]}_{part}" for part in parts]
    if not names or not set(names) <= set(track.names) or not len(track.pts):
        return None
    least = np.min([track.confidence_of(name) for name in names], axis=0)
    at = np.clip(np.searchsorted(track.pts, series.pts), 0, len(track.pts) - 1)
    return np.where(track.pts[at] == series.pts, least[at], 0).astype(np.float32)


def _time_range(group: list[tuple[str, Series]], line: Timeline) -> tuple[float, float]:
    start = min(line.seconds_of(int(series.pts[0])) for _, series in group)
    end = max(line.seconds_of(int(series.pts[-1])) for _, series in group)
    return start, max(end, start + 1e-3)


def _line(
    side: str,
    series: Series,
    confidence: NDArray[np.float32] | None,
    line: Timeline,
    times: tuple[float, float],
    values: tuple[float, float],
) -> Line:
    seconds = line.times_of(series.pts)
    x = (seconds - times[0]) / (times[1] - times[0]) * WIDTH
    y = (values[1] - series.values) / (values[1] - values[0]) * HEIGHT
    good = np.isfinite(y)
    sure = good if confidence is None else good & (confidence >= SURE)
    unsure = good & ~sure
    # Each unsure stretch takes its sure neighbours along, so that the line does not break where it turns faint.
    joined = unsure.copy()
    joined[:-1] |= unsure[1:] & good[:-1]
    joined[1:] |= unsure[:-1] & good[1:]
    low, high = float(np.nanmin(series.values)), float(np.nanmax(series.values))
    when = float(seconds[int(np.nanargmax(series.values))])
    who = f"{side} " if side in ("left", "right") else ""
    told = f"{who}from {quantity(low, series.unit)} to {quantity(high, series.unit)}, highest at {when:.2f} s"
    return Line(side, _path(x, y, sure), _path(x, y, joined) if unsure.any() else "", told)


def _path(x: NDArray[np.float64], y: NDArray[np.float64], keep: NDArray[np.bool_]) -> str:
    parts: list[str] = []
    for run in runs(keep):
        xs, ys = _thinned(x[run], y[run], len(x))
        if len(xs) == 1:  # a lone sample: a dot, drawn by the round cap of a line of no length
            xs, ys = np.repeat(xs, 2), np.repeat(ys, 2)
        parts.append("M" + "L".join(f"{a:.1f} {b:.2f}" for a, b in zip(xs.tolist(), ys.tolist(), strict=True)))
    return "".join(parts)


def _thinned(
    x: NDArray[np.float64], y: NDArray[np.float64], whole: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest of every bucket, in order of time: no peak is lost."""
    if whole <= _MOST_POINTS or len(x) < 4:
        return x, y
    buckets = max(1, round(len(x) / whole * _MOST_POINTS / 2))
    kept: set[int] = {0, len(x) - 1}
    for part in np.array_split(np.arange(len(x)), buckets):
        kept.update((int(part[np.argmin(y[part])]), int(part[np.argmax(y[part])])))
    order = np.array(sorted(kept))
    return x[order], y[order]


def _marks(events: Sequence[Event], line: Timeline, start: float, end: float) -> tuple[tuple[Mark, ...], str]:
    """The events inside the chart's time, numbered by kind, and a sentence on what is marked."""
    ranks: dict[str, int] = {}
    marks: list[Mark] = []
    last_number = -100.0
    for event in sorted(events, key=lambda event: event.start_pts):
        title = span_title(event.kind, event.label)
        ranks[title] = ranks.get(title, 0) + 1
        a = line.seconds_of(event.start_pts)
        b = a if event.end_pts is None else line.seconds_of(event.end_pts)
        if b < start or a > end:
            continue
        left, right = (100 * (min(max(t, start), end) - start) / (end - start) for t in (a, b))
        middle = (left + right) / 2
        shown = middle - last_number >= 4  # closer numbers would run into one another on a phone
        marks.append(Mark(left, right - left, str(ranks[title]) if shown else ""))
        last_number = middle if shown else last_number
    told = ", ".join(f"{name.lower()} ({count})" for name, count in ranks.items())
    return tuple(marks), f"Marked: {told}." if marks else ""


def _nice_range(columns: list[NDArray[np.float64]]) -> tuple[float, float, list[float]]:
    low = min(float(np.nanmin(values)) for values in columns)
    high = max(float(np.nanmax(values)) for values in columns)
    if high - low < 1e-9:
        pad = max(1.0, abs(high) * 0.1)
        low, high = low - pad, high + pad
    pad = 0.05 * (high - low)
    low, high = low - pad, high + pad
    return low, high, _ticks(low, high, 6)


def _ticks(start: float, end: float, most: int) -> list[float]:
    step = _step((end - start) / most)
    return [k * step for k in range(math.ceil(start / step - 1e-9), math.floor(end / step + 1e-9) + 1)]


def _step(rough: float) -> float:
    """The next of 1, 2, 2.5, 5 x 10^n."""
    power = 10.0 ** math.floor(math.log10(rough))
    return float(next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * (1 - 1e-9)))


def _time_text(seconds: float, longest: float) -> str:
    if longest >= 120:
        return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
    return f"{seconds:.2f}".rstrip("0").rstrip(".")


def _value_text(value: float) -> str:
    return f"{value:.4g}".replace("-", "\u2212")
