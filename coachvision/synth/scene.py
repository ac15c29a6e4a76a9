"""A scene: somebody doing something before a camera, as frames and as truth. For the demo, tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Protocol

import numpy as np

from coachvision.core.frames import Image
from coachvision.core.time import Timeline
from coachvision.synth.backdrop import Noise, room
from coachvision.synth.ball import Throw, draw_ball
from coachvision.synth.body import Body
from coachvision.synth.camera import Camera
from coachvision.synth.draw import Figure
from coachvision.synth.pose import Pose
from coachvision.synth.truth import Truth


class Scene(Protocol):
    """What can be rendered to a file and measured against. The frames are made anew, alike, at each call."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def fps(self) -> float: ...
    @property
    def time_base(self) -> Fraction: ...
    @property
    def frame_count(self) -> int: ...
    @property
    def truth(self) -> Truth: ...

    def frames(self) -> Iterator[tuple[int, Image]]:
        """Pairs of pts (ticks) and (h, w, 3) uint8 RGB."""
        ...


class AthleteScene:
    """One athlete, one movement, one camera, perhaps a ball."""

    def __init__(
        self,
        body: Body,
        poses: list[Pose],
        camera: Camera,
        timeline: Timeline,
        truth: Truth,
        *,
        seed: int,
        noise: float = 2.5,
        ball: Throw | None = None,
    ) -> None:
        """noise: standard deviation of the sensor noise, in steps of 255; 0 for none."""
        self.body = body
        self.poses = poses
        self.camera = camera
        self.timeline = timeline
        self.truth = truth
        self._seed = seed
        self._noise = noise
        self._ball = ball

    @property
    def width(self) -> int:
        return self.camera.width

    @property
    def height(self) -> int:
        return self.camera.height

    @property
    def fps(self) -> float:
        return self.timeline.fps

    @property
    def time_base(self) -> Fraction:
        return self.timeline.time_base

    @property
    def frame_count(self) -> int:
        return len(self.timeline)

    def frames(self) -> Iterator[tuple[int, Image]]:
        """Pairs of pts (ticks) and (h, w, 3) uint8 RGB; every picture is the caller's own."""
        rng = np.random.default_rng([self._seed, 2])
        empty = room(self.camera, rng)
        figure = Figure(self.body, self.camera, rng)
        noise = Noise(self.width, self.height, self._noise, rng) if self._noise > 0 else None
        timed = zip(self.timeline.pts, self.timeline.seconds, self.poses, strict=True)
        for index, (pts, time_s, pose) in enumerate(timed):
            picture = empty.copy()
            figure.draw(picture, pose)
            if self._ball is not None:
                draw_ball(picture, self.camera, self._ball, float(time_s))
            if noise is not None:
                noise.add(picture, index)
            yield int(pts), picture
