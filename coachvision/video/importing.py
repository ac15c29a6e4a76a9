"""The import pass: one fast decode that makes a video playable (proxy), browsable (filmstrip) and tells where it moves.

Runs in a worker process. The analysis pass may feed the same `Sinks` instead, so that one decode does both.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Self

from coachvision.core.frames import Frame
from coachvision.errors import Cancelled
from coachvision.video.activity import ActivityWriter
from coachvision.video.facts import VideoFacts
from coachvision.video.filmstrip import FilmstripWriter
from coachvision.video.proxy import ProxyWriter
from coachvision.video.reader import VideoReader

_REPORT_EVERY = 10


class Sinks:
    """Proxy, filmstrip and activity of one video, fed together."""

    def __init__(self, folder: Path, facts: VideoFacts) -> None:
        self._proxy = ProxyWriter(folder, facts)
        self._filmstrip = FilmstripWriter(folder, facts)
        self._activity = ActivityWriter(folder)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the proxy, the largest picture that is made of a frame."""
        return self._proxy.size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self._proxy.abandon()

    def feed(self, frame: Frame) -> None:
        """The next frame, in rising order of index."""
        self._proxy.feed(frame)
        self._filmstrip.feed(frame)
        self._activity.feed(frame)

    def close(self) -> None:
        """Finish all three."""
        self._proxy.close()
        self._filmstrip.close()
        self._activity.close()


def import_pass(
    path: Path,
    facts: VideoFacts,
    folder: Path,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[str, ...]:
    """Decode once, feed all sinks. Returns the reader's warnings (what did not decode).

    progress: share done, 0..1. Raises Cancelled, leaving a proxy that says it is not complete; VideoError.
    """
    total = len(facts.timeline)
    with VideoReader(path, facts) as reader, Sinks(folder, facts) as sinks:
        # No sink looks at more than the proxy holds.
        for frame in reader.frames(size=sinks.size):
            if cancelled is not None and cancelled():
                raise Cancelled
            sinks.feed(frame)
            if progress is not None and frame.index % _REPORT_EVERY == 0:
                progress((frame.index + 1) / total)
    if progress is not None:
        progress(1.0)
    return tuple(reader.warnings)
