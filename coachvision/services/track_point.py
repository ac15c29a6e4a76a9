"""Follow a point through a film, from a frame on, until the end or until it is not sure any more. For the fronts.

The film is read in a child process, which tells each place as soon as it is found.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from coachvision.analysis.parent import leave_with_parent
from coachvision.core.drawing import Seen
from coachvision.core.point_tracker import NothingToFollowError, PointTracker
from coachvision.errors import Cancelled, CoachVisionError, VideoError, from_data
from coachvision.services.export.film import present
from coachvision.services.session import Film
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader

_END, _UNSURE, _ERROR = "end", "unsure", "error"


@dataclass(frozen=True)
class Point:
    """What to follow. index: the frame on which it is at x, y (upright pixels). radius, reach: as in `PointTracker`."""

    index: int
    x: float
    y: float
    radius: float
    reach: float


def track_point(
    film: Film,
    point: Point,
    *,
    seen: Callable[[Seen], None],
    cancelled: Callable[[], bool] | None = None,
) -> bool:
    """Follow it; `seen` is told every place, in order, the first one included. Returns whether it reached the end.

    False: it was not sure any more; the last place told is the last sure one. Raises CoachVisionError, Cancelled.
    """
    told = json.dumps({"path": str(present(film)), **asdict(point)})
    command = [sys.executable, "-P", "-m", "coachvision.services.track_point", told]
    group = 0 if os.name == "posix" else None
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=group
    )
    try:
        assert child.stdout is not None  # noqa: S101 - asked for above; for the type checker
        for line in child.stdout:
            if cancelled is not None and cancelled():
                raise Cancelled
            what, _, rest = line.rstrip("\n").partition(" ")
            if what in (_END, _UNSURE):
                return what == _END
            if what == _ERROR:
                raise from_data(json.loads(rest))
            x, y, sure = (float(value) for value in rest.split())
            seen(Seen(int(what), x, y, sure))
        raise _failure(film, child)
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()


def _failure(film: Film, child: subprocess.Popen[str]) -> Exception:
    """The child ended without a word: the file's fault where it crashed, else ours."""
    code = child.wait()
    if code < 0:
        return VideoError(
            "This video cannot be read",
            f"“{film.name}” made the reader stop; it is damaged.",
            hint="Copy it again from the phone or camera.",
            path=film.path,
        )
    said = child.stderr.read() if child.stderr is not None else ""
    return RuntimeError(f"following a point failed:\n{said[-4000:]}")


def _nothing(error: NothingToFollowError) -> CoachVisionError:
    return CoachVisionError(
        "This point cannot be followed",
        f"{str(error)[:1].upper()}{str(error)[1:]}.",
        hint="Click the middle of something that stands out: a ball, a bar's end, a bright marker.",
    )


def main(argv: list[str]) -> int:
    """The child: a line a frame, then how it ended."""
    leave_with_parent()
    job = json.loads(argv[0])
    path, point = Path(job.pop("path")), Point(**job)

    def say(*words: object) -> None:
        sys.stdout.write(" ".join(str(word) for word in words) + "\n")
        sys.stdout.flush()

    try:
        with VideoReader(path, probe_here(path)) as reader:
            frames = reader.frames(point.index)
            first = next(frames, None)
            if first is None or first.index != point.index:
                raise VideoError(
                    "This frame cannot be read", f"“{path.name}” is damaged there.", hint="Begin at another.", path=path
                )
            tracker = PointTracker(first.rgb, point.x, point.y, radius=point.radius, reach=point.reach)
            say(first.pts, point.x, point.y, 1.0)
            for frame in frames:
                found = tracker.step(frame.rgb)
                if found is None:
                    say(_UNSURE)
                    return 0
                say(frame.pts, found.x, found.y, found.sure)
        say(_END)
    except NothingToFollowError as error:
        say(_ERROR, json.dumps(_nothing(error).as_data()))
    except CoachVisionError as error:
        say(_ERROR, json.dumps(error.as_data()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
