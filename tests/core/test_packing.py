"""A result as header and arrays: what comes back is what went in, and nothing is read that nobody asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from coachvision.core.packing import pack, unpack, unpack_series, unpack_tracks
from coachvision.core.results import Event, Metric, Result, Series, Subject, Track

PTS = np.array([0, 3, 7], np.int64)
NAN = float("nan")


def everything() -> Result:
    points = np.array([[[1.5, 2.0]], [[NAN, NAN]], [[3.0, 4.25]]], np.float32)
    sure = np.array([[0.5], [0.0], [1.0]], np.float32)
    corrected = np.array([[False], [True], [False]])
    return Result(
        tracks=(
            Track("pose", 1, ("nose",), PTS, points, sure, np.zeros((3, 1, 3), np.float32), corrected),
            Track("ball", 0, ("centre",), PTS[:1], points[:1], sure[:1]),
        ),
        series=(
            Series("angle.left_knee", 1, "deg", PTS, np.array([1.0, NAN, 3.0]), np.array([1.1, NAN, 2.9]), "Left knee"),
            Series("angle.left_knee", 2, "deg", PTS[1:], np.array([4.0, 5.0])),
        ),
        events=(Event("rep", 1, 0, 7, "squat", {"depth_deg": np.float32(95.5)}), Event("contact", 1, 3)),
        metrics=(Metric("reps.count", 1, np.float64(2.0), "1", np.float32(0.0), "counted"),),
        subjects=(Subject(1, 0, 7, of_interest=True),),
        warnings=("The athlete left the picture.",),
    )


def through_json(result: Result) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    header, arrays = pack(result)
    return json.loads(json.dumps(header)), arrays


def same(left: Track | Series, right: Track | Series) -> None:
    assert vars(left).keys() == vars(right).keys()
    for name, value in vars(left).items():
        other = vars(right)[name]
        if isinstance(value, np.ndarray):
            assert value.dtype == other.dtype
            np.testing.assert_array_equal(value, other)
        else:
            assert value == other


def test_everything_comes_back_as_it_was() -> None:
    given = everything()
    found = unpack(*through_json(given))
    for left, right in zip((*given.tracks, *given.series), (*found.tracks, *found.series), strict=True):
        same(left, right)
    assert found.events == given.events
    assert found.metrics == given.metrics
    assert found.subjects == given.subjects
    assert found.warnings == given.warnings


def test_equal_time_axes_are_kept_once() -> None:
    _, arrays = pack(everything())
    axes = [array for array in arrays.values() if array.dtype == np.int64]
    assert sorted(len(axis) for axis in axes) == [1, 2, 3]


class Watched(dict[str, Any]):
    """Counts the looks, as at the members of a file."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        super().__init__(arrays)
        self.looked: list[str] = []

    def __getitem__(self, name: str) -> Any:
        self.looked.append(name)
        return super().__getitem__(name)


def test_one_series_reads_its_own_arrays_alone() -> None:
    given = everything()
    header, arrays = through_json(given)
    watched = Watched(arrays)
    same(unpack_series(header, watched, "angle.left_knee", 2), given.series[1])
    assert len(watched.looked) == 2  # pts and values; it has no raw ones
    with pytest.raises(KeyError):
        unpack_series(header, watched, "angle.left_knee", 3)


def test_every_array_is_read_once() -> None:
    header, arrays = through_json(everything())
    watched = Watched(arrays)
    unpack(header, watched)
    assert sorted(watched.looked) == sorted(arrays)
    assert [track.name for track in unpack_tracks(header, arrays)] == ["pose", "ball"]


def test_arrays_that_do_not_fit_their_header_are_refused() -> None:
    header, arrays = through_json(everything())
    name = header["tracks"][0]["points"]
    with pytest.raises(ValueError, match="track pose"):
        unpack(header, {**arrays, name: arrays[name][:2]})
    with pytest.raises(KeyError):
        unpack(header, {key: array for key, array in arrays.items() if key != name})
