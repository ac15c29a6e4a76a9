"""What an analyzer hands back, checked and rebuilt as plain data before anything of CoachVision uses it.

The engine (through the host) and `coachvision.plugins.testing` call it, so that a plugin's tests meet the same rules.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from coachvision.core.results import Event, Metric, Result, Series, Subject, Track
from coachvision.core.video import Video
from coachvision.errors import PluginError
from coachvision.plugins.manifest import Manifest

# What the documents of `coachvision.wire` take: a result beyond would be stored and then could not be shown.
LONGEST_NAME, LONGEST_TEXT = 200, 4_000
_SENTENCES = frozenset({"method", "label", "a warning"})

T = TypeVar("T")
Named = TypeVar("Named", Track, Series, Metric)


def check_result(result: object, manifest: Manifest, video: Video) -> Result:
    """The result, rebuilt from plain Python values and plain arrays of the documented types.

    Raises PluginError naming the plugin and the item where a type, shape, unit, number or time is not what the API
    asks for: every pts is that of a frame of the video, numbers are finite (NaN marks gaps in arrays alone), every
    track, series and metric has a unit, and no name occurs twice for one subject.
    """
    try:
        return _Checker(manifest.id, video).result(result)
    except PluginError:
        raise
    # The plugin's own subclasses may run code of theirs, or hold less than they should, when they are looked at.
    except Exception as error:
        raise PluginError(
            f"The plugin {manifest.id} gave a result that cannot be used",
            f"looking at it failed with {type(error).__name__}: {error}",
            hint="Tell its author; docs/plugins.md says what a result holds.",
        ) from error


class _Checker:
    """One result under examination; `_at` is the item looked at, for the message."""

    def __init__(self, plugin: str, video: Video) -> None:
        self._plugin = plugin
        self._frames = video.timeline.pts
        self._at = "its result"

    def result(self, result: object) -> Result:
        if not isinstance(result, Result):
            self._refuse(f"is {_kind(result)}, not a Result")
        return Result(
            tracks=self._distinct("track", [self._track(one) for one in self._all(Track, result.tracks, "tracks")]),
            series=self._distinct("series", [self._series(one) for one in self._all(Series, result.series, "series")]),
            events=tuple(self._event(one) for one in self._all(Event, result.events, "events")),
            metrics=self._distinct("metric", [self._metric(m) for m in self._all(Metric, result.metrics, "metrics")]),
            subjects=self._subjects(result.subjects),
            warnings=tuple(self._text(one, "a warning") for one in self._all(str, result.warnings, "warnings")),
        )

    def _track(self, track: Track) -> Track:
        self._at = f"track {track.name!r}"
        pts = self._times(track.pts)
        names = tuple(self._text(name, "a landmark's name") for name in self._all(str, track.names, "names"))
        if len(set(names)) != len(names):
            self._refuse("names a landmark twice")
        shape = (len(pts), len(names))
        confidence = self._numbers(track.confidence, "confidence", shape, gaps=False)
        if confidence.size and (confidence.min() < 0 or confidence.max() > 1):
            self._refuse("has a confidence outside 0 to 1")
        world = None if track.world is None else self._numbers(track.world, "world", (*shape, 3))
        return Track(
            name=self._text(track.name, "name"),
            subject=self._whole(track.subject, "subject"),
            names=names,
            pts=pts,
            points=self._numbers(track.points, "points", (*shape, 2)).astype(np.float32),
            confidence=confidence.astype(np.float32),
            world=None if world is None else world.astype(np.float32),
            corrected=None if track.corrected is None else self._truths(track.corrected, shape),
            unit=self._text(track.unit, "unit"),
        )

    def _series(self, series: Series) -> Series:
        self._at = f"series {series.name!r}"
        pts = self._times(series.pts)
        return Series(
            name=self._text(series.name, "name"),
            subject=self._whole(series.subject, "subject"),
            unit=self._text(series.unit, "unit"),
            pts=pts,
            values=self._numbers(series.values, "values", pts.shape),
            raw=None if series.raw is None else self._numbers(series.raw, "raw", pts.shape),
            label=self._text(series.label, "label", empty=True),
        )

    def _event(self, event: Event) -> Event:
        self._at = f"event {event.kind!r}"
        start = self._time(event.start_pts, "start_pts")
        end = None if event.end_pts is None else self._time(event.end_pts, "end_pts")
        if end is not None and end < start:
            self._refuse("ends before it starts")
        if not isinstance(event.values, Mapping):
            self._refuse(f"has {_kind(event.values)} for values, not a mapping of names to numbers")
        return Event(
            kind=self._text(event.kind, "kind"),
            subject=self._whole(event.subject, "subject"),
            start_pts=start,
            end_pts=end,
            label=self._text(event.label, "label", empty=True),
            values={
                self._text(name, "name in values"): self._finite(value, f"value {name!r}")
                for name, value in event.values.items()
            },
        )

    def _metric(self, metric: Metric) -> Metric:
        self._at = f"metric {metric.name!r}"
        uncertainty = None if metric.uncertainty is None else self._finite(metric.uncertainty, "uncertainty")
        if uncertainty is not None and uncertainty < 0:
            self._refuse("has a negative uncertainty")
        return Metric(
            name=self._text(metric.name, "name"),
            subject=self._whole(metric.subject, "subject"),
            value=self._finite(metric.value, "value"),
            unit=self._text(metric.unit, "unit"),
            uncertainty=uncertainty,
            method=self._text(metric.method, "method"),
            label=self._text(metric.label, "label", empty=True),
        )

    def _subjects(self, given: object) -> tuple[Subject, ...]:
        subjects: dict[int, Subject] = {}
        for subject in self._all(Subject, given, "subjects"):
            self._at = f"subject {subject.id!r}"
            number = self._whole(subject.id, "id")
            first, last = self._time(subject.first_pts, "first_pts"), self._time(subject.last_pts, "last_pts")
            if last < first or number in subjects:
                self._refuse("is listed twice" if number in subjects else "is last in view before it is first")
            if not isinstance(subject.of_interest, bool | np.bool_):
                self._refuse(f"has {_kind(subject.of_interest)} for of_interest, not True or False")
            subjects[number] = Subject(number, first, last, bool(subject.of_interest))
        return tuple(subjects.values())

    def _distinct(self, what: str, items: list[Named]) -> tuple[Named, ...]:
        seen: set[tuple[str, int]] = set()
        for item in items:
            key = (item.name, item.subject)
            if key in seen:
                self._at = f"{what} {item.name!r}"
                self._refuse("occurs twice for the same subject")
            seen.add(key)
        return tuple(items)

    def _all(self, kind: type[T], items: object, field: str) -> Sequence[T]:
        if not isinstance(items, tuple | list):
            self._refuse(f"has {_kind(items)} for {field}, not a tuple")
        for item in items:
            if not isinstance(item, kind):
                self._refuse(f"has {_kind(item)} among its {field}, which hold {kind.__name__} alone")
        return items

    def _text(self, value: object, field: str, *, empty: bool = False) -> str:
        if not isinstance(value, str):
            self._refuse(f"has {_kind(value)} for {field}, not text")
        if not empty and not value.strip():
            self._refuse(f"has an empty {field}" if field != "unit" else 'has no unit ("1" for plain numbers)')
        most = LONGEST_TEXT if field in _SENTENCES else LONGEST_NAME
        if len(value) > most:
            self._refuse(f"has {len(value)} characters for {field}, more than {most}")
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            self._refuse(f"has half a character (a surrogate) in its {field}, which no file can hold")
        # `str.__str__` of a subclass may be anything; joining gives the characters as a plain str.
        return "".join(value)

    def _whole(self, value: object, field: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            self._refuse(f"has {_kind(value)} for {field}, not a whole number")
        # What numpy and the library's database can hold.
        if not -(2**63) <= value < 2**63:
            self._refuse(f"has a {field} beyond 64 bits")
        return int(value)

    def _finite(self, value: object, field: str) -> float:
        if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
            self._refuse(f"has {_kind(value)} for {field}, not a number")
        if not math.isfinite(value):
            self._refuse(f"has {value} for {field}; leave out what could not be measured")
        return float(value)

    def _time(self, value: object, field: str) -> int:
        pts = self._whole(value, field)
        self._frames_only(np.array([pts], dtype=np.int64))
        return pts

    def _times(self, given: object) -> NDArray[np.int64]:
        array = self._array(given, "pts")
        if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
            self._refuse(f"has pts of type {array.dtype} and shape {array.shape}, not one row of whole numbers")
        pts = array.astype(np.int64)
        if len(pts) > 1 and not bool(np.all(np.diff(pts) > 0)):
            self._refuse("has pts that do not rise")
        self._frames_only(pts)
        return pts

    def _frames_only(self, pts: NDArray[np.int64]) -> None:
        if not bool(np.isin(pts, self._frames).all()):
            self._refuse("has a pts that is not that of a frame of this video")

    def _numbers(self, given: object, field: str, shape: tuple[int, ...], *, gaps: bool = True) -> NDArray[np.float64]:
        array = self._array(given, field)
        if not (np.issubdtype(array.dtype, np.floating) or np.issubdtype(array.dtype, np.integer)):
            self._refuse(f"has {field} of type {array.dtype}, not numbers")
        if array.shape != shape:
            self._refuse(f"has {field} of shape {array.shape} where {shape} is due")
        numbers = array.astype(np.float64)
        if bool(np.isinf(numbers).any()) or (not gaps and bool(np.isnan(numbers).any())):
            self._refuse(f"has {field} that are not finite" + (" (mark gaps with NaN)" if gaps else ""))
        return numbers

    def _truths(self, given: object, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        array = self._array(given, "corrected")
        if array.dtype != np.bool_ or array.shape != shape:
            self._refuse(f"has corrected of type {array.dtype} and shape {array.shape}, not bool and {shape}")
        return array.copy()

    def _array(self, given: object, field: str) -> NDArray[Any]:
        # A masked array would lose its mask unseen on the way to the library.
        if not isinstance(given, np.ndarray) or isinstance(given, np.ma.MaskedArray):
            self._refuse(f"has {_kind(given)} for {field}, not a numpy array")
        return np.asarray(given)

    def _refuse(self, why: str) -> NoReturn:
        raise PluginError(
            f"The plugin {self._plugin} gave a result that cannot be used",
            f"{self._at[:LONGEST_NAME]} {why}",
            hint="Tell its author; docs/plugins.md says what a result holds.",
        )


def _kind(value: object) -> str:
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return f"a value of type {name}"
