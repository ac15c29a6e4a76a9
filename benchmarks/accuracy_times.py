"""Frame times of awkward files against FFmpeg's own timestamps of decoded frames. For `accuracy`.

The reference is OpenCV's FFmpeg, a build of its own: it gives the best-effort timestamp of each frame it decodes.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from benchmarks.clips import data
from benchmarks.rows import Row
from coachvision.errors import VideoError
from coachvision.video.probe import probe
from coachvision.video.reader import VideoReader
from tests.support.barcode import frame_number

PEER = "FFmpeg through OpenCV"
_FILES = (
    "vfr_phone_like.mp4", "real_var_fps_video.mp4", "rot90.mp4", "rot180.mov", "sar_anamorphic.mp4",
    "start_offset_1p5s.mp4", "h264_longgop_bframes.mp4", "mpeg4_bframes.avi", "no_duration.mkv", "fragmented.mp4",
    "vp9.webm", "wmv2.wmv", "truncated_faststart.mp4", "corrupt_middle.mp4",
)  # fmt: skip
# The reference rounds to the container's ticks as we do; a hundredth of a millisecond is rounding of the floats alone.
_SAME_MS = 0.01
SEEKS = 20


def rows() -> list[Row]:
    """A row a file: share of the times FFmpeg gives that are ours too, and the worst difference; then the bar codes."""
    return [*(_row(data() / "robust" / name) for name in _FILES), _bar_codes()]


def _bar_codes() -> Row:
    """Share of random seeks, over all files whose frames carry their number, that show the frame asked for.

    Behind the hole of the damaged file a frame is known by its time, not by its rank: it is left out here.
    """
    chance = np.random.default_rng(1)
    asked = right = files = 0
    for path in sorted((data() / "robust").iterdir()):
        try:
            facts = probe(path)
        except VideoError:
            continue
        with VideoReader(path, facts) as reader:
            if path.name == "corrupt_middle.mp4" or frame_number(reader.frame_at(0).gray) != 0:
                continue
            files += 1
            for index in chance.integers(len(facts.timeline), size=SEEKS).tolist():
                asked += 1
                right += frame_number(reader.frame_at(index).gray) == index
    name = f"bar codes under random seeks: {asked} seeks in {files} files of robust/"
    return Row(name, 100 * right / asked, "% right", "the frame's own number", None, None, "100 %", right == asked)


def _row(path: Path) -> Row:
    facts = probe(path)
    with VideoReader(path, facts) as reader:
        ours = np.array([facts.timeline.seconds_of(frame.pts) * 1000 for frame in reader.frames()])
    theirs = _reference(path)
    shift = float(ours[0]) - float(theirs[0])
    # A damaged frame may be dropped by the other decoder, and it stops earlier: of what it shows, all must be ours.
    nearest = np.abs(ours[None, :] - theirs[:, None] - shift).min(axis=1)
    same = float(np.mean(nearest <= _SAME_MS))
    name = f"{path.name}: times of {len(ours)} frames ({len(theirs)} by FFmpeg), worst {nearest.max():.3g} ms off"
    return Row(name, 100 * same, "% equal", PEER, None, None, "100 %", same == 1.0)


def _reference(path: Path) -> np.ndarray:
    """(n,) rising milliseconds; it says 0 of a frame that came without a timestamp, which is left out."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    times: list[float] = []
    while capture.grab():
        time = capture.get(cv2.CAP_PROP_POS_MSEC)
        if not times or time > times[-1]:
            times.append(time)
    capture.release()
    return np.array(times)
