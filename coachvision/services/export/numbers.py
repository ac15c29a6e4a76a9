"""The key numbers of a session, arranged for the report: cards, range of motion, how sure, every number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coachvision.core.results import Metric
from coachvision.core.units import Units
from coachvision.services.export.charts import confidence_of
from coachvision.services.export.overlay import SURE
from coachvision.services.export.words import (
    FLEXING,
    HEADLINES,
    measured,
    metric_title,
    number,
    quantity,
    series_title,
)
from coachvision.services.session import WholeSession
from coachvision.services.units import told

MOST_CARDS = 8
MOST_JOINTS = 4
_SELDOM = 0.5
_INTERNAL = "pose."  # counts of frames and network calls: of interest in the table alone


@dataclass(frozen=True)
class Figure:
    """One number on a card. side: left, right or empty. seldom: said where it was seen surely under half the time.

    unsure: nobody can say how far off it is, so it must not look as firm as the others.
    """

    side: str
    value: str
    unit: str
    spread: str
    seldom: str = ""
    unsure: bool = False


@dataclass(frozen=True)
class Card:
    """One key number, or a left and a right one. method: how it was obtained."""

    title: str
    figures: tuple[Figure, ...]
    method: str


@dataclass(frozen=True)
class Motion:
    """A joint's range of motion, left and right, and their difference, or why there is none."""

    joint: str
    left: str
    left_range: str
    right: str
    right_range: str
    difference: str


@dataclass(frozen=True)
class Sureness:
    """How much of the time a joint was seen surely: percent of the samples that the subject was in view."""

    title: str
    percent: int


@dataclass(frozen=True)
class Row:
    """A line of the table of every number."""

    title: str
    subject: int
    value: str
    method: str


def cards(session: WholeSession, subject: int | None, units: Units | None = None) -> list[Card]:
    """The headline metrics, then the largest angles of the joints that moved most. units: None keeps SI."""
    chosen = units or Units()
    metrics = [m for _, m in session.metrics() if subject is None or m.subject == subject]
    headline = sorted((m for m in metrics if m.name in HEADLINES), key=lambda m: HEADLINES.index(m.name))
    made = [_single(metric, chosen) for metric in headline if math.isfinite(metric.value)]
    by_name = {metric.name: metric for metric in metrics}
    sure = _shares(session, subject)
    joints = _most_moved(by_name, sure)[:MOST_JOINTS]
    made += [card for joint in joints if (card := _pair(joint, by_name, sure, chosen)) is not None]
    if not made:
        made = [_single(m, chosen) for m in metrics if math.isfinite(m.value) and not m.name.startswith(_INTERNAL)]
    return made[:MOST_CARDS]


def leading_joint(session: WholeSession, subject: int | None) -> str | None:
    """The joint that the movement shows in: of those that can be told surely, the one that moved most."""
    by_name = {m.name: m for _, m in session.metrics() if subject is None or m.subject == subject}
    return next(iter(_most_moved(by_name, _shares(session, subject))), None)


def _most_moved(by_name: Mapping[str, Metric], sure: Mapping[str, float]) -> list[str]:
    """The joints with an angle: those told surely before the others, each by the range of its better side."""
    ranks: dict[str, tuple[bool, float]] = {}
    for joint in FLEXING:
        sides = []
        for side in ("left", "right"):
            extent = by_name.get(f"angle.{side}_{joint}.range")
            if extent is not None and math.isfinite(extent.value):
                seen = sure.get(f"angle.{side}_{joint}", 1.0) >= _SELDOM
                sides.append((seen and extent.uncertainty is not None, extent.value))
        if sides:
            ranks[joint] = max(sides)
    return sorted(ranks, key=lambda joint: ranks[joint], reverse=True)


def _figure(metric: Metric, units: Units, side: str = "", share: float = 1.0) -> Figure:
    words = told(metric.value, metric.unit, units, metric.uncertainty)
    return Figure(
        side,
        words.number,
        words.unit,
        words.spread,
        _seldom(share),
        metric.uncertainty is None and metric.unit != "1",
    )


def _seldom(share: float) -> str:
    if share >= _SELDOM:
        return ""
    return f"seen surely only {math.floor(100 * share)} % of the time" if share >= 0.01 else "never seen surely"


def _single(metric: Metric, units: Units) -> Card:
    return Card(metric_title(metric.name, metric.label), (_figure(metric, units),), metric.method)


def _pair(joint: str, by_name: Mapping[str, Metric], sure: Mapping[str, float], units: Units) -> Card | None:
    found = [(side, by_name.get(f"angle.{side}_{joint}.max")) for side in ("left", "right")]
    figures = tuple(
        _figure(m, units, side, sure.get(f"angle.{side}_{joint}", 1.0))
        for side, m in found
        if m is not None and math.isfinite(m.value)
    )
    if not figures:
        return None
    title = metric_title(f"angle.left_{joint}.max").removeprefix("Left ")
    # Each side's method differs by its moment alone, and is told in the table of every number.
    return Card(title[:1].upper() + title[1:], figures, "")


def motions(session: WholeSession, subject: int | None) -> list[Motion]:
    """A row a joint of which minimum and maximum are known."""
    by_name = {m.name: m for _, m in session.metrics() if subject is None or m.subject == subject}
    shares = _shares(session, subject)
    rows = []
    for joint in FLEXING:
        sides = {side: _extent(by_name, f"angle.{side}_{joint}") for side in ("left", "right")}
        if not any(sides.values()):
            continue
        left, right = sides["left"], sides["right"]
        rows.append(
            Motion(
                joint=joint.capitalize(),
                left=left[0] if left else "–",
                left_range=left[1] if left else "",
                right=right[0] if right else "–",
                right_range=right[1] if right else "",
                difference=_difference(by_name, shares, joint),
            )
        )
    return rows


def _extent(by_name: Mapping[str, Metric], stem: str) -> tuple[str, str] | None:
    low, high, whole = (by_name.get(f"{stem}.{which}") for which in ("min", "max", "range"))
    if low is None or high is None or not (math.isfinite(low.value) and math.isfinite(high.value)):
        return None
    told = f"{number(low.value, low.unit, low.uncertainty)} to {quantity(high.value, high.unit)}"
    return told, measured(whole.value, whole.unit, whole.uncertainty) if whole is not None else ""


def _difference(by_name: Mapping[str, Metric], shares: Mapping[str, float], joint: str) -> str:
    """Right range less left range, with the root of the squares' sum as its uncertainty (JCGM 100:2008, 5.1.2).

    From the side the far limb is mostly hidden: a difference between seen and guessed would pass for a lame leg.
    """
    left, right = by_name.get(f"angle.left_{joint}.range"), by_name.get(f"angle.right_{joint}.range")
    if left is None or right is None or not math.isfinite(left.value - right.value):
        return "–"
    hidden = [side for side in ("left", "right") if shares.get(f"angle.{side}_{joint}", 1.0) < _SELDOM]
    if hidden:
        return f"{' and '.join(hidden)} mostly hidden"
    both = left.uncertainty is not None and right.uncertainty is not None
    unsure = math.hypot(left.uncertainty or 0, right.uncertainty or 0) if both else None
    return measured(right.value - left.value, left.unit, unsure)


def sureness(session: WholeSession, subject: int | None) -> list[Sureness]:
    """A row a joint angle: the share of its samples whose landmarks were all seen surely."""
    return [Sureness(series_title(name), math.floor(100 * share)) for name, share in _shares(session, subject).items()]


def _shares(session: WholeSession, subject: int | None) -> dict[str, float]:
    """By name of the joint angle, the share of its samples whose landmarks were all seen surely."""
    track = session.pose(subject) if subject is not None else None
    shares = {}
    for _, series in session.series():
        confidence = confidence_of(series, track) if series.subject == subject else None
        if confidence is not None and len(confidence):
            shares[series.name] = float(np.mean((confidence >= SURE) & np.isfinite(series.values)))
    return shares


def in_view(session: WholeSession, subject: int | None) -> tuple[int, int] | None:
    """Frames in which the subject was found, and frames that were looked at; None without a pose."""
    track = session.pose(subject) if subject is not None else None
    if track is None:
        return None
    line = session.film.timeline
    first = 0 if session.start_s is None else line.index_at(session.start_s)
    last = len(line) - 1 if session.end_s is None else line.index_at(session.end_s)
    return int(np.any(np.all(np.isfinite(track.points), axis=2), axis=1).sum()), last - first + 1


def every_number(session: WholeSession) -> list[Row]:
    """All metrics as text."""
    return [
        Row(metric_title(m.name, m.label), m.subject, measured(m.value, m.unit, m.uncertainty), m.method)
        for _, m in session.metrics()
    ]
