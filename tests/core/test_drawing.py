"""Drawings: they survive storing, are seen when they should be, follow what they are attached to, measure rightly."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coachvision.core import picture
from coachvision.core.calibration import Calibration
from coachvision.core.drawing import KINDS, Anchor, Drawing, Joint, Seen, Style, Tracked
from coachvision.core.results import Track
from coachvision.core.scene import Scene
from coachvision.core.strokes import Dim, Lens, Stroke, Words
from coachvision.core.time import Timeline
from coachvision.core.units import Units

LINE = Timeline(np.arange(90, dtype=np.int64) * 512, Fraction(1, 15_360))
# A busy machine makes examples slowly; that says nothing about drawings.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PLACES = st.tuples(st.floats(-2000, 4000), st.floats(-2000, 4000))
TARGETS = (
    st.none() | st.builds(Joint, st.integers(0, 9), st.text(max_size=20)) | st.builds(Tracked, st.text(max_size=9))
)


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Any drawing there can be."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    count = draw(st.integers(KINDS[kind].least, min(KINDS[kind].most, 12)))
    points = tuple(Anchor(*draw(PLACES), draw(TARGETS)) for _ in range(count))
    moments = sorted(draw(st.sets(st.integers(0, 10**9), max_size=5)))
    return Drawing(
        "d", kind, points, draw(st.integers(-(10**12), 10**12)), draw(st.booleans()), draw(st.floats(0, 9)),
        Style(draw(st.sampled_from(["#ff0000", "#00ff88"])), draw(st.floats(1, 20)), draw(st.floats(0, 1))),
        draw(st.text(max_size=30)), draw(st.text(max_size=30)), draw(st.booleans()),
        draw(st.dictionaries(st.text(max_size=5), st.floats(allow_nan=False, allow_infinity=False), max_size=3)),
        tuple(Seen(at, *draw(PLACES), draw(st.floats(0, 1))) for at in moments) if kind == "track" else (),
    )  # fmt: skip


@_PATIENT
@given(drawings())
def test_a_drawing_comes_back_from_json_as_it_was(drawing: Drawing) -> None:
    stored = json.loads(json.dumps(drawing.shape()))
    assert Drawing.from_shape(drawing.id, drawing.kind, stored) == drawing


@_PATIENT
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["points", "path"]), inner),
        max_leaves=5,
    ),
    st.sampled_from(sorted(Drawing("d", "line", (Anchor(0, 0), Anchor(1, 1)), 0).shape())),
)
def test_a_damaged_shape_is_refused_as_such_or_read(value: object, name: str) -> None:
    shape = Drawing("d", "line", (Anchor(0, 0), Anchor(1, 1)), 0).shape() | {name: value}
    with suppress(ValueError):
        read = Drawing.from_shape("d", "line", shape)
        assert [len(one.points) for one in scene(replace(read, whole=True)).shown(0)] in ([2], [])


def test_a_newer_versions_drawing_is_refused() -> None:
    shape = Drawing("d", "line", (Anchor(0, 0), Anchor(1, 1)), 0).shape()
    with pytest.raises(ValueError, match="newer"):
        Drawing.from_shape("d", "line", shape | {"version": 99})
    with pytest.raises(ValueError, match="kind"):
        Drawing.from_shape("d", "hologram", shape)


@_PATIENT
@given(PLACES, PLACES, st.floats(1, 179), st.floats(0, 360), st.floats(10, 500), st.floats(10, 500))
def test_an_angle_is_what_it_was_drawn_as_wherever_and_however_turned(
    vertex: tuple[float, float], shift: tuple[float, float], bend: float, turn: float, one: float, other: float
) -> None:
    def at(direction: float, length: float) -> tuple[float, float]:
        angle = math.radians(direction)
        return vertex[0] + length * math.cos(angle), vertex[1] + length * math.sin(angle)

    a, b = at(turn, one), at(turn + bend, other)
    assert picture.angle_between(a, vertex, b) == pytest.approx(bend, abs=1e-6)
    assert picture.angle_between(b, vertex, a) == pytest.approx(bend, abs=1e-6)
    moved = [(p[0] + shift[0], p[1] + shift[1]) for p in (a, vertex, b)]
    assert picture.angle_between(*moved) == pytest.approx(bend, abs=1e-6)


@pytest.mark.parametrize(
    ("end", "horizontal", "vertical"),
    [((10, 0), 0, 90), ((10, -10), 45, 45), ((0, -10), 90, 0), ((-10, 0), 180, 90), ((0, 10), -90, 180)],
)
def test_a_line_is_told_from_horizontal_counter_clockwise_and_from_upright(
    end: tuple[float, float], horizontal: float, vertical: float
) -> None:
    assert picture.angle_from_horizontal((0, 0), end) == pytest.approx(horizontal)
    assert picture.angle_from_vertical((0, 0), end) == pytest.approx(vertical)


@_PATIENT
@given(st.lists(PLACES, min_size=4, max_size=4))
def test_a_perspective_grid_meets_its_corners(corners: list[tuple[float, float]]) -> None:
    square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    size = 1 + max(abs(v) for corner in corners for v in corner)
    for (u, v), corner in zip(square, corners, strict=True):
        seen = picture.plane_point(corners, u, v)
        # A folded quadrilateral has corners behind the camera: those are not seen, and not drawn elsewhere.
        if seen is not None and _convex(corners):
            assert seen == pytest.approx(corner, abs=1e-6 * size)


def _convex(corners: list[tuple[float, float]]) -> bool:
    turns = []
    for k in range(4):
        (x1, y1), (x2, y2), (x3, y3) = (corners[(k + j) % 4] for j in range(3))
        turns.append((x2 - x1) * (y3 - y2) - (y2 - y1) * (x3 - x2))
    return all(turn > 1.0 for turn in turns) or all(turn < -1.0 for turn in turns)


@_PATIENT
@given(PLACES, PLACES, PLACES)
def test_the_way_to_a_line_is_no_longer_than_to_any_point_of_it(
    at: tuple[float, float], a: tuple[float, float], b: tuple[float, float]
) -> None:
    nearest = picture.distance_to_line(at, a, b)
    for share in (0.0, 0.3, 0.5, 1.0):
        on = (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
        assert nearest <= picture.distance(at, on) + 1e-6


def scene(*shown: Drawing, calibration: Calibration | None = None) -> Scene:
    """An athlete whose knee walks ten pixels a frame to the right, and is not seen from frame 60 on."""
    points = np.zeros((90, 2, 2), np.float32)
    points[:, 0, 0] = 100 + 10 * np.arange(90)
    points[:, 0, 1] = 200
    points[:, 1] = (50, 60)
    sure = np.full((90, 2), 0.9, np.float32)
    sure[60:, 0] = 0.05
    pose = Track("pose", 1, ("left_knee", "left_hip"), LINE.pts, points, sure)
    return Scene(LINE, 720, shown, (pose,), calibration, Units("cm", "km/h"))


KNEE = Joint(1, "left_knee")


def test_a_drawing_fades_around_its_key_frame_or_is_seen_all_through() -> None:
    line = Drawing("d", "line", (Anchor(0, 0), Anchor(9, 9)), int(LINE.pts[30]), fade_s=0.5)
    seen = {k: [s.opacity for s in scene(line).shown(int(LINE.pts[k]))] for k in (0, 30, 37, 60)}
    assert seen[30] == [1.0]
    assert seen[37] == [pytest.approx(1 - (7 / 30) / 0.5)]
    assert seen[0] == seen[60] == []
    through = scene(replace(line, whole=True, style=Style(opacity=0.4)))
    assert [s.opacity for s in through.shown(int(LINE.pts[0]))] == [0.4]
    assert list(scene(replace(line, whole=True, hidden=True)).shown(int(LINE.pts[30]))) == []


def test_a_point_follows_its_joint_and_the_drawing_goes_where_the_joint_is_not_seen() -> None:
    line = Drawing("d", "line", (Anchor(100, 200, KNEE), Anchor(5, 6)), 0, whole=True)
    (now,) = scene(line).shown(int(LINE.pts[20]))
    assert now.points == ((300.0, 200.0), (5, 6))
    assert list(scene(line).shown(int(LINE.pts[70]))) == []


def test_the_other_corner_of_a_box_keeps_its_distance_to_the_joint() -> None:
    box = Drawing("d", "rectangle", (Anchor(100, 200, KNEE), Anchor(160, 240)), 0, whole=True)
    (now,) = scene(box).shown(int(LINE.pts[20]))
    assert now.points == ((300.0, 200.0), (360.0, 240.0))


def test_a_point_follows_a_track_between_its_moments_and_not_beyond() -> None:
    path = (Seen(int(LINE.pts[10]), 100, 100), Seen(int(LINE.pts[12]), 120, 140))
    track = Drawing("t", "track", (), int(LINE.pts[10]), whole=True, path=path)
    text = Drawing("d", "text", (Anchor(0, 0, Tracked("t")),), 0, whole=True, text="ball")
    for frame, place in ((9, None), (10, (100, 100)), (11, (110, 120)), (12, (120, 140)), (13, None)):
        found = [s.points for s in scene(track, text).shown(int(LINE.pts[frame])) if s.drawing.id == "d"]
        assert found == ([] if place is None else [(pytest.approx(place),)])


def words(drawing: Drawing, frame: int = 0, calibration: Calibration | None = None) -> list[str]:
    shown = scene(drawing, calibration=calibration).shown(int(LINE.pts[frame]))
    return [part.text for one in shown for part in one.parts if isinstance(part, Words)]


def test_a_distance_is_told_in_pixels_until_the_film_is_calibrated_then_in_the_coachs_units() -> None:
    bar = Drawing("d", "distance", (Anchor(100, 100), Anchor(300, 100)), 0)
    assert words(bar) == ["200 px"]
    assert words(bar, calibration=Calibration.from_line(2.0, (0, 0), (400, 0))) == ["100.0 cm"]


def test_a_tracks_speed_is_that_of_its_path() -> None:
    # Ten pixels a frame at 30 frames a second; 100 pixels are a metre: 3 m/s.
    path = tuple(Seen(int(LINE.pts[k]), 100 + 10 * k, 200) for k in range(40))
    track = Drawing("t", "track", (), 0, whole=True, path=path)
    assert words(track, 20) == ["300 px/s"]
    assert words(track, 20, Calibration.from_line(1.0, (0, 0), (100, 0))) == ["10.8 km/h"]


def test_the_speed_follows_a_track_that_grows() -> None:
    path = tuple(Seen(int(LINE.pts[k]), 100 + 10 * k, 200) for k in range(40))
    track = Drawing("t", "track", (), 0, whole=True, path=path[:10])
    before = scene(track)
    assert len(before.speeds(track)) == 10
    longer = replace(track, path=path)
    # The window makes the next scene out of the last one.
    after = replace(before, drawings=(longer,))
    assert [len(one.parts) for one in after.shown(int(LINE.pts[30]))] == [3]
    assert len(after.speeds(longer)) == 40


def test_a_stopwatch_counts_from_its_start_to_its_stop() -> None:
    watch = Drawing("d", "stopwatch", (Anchor(9, 9),), int(LINE.pts[30]), whole=True)
    assert [words(watch, k) for k in (0, 30, 45)] == [["0.000 s"], ["0.000 s"], ["0.500 s"]]
    stopped = replace(watch, numbers={"stop_pts": float(LINE.pts[45])})
    assert words(stopped, 80) == ["0.500 s"]


def test_an_angle_on_three_joints_is_told_on_every_frame() -> None:
    square = Drawing("d", "angle", (Anchor(0, 200), Anchor(0, 0), Anchor(100, 0)), 0, whole=True)
    assert words(square, 50) == ["90°"]


@_PATIENT
@given(drawings(), st.integers(0, 89))
def test_every_drawing_can_be_drawn_on_every_frame_with_finite_places(drawing: Drawing, frame: int) -> None:
    free = replace(drawing, points=tuple(replace(point, to=None) for point in drawing.points), numbers={})
    for shown in scene(free).shown(int(LINE.pts[frame])):
        for part in shown.parts:
            if isinstance(part, Stroke | Dim):
                points = part.points if isinstance(part, Stroke) else part.outline
                assert all(math.isfinite(v) for point in points for v in point)
            elif isinstance(part, Lens):
                assert part.radius > 0
