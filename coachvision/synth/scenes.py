"""Ready scenes with known answers, by seed: what the demo, the tests and the benchmarks ask for.

A seed sets the athlete (height, limb proportions, girth, clothes), the pace, the room and the camera's distance.
Everything else is said by the caller; equal arguments give equal frames.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coachvision.synth.ball import Throw
from coachvision.synth.body import Body, seeded_body
from coachvision.synth.camera import Camera
from coachvision.synth.movements import InTurn, Jumps, Movement, Squats, Throwing, Walk
from coachvision.synth.scene import AthleteScene
from coachvision.synth.timing import frame_times
from coachvision.synth.truth import of_movement


def squats(
    seed: int = 0,
    reps: int = 5,
    *,
    size: tuple[int, int] = (1280, 720),
    fps: float = 30.0,
    facing: int = 1,
    variable: bool = False,
    noise: float = 2.5,
    pace: float = 1.0,
    share: float | None = None,
) -> AthleteScene:
    """Squats on one spot. share: standing height as a share of the picture's (else drawn: 0.55 to 0.8)."""
    rng = np.random.default_rng([seed, 1])
    body = seeded_body(rng)
    movement = Squats(body, rng, reps, pace=pace)
    camera = _camera(body, size, facing, rng, share)
    return _scene(seed, body, movement, camera, fps, variable, noise, rng)


def jumps(
    seed: int = 0,
    heights: tuple[float, ...] = (0.3, 0.4, 0.25),
    *,
    size: tuple[int, int] = (1280, 720),
    fps: float = 60.0,
    facing: int = 1,
    variable: bool = False,
    noise: float = 2.5,
    share: float | None = None,
) -> AthleteScene:
    """Counter-movement jumps of the given heights (m). share: as for `squats`, 0.5 to 0.6 if drawn."""
    rng = np.random.default_rng([seed, 1])
    body = seeded_body(rng)
    movement = Jumps(body, rng, heights)
    camera = _camera(body, size, facing, rng, share, (0.5, 0.6))
    return _scene(seed, body, movement, camera, fps, variable, noise, rng)


def walk(
    seed: int = 0,
    *,
    size: tuple[int, int] = (1280, 720),
    fps: float = 30.0,
    facing: int = 1,
    variable: bool = False,
    noise: float = 2.5,
    share: float | None = None,
    cadence: float | None = None,
) -> AthleteScene:
    """One crossing of the picture. share: as for `squats`, 0.42 to 0.5 if drawn. cadence: steps/min, else 98 to 122."""
    rng = np.random.default_rng([seed, 1])
    body = seeded_body(rng)
    movement = Walk(body, rng, stride=float(rng.uniform(0.9, 1.02)), cadence=cadence)
    camera = replace(_camera(body, size, facing, rng, share, (0.42, 0.5)), centre_x_m=0.0)
    camera = replace(camera, distance_m=2.0 * camera.distance_m)
    # From the first frame to the last the whole body is in view, arms and stride included.
    half = 0.5 * size[0] / camera.scale(-body.half_shoulders) - 0.33 * body.height
    movement.cross(-half, half)
    return _scene(seed, body, movement, camera, fps, variable, noise, rng)


def ball_throw(
    seed: int = 0,
    *,
    speed: float | None = None,
    launch_deg: float | None = None,
    size: tuple[int, int] = (1280, 720),
    fps: float = 60.0,
    facing: int = 1,
    variable: bool = False,
    noise: float = 2.5,
) -> AthleteScene:
    """An underarm throw; the scene ends where the ball leaves the picture or lands.

    speed: at release, m/s, else 5 to 6.5. launch_deg: above the horizontal, else 35 to 55.
    """
    rng = np.random.default_rng([seed, 1])
    body = seeded_body(rng)
    drawn = float(rng.uniform(5.0, 6.5)), float(rng.uniform(35.0, 55.0))
    movement = Throwing(body, speed or drawn[0], launch_deg if launch_deg is not None else drawn[1])
    camera = _camera(body, size, facing, rng, 0.42)
    half = 0.5 * size[0] / camera.px_per_m
    # From far off: hand and ball are drawn in planes a hand's breadth apart, which must not show at the edge.
    camera = replace(camera, centre_x_m=half - 0.7, distance_m=3.0 * camera.distance_m)
    movement.end(2.0 * half - 0.7)
    return _scene(seed, body, movement, camera, fps, variable, noise, rng, movement.throw)


def demo_scene(seed: int = 7) -> AthleteScene:
    """What `coachvision demo` films: four squats and then two jumps of 0.30 and 0.38 m, one athlete, 640x480 at 60."""
    rng = np.random.default_rng([seed, 1])
    body = seeded_body(rng)
    movement = InTurn(Squats(body, rng, 4), Jumps(body, rng, (0.30, 0.38)))
    camera = _camera(body, (640, 480), 1, rng, 0.56)
    return _scene(seed, body, movement, camera, 60.0, False, 2.0, rng)


def _camera(
    body: Body,
    size: tuple[int, int],
    facing: int,
    rng: np.random.Generator,
    share: float | None,
    shares: tuple[float, float] = (0.55, 0.8),
) -> Camera:
    """A camera at hip height, 4 to 9 m away, zoomed so that the athlete has the wanted share of the picture."""
    drawn, distance = float(rng.uniform(*shares)), float(rng.uniform(4.0, 9.0))
    lens = 0.95
    px_per_m = (share or drawn) * size[1] / body.height
    # The floor under the feet is 8 % above the lower edge.
    horizon = 0.92 - lens * px_per_m / size[1]
    return Camera(size[0], size[1], px_per_m, distance, lens, 0.1, horizon, 1 if facing >= 0 else -1)


def _scene(
    seed: int,
    body: Body,
    movement: Movement,
    camera: Camera,
    fps: float,
    variable: bool,
    noise: float,
    rng: np.random.Generator,
    ball: Throw | None = None,
) -> AthleteScene:
    timeline = frame_times(movement.duration_s, fps, variable=variable, rng=rng)
    poses = [movement.pose(float(time)) for time in timeline.seconds]
    truth = of_movement(body, movement, poses, camera, timeline, ball)
    return AthleteScene(body, poses, camera, timeline, truth, seed=seed, noise=noise, ball=ball)
