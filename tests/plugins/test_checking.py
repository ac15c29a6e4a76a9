"""What an analyzer gives is believed only after every part was looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from coachvision.core.results import Event, Metric, Result, Series, Subject, Track
from coachvision.errors import PluginError
from coachvision.plugins.host import check_result
from coachvision.plugins.manifest import parse_manifest
from coachvision.plugins.testing import make_video

from .conftest import manifest_of

MANIFEST = parse_manifest(manifest_of("speed", "speed"), "speed")
VIDEO = make_video(4)
PTS = VIDEO.timeline.pts.copy()
T = len(PTS)

TRACK = Track(
    "pose", 1, ("hip", "knee"), PTS, np.ones((T, 2, 2), np.float32), np.full((T, 2), 0.5, np.float32),
    world=np.zeros((T, 2, 3), np.float32), corrected=np.zeros((T, 2), np.bool_),
)  # fmt: skip
SERIES = Series("speed.hip", 1, "m/s", PTS, np.array([0.0, 1.0, np.nan, 2.0]), raw=np.zeros(T))
EVENT = Event("step", 1, int(PTS[0]), int(PTS[2]), "left", {"height_m": 0.5})
METRIC = Metric("speed.max", 1, 2.0, "m/s", 0.1, "largest value")
SUBJECT = Subject(1, int(PTS[0]), int(PTS[-1]), True)
WHOLE = Result((TRACK,), (SERIES,), (EVENT,), (METRIC,), (SUBJECT,), ("dark picture",))


def refusal(result: Any) -> str:
    with pytest.raises(PluginError) as caught:
        check_result(result, MANIFEST, VIDEO)
    assert "speed" in caught.value.title
    return caught.value.message


def lax(item: Any, **changes: Any) -> Any:
    """A copy with changes that the class itself would refuse at its making."""
    copied = replace(item)
    for name, value in changes.items():
        object.__setattr__(copied, name, value)
    return copied


def test_a_sound_result_comes_back_equal_and_apart():
    checked = check_result(WHOLE, MANIFEST, VIDEO)
    assert (checked.events, checked.metrics, checked.subjects, checked.warnings) == (
        (EVENT,),
        (METRIC,),
        (SUBJECT,),
        ("dark picture",),
    )
    (track,), (series,) = checked.tracks, checked.series
    for name in ("pts", "points", "confidence", "world", "corrected"):
        np.testing.assert_array_equal(getattr(track, name), getattr(TRACK, name))
        assert getattr(track, name).dtype == getattr(TRACK, name).dtype
        assert not np.shares_memory(getattr(track, name), getattr(TRACK, name))
    np.testing.assert_array_equal(series.values, SERIES.values)
    assert not np.shares_memory(series.values, SERIES.values)


def test_an_empty_result_is_sound():
    assert check_result(Result(), MANIFEST, VIDEO).series == ()


def test_numbers_become_the_documented_types():
    series = lax(SERIES, pts=PTS.astype(np.int32), values=np.arange(T, dtype=np.float32), raw=None, subject=np.int64(1))
    metric = lax(METRIC, value=np.float32(2.5), uncertainty=np.int16(1))
    event = lax(EVENT, start_pts=np.int64(PTS[1]), values={"height_m": np.float64(1.5)})
    result = check_result(Result(series=[series], metrics=[metric], events=[event]), MANIFEST, VIDEO)  # type: ignore[arg-type]  # lists, as plugin authors write
    assert (result.series[0].pts.dtype, result.series[0].values.dtype) == (np.int64, np.float64)
    assert type(result.series[0].subject) is int
    assert (type(result.metrics[0].value), type(result.metrics[0].uncertainty)) == (float, float)
    assert (type(result.events[0].start_pts), type(result.events[0].values["height_m"])) == (int, float)
    assert isinstance(result.series, tuple)


def test_objects_of_the_plugins_own_do_not_pass():
    class OwnMetric(Metric):
        pass

    class OwnText(str):
        __slots__ = ("more",)

    own = OwnMetric(OwnText("speed.max"), 1, 2.0, OwnText("m/s"), None, "x")
    (metric,) = check_result(Result(metrics=(own,), warnings=(OwnText("w"),)), MANIFEST, VIDEO).metrics
    assert type(metric) is Metric
    assert {type(metric.name), type(metric.unit)} == {str}
    assert type(check_result(Result(warnings=(OwnText("w"),)), MANIFEST, VIDEO).warnings[0]) is str


@pytest.mark.parametrize("result", [None, {}, "done", [WHOLE], 3])
def test_what_is_no_result(result: object):
    assert "not a Result" in refusal(result)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"pts": PTS + 1}, "not that of a frame of this video"),
        ({"pts": PTS[::-1].copy()}, "pts that do not rise"),
        ({"pts": PTS.astype(float)}, "not one row of whole numbers"),
        ({"pts": list(PTS)}, "a value of type list for pts"),
        ({"pts": PTS[:, None]}, "not one row"),
        ({"values": np.zeros(T + 1)}, "of shape (5,) where (4,) is due"),
        ({"values": np.array([0, np.inf, 0, 0])}, "not finite (mark gaps with NaN)"),
        ({"values": np.array([None] * T)}, "of type object, not numbers"),
        ({"values": np.zeros(T, complex)}, "of type complex128"),
        ({"values": np.zeros(T, bool)}, "of type bool"),
        ({"values": np.ma.masked_equal(np.zeros(T), 0)}, "MaskedArray for values"),
        ({"values": [0.0] * T}, "list for values"),
        ({"raw": np.zeros(T - 1)}, "raw of shape (3,)"),
        ({"unit": ""}, "has no unit"),
        ({"unit": None}, "NoneType for unit"),
        ({"name": " "}, "empty name"),
        ({"subject": "1"}, "str for subject"),
        ({"subject": True}, "bool for subject"),
        ({"label": 3}, "int for label"),
    ],
)
def test_a_series_that_is_wrong(changes: dict[str, object], told: str):
    assert told in refusal(Result(series=(lax(SERIES, **changes),)))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"points": np.ones((T, 2, 3))}, "points of shape"),
        ({"points": np.full((T, 2, 2), np.inf)}, "points that are not finite"),
        ({"confidence": np.full((T, 2), 1.5)}, "confidence outside 0 to 1"),
        ({"confidence": np.full((T, 2), -0.1)}, "confidence outside 0 to 1"),
        ({"confidence": np.full((T, 2), np.nan)}, "confidence that are not finite"),
        ({"world": np.zeros((T, 2, 2))}, "world of shape"),
        ({"corrected": np.zeros((T, 2))}, "corrected of type float64"),
        ({"names": ("hip", "hip")}, "names a landmark twice"),
        ({"names": "ab"}, "str for names"),
        ({"names": ("hip", 2)}, "int among its names"),
        ({"unit": ""}, "has no unit"),
        ({"pts": PTS - 7}, "not that of a frame"),
    ],
)
def test_a_track_that_is_wrong(changes: dict[str, object], told: str):
    assert told in refusal(Result(tracks=(lax(TRACK, **changes),)))


def test_a_point_that_was_not_found_is_nan():
    points = np.full((T, 2, 2), np.nan, np.float32)
    assert np.isnan(check_result(Result(tracks=(lax(TRACK, points=points),)), MANIFEST, VIDEO).tracks[0].points).all()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"value": float("nan")}, "leave out what could not be measured"),
        ({"value": "2"}, "str for value"),
        ({"value": True}, "bool for value"),
        ({"uncertainty": -1.0}, "negative uncertainty"),
        ({"uncertainty": float("inf")}, "inf for uncertainty"),
        ({"unit": ""}, 'has no unit ("1" for plain numbers)'),
        ({"method": ""}, "empty method"),
    ],
)
def test_a_metric_that_is_wrong(changes: dict[str, object], told: str):
    assert told in refusal(Result(metrics=(lax(METRIC, **changes),)))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"start_pts": 1}, "not that of a frame"),
        ({"start_pts": 2**70}, "beyond 64 bits"),
        ({"subject": 10**30}, "beyond 64 bits"),
        ({"label": "\ud800"}, "half a character"),
        ({"label": "x" * 4001}, "more than 4000"),
        ({"start_pts": 0.0}, "float for start_pts"),
        ({"start_pts": int(PTS[3])}, "ends before it starts"),
        ({"end_pts": 1}, "not that of a frame"),
        ({"values": {"height_m": float("inf")}}, "inf for value 'height_m'"),
        ({"values": {3: 1.0}}, "int for name in values"),
        ({"values": [1.0]}, "list for values"),
        ({"kind": ""}, "empty kind"),
    ],
)
def test_an_event_that_is_wrong(changes: dict[str, object], told: str):
    assert told in refusal(Result(events=(lax(EVENT, **changes),)))


@pytest.mark.parametrize(
    ("subjects", "told"),
    [
        ((lax(SUBJECT, first_pts=1),), "not that of a frame"),
        ((lax(SUBJECT, first_pts=int(PTS[-1]), last_pts=0),), "last in view before"),
        ((SUBJECT, SUBJECT), "listed twice"),
        ((lax(SUBJECT, of_interest=1),), "int for of_interest"),
        ((1,), "int among its subjects"),
        (None, "NoneType for subjects"),
    ],
)
def test_subjects_that_are_wrong(subjects: Any, told: str):
    assert told in refusal(Result(subjects=subjects))


def test_nothing_comes_twice_for_one_subject():
    assert "track 'pose' occurs twice" in refusal(Result(tracks=(TRACK, TRACK)))
    assert "series 'speed.hip' occurs twice" in refusal(Result(series=(SERIES, SERIES)))
    assert "metric 'speed.max' occurs twice" in refusal(Result(metrics=(METRIC, METRIC)))
    other = lax(METRIC, subject=2)
    assert len(check_result(Result(metrics=(METRIC, other)), MANIFEST, VIDEO).metrics) == 2


def test_a_result_that_raises_when_it_is_looked_at():
    class Trap(Metric):
        @property
        def value(self) -> float:  # type: ignore[override]  # a trap on purpose
            raise RuntimeError("gotcha")

        @value.setter
        def value(self, _: float) -> None: ...

    trap = Trap.__new__(Trap)
    for name in ("name", "unit", "method", "label"):
        object.__setattr__(trap, name, "x")
    object.__setattr__(trap, "subject", 1)
    object.__setattr__(trap, "uncertainty", None)
    assert "RuntimeError: gotcha" in refusal(Result(metrics=(trap,)))
