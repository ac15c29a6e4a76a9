"""Which frames tell the story of a session, and their pictures with the skeleton drawn. For the report and the PNG."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Image
from coachvision.core.results import Event, Series, Track
from coachvision.services.export.charts import confidence_of
from coachvision.services.export.overlay import SEEN, SURE, Layer, clock, draw, layers
from coachvision.services.export.words import metric_title, quantity, series_title, span_title
from coachvision.services.session import WholeSession
from coachvision.video.filmstrip import jpeg

MOST = 6
_CLOSEST_S = 0.12  # pictures nearer in time than this look the same
_FEWEST, _FEWEST_POINTS = 3, 4
_PICTURE_AREA, _JPEG_QUALITY = 720 * 720, 84
# The picture is shown at half its size or less, where the letters of a film would be too small.
_LETTERS = 1.7
_TELLING = ("knee", "hip", "elbow", "ankle")


@dataclass(frozen=True)
class Moment:
    """A frame worth showing: its pts and number, its time, and why (joint: the one that it is about)."""

    pts: int
    index: int
    time_s: float
    title: str
    told: str
    joint: str = ""


@dataclass(frozen=True)
class Picture:
    """A key frame in the report. uri: a data URI. width, height: pixels. alt: what is seen, in words."""

    uri: str
    width: int
    height: int
    title: str
    time: str
    alt: str


def moments(session: WholeSession, subject: int | None, most: int = MOST) -> list[Moment]:
    """The frames to show, in order of time; with nothing found, the middle of the film."""
    telling = _telling(session, subject)
    events = [e for _, e in session.events() if subject is None or e.subject == subject]
    found = _of_events(session, telling, events, most) if events else []
    if len(found) < _FEWEST:
        found += _of_series(session, telling)
    if not found and len(session.film.timeline):
        middle = int(session.film.timeline.pts[len(session.film.timeline) // 2])
        found = [_moment(session, middle, "The middle of the film", "")]
    spaced: list[Moment] = []
    for moment in found:  # the first named matter most
        if all(abs(moment.time_s - other.time_s) >= _CLOSEST_S for other in spaced):
            spaced.append(moment)
    shown = spaced[: max(_FEWEST, len(events)) if events else most][:most]
    return sorted(shown, key=lambda moment: moment.time_s)


def pictures(
    session: WholeSession, subject: int | None, frames: dict[int, Image], shown: Sequence[Moment]
) -> list[Picture]:
    """JPEG data URIs of those moments whose frame (by index) was decoded."""
    drawn = layers(session)
    track = session.pose(subject) if subject is not None else None
    telling = [_joint(series) for series, _ in _telling(session, subject)]
    decoded = [moment for moment in shown if moment.index in frames]
    boxes = _crops((session.film.width, session.film.height), track, decoded)
    return [
        _picture(frames[moment.index], [_labelled(layer, {moment.joint, *telling[:2]}) for layer in drawn], box, moment)
        for moment, box in zip(decoded, boxes, strict=True)
    ]


def _labelled(layer: Layer, joints: set[str]) -> Layer:
    """The layer with the labels of a few joints: more would hide the athlete in so small a picture."""
    angles = {name: series for name, series in layer.angles.items() if name.partition("_")[2] in joints}
    return Layer(layer.track, angles, layer.main)


def _joint(series: Series) -> str:
    """`angle.left_knee`: knee."""
    return series.name.rsplit("_", 1)[-1]


def _telling(session: WholeSession, subject: int | None) -> list[tuple[Series, NDArray[np.float64]]]:
    """Joint angles with their sure values alone, the one that moves most first; those nobody vouches for come last.

    An angle of which its analyzer gave no greatest value could not be measured: no picture makes a show of it.
    """
    track = session.pose(subject) if subject is not None else None
    greatest = {m.name.removesuffix(".max"): m for _, m in session.metrics() if subject in (None, m.subject)}
    found = []
    for _, series in session.series():
        if (subject is not None and series.subject != subject) or not series.name.startswith("angle."):
            continue
        if _joint(series) not in _TELLING or series.name not in greatest:
            continue
        confidence = confidence_of(series, track)
        values = series.values if confidence is None else np.where(confidence >= SURE, series.values, np.nan)
        if np.isfinite(values).any():
            found.append((series, values))
    return sorted(found, key=lambda item: (greatest[item[0].name].uncertainty is None, -_movement(*item)))


def _movement(series: Series, values: NDArray[np.float64]) -> float:
    """Degrees between the 5th and 95th percentile, which no moment's mistake moves far; knees and hips count more."""
    low, high = np.nanpercentile(values, (5, 95))
    # They tell more of a movement than an arm that swings along.
    return float(high - low) * {"knee": 1.5, "hip": 1.2}.get(_joint(series), 1.0)


def _of_events(
    session: WholeSession, telling: list[tuple[Series, NDArray[np.float64]]], events: Sequence[Event], most: int
) -> list[Moment]:
    """The deepest frame of each span, the frame of each instant; of many, some spread over the film."""
    ordered = sorted(events, key=lambda event: event.start_pts)
    keep = sorted(set(np.linspace(0, len(ordered) - 1, min(most, len(ordered))).round().astype(int).tolist()))
    rank: dict[int, int] = {}
    counts: dict[str, int] = {}
    for i, event in enumerate(ordered):
        name = span_title(event.kind, event.label)
        rank[i] = counts[name] = counts.get(name, 0) + 1
    found = []
    for i in keep:
        event = ordered[i]
        name = f"{span_title(event.kind, event.label)} {rank[i]}"
        pts, told, joint = event.start_pts, "", ""
        for series, values in telling[:1] if event.end_pts is not None else []:
            inside = (series.pts >= event.start_pts) & (series.pts <= (event.end_pts or event.start_pts))
            masked = np.where(inside, values, np.nan)
            if np.isfinite(masked).any():
                at = int(np.nanargmax(masked))
                pts = int(series.pts[at])
                told = f"{series_title(series.name)} {quantity(float(values[at]), series.unit)}"
                joint = _joint(series)
        found.append(_moment(session, pts, name, told, joint))
    return found


def _of_series(session: WholeSession, telling: list[tuple[Series, NDArray[np.float64]]]) -> list[Moment]:
    """Where the joints that move most are most and least bent; of left and right, the one that moves more."""
    found: list[Moment] = []
    joints: set[str] = set()
    for series, values in telling:
        joint = _joint(series)
        if joint in joints or len(joints) == 3:
            continue
        joints.add(joint)
        for which, at in (("max", int(np.nanargmax(values))), ("min", int(np.nanargmin(values)))):
            title = metric_title(f"{series.name}.{which}")
            told = quantity(float(values[at]), series.unit)
            found.append(_moment(session, int(series.pts[at]), title, told, joint))
    return found


def _moment(session: WholeSession, pts: int, title: str, told: str, joint: str = "") -> Moment:
    line = session.film.timeline
    index = line.index_at(line.seconds_of(pts))
    return Moment(int(line.pts[index]), index, float(line.seconds[index]), title, told, joint)


def _picture(image: Image, drawn: Sequence[Layer], box: Box, moment: Moment) -> Picture:
    x, y, w, h = box
    # Drawn at the size it is shown at, so that lines and letters keep their weight however small film or athlete are.
    scale = math.sqrt(_PICTURE_AREA / (w * h))
    size = max(1, round(w * scale)), max(1, round(h * scale))
    part = image[y : y + h, x : x + w]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    shown = np.asarray(cv2.resize(part, size, interpolation=method), dtype=np.uint8)
    moved = [_moved(layer, (x, y), (size[0] / w, size[1] / h)) for layer in drawn]
    shown = draw(shown, moved, moment.pts, legend=False, letters=_LETTERS)
    uri = "data:image/jpeg;base64," + base64.b64encode(jpeg(shown, _JPEG_QUALITY)).decode("ascii")
    time = f"{moment.time_s:.3f} s"
    title = f"{moment.title}: {moment.told}" if moment.told else moment.title
    with_skeleton = " with the skeleton drawn on it" if drawn else ""
    return Picture(uri, size[0], size[1], title, time, f"The film at {clock(moment.time_s)}{with_skeleton}. {title}.")


def _moved(layer: Layer, origin: tuple[int, int], scale: tuple[float, float]) -> Layer:
    """The layer in the pixels of a part of the picture."""
    old = layer.track
    # A pixel's centre lies half a pixel in: (x + 0.5) scales, not x.
    shift, factor = np.array(origin, np.float32), np.array(scale, np.float32)
    points = (old.points - shift + 0.5) * factor - 0.5
    return Layer(
        Track(old.name, old.subject, old.names, old.pts, points.astype(np.float32), old.confidence),
        layer.angles,
        layer.main,
    )


Box = tuple[int, int, int, int]


def _crops(size: tuple[int, int], track: Track | None, shown: Sequence[Moment]) -> list[Box]:
    """Parts of the picture, all of one shape, in which the athlete is large: x, y, width, height.

    Square where the athlete fits into one at every moment, else of the film's own shape.
    """
    width, height = size
    people = [_extent(track, moment.pts) for moment in shown]
    side = min(width, height)
    square = all(one is not None and one[2] <= side for one in people)
    shape = (side, side) if square else size
    return [(0, 0, *size) if one is None else _around(one, shape, size) for one in people]


def _extent(track: Track | None, pts: int) -> tuple[float, float, float, float] | None:
    """Centre x, y and the width and height to be shown around the athlete; None where not in view."""
    at = int(np.searchsorted(track.pts, pts)) if track is not None else 0
    if track is None or at == len(track.pts) or int(track.pts[at]) != pts:
        return None
    good = np.all(np.isfinite(track.points[at]), axis=1) & (track.confidence[at] >= SEEN)
    if int(np.sum(good)) < _FEWEST_POINTS:
        return None
    low, high = track.points[at][good].min(axis=0), track.points[at][good].max(axis=0)
    x, y = ((low + high) / 2).tolist()
    # Head and hands reach beyond their landmarks, and the labels stand beside the joints.
    room = 0.25 * float(max(high - low))
    return x, y, float(high[0] - low[0]) + 2.2 * room, float(high[1] - low[1]) + 1.2 * room


def _around(person: tuple[float, float, float, float], shape: tuple[int, int], size: tuple[int, int]) -> Box:
    x, y, wide, tall = person
    share = float(np.clip(max(wide / shape[0], tall / shape[1]), 0.25, 1.0))
    w, h = max(2, round(shape[0] * share)), max(2, round(shape[1] * share))
    left = int(np.clip(round(x - w / 2), 0, size[0] - w))
    top = int(np.clip(round(y - h / 2), 0, size[1] - h))
    return left, top, w, h
