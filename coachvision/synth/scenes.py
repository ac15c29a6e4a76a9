"""Ready scenes with known answers, by seed: what the demo, the tests and the benchmarks ask for.

A seed sets the athlete (height, limb proportions, girth, clothes), the pace, the room and the camera's distance.
Everything else is said by the caller; equal arguments give equal frames.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coachvision.synth.body import Body, seeded_body
from coachvision.synth.camera import Camera
from coachvision.synth.movements import Jumps, Movement, Squats, Walk
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
) -> AthleteScene:
    timeline = frame_times(movement.duration_s, fps, variable=variable, rng=rng)
    poses = [movement.pose(float(time)) for time in timeline.seconds]
    truth = of_movement(body, movement, poses, camera, timeline)
    return AthleteScene(body, poses, camera, timeline, truth, seed=seed, noise=noise)
