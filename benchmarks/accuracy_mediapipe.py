"""Our landmarks against mediapipe's own on the same frames: how far apart, and found on how many. For `accuracy`."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks.clips import clips_with_people, data
from benchmarks.ours import by_frame, pose_of
from benchmarks.peer import NAME, Peer
from benchmarks.rows import Row
from coachvision.core.landmarks import LANDMARKS

MOST_PERCENT = 2.0
_TORSO = [LANDMARKS.index(name) for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]


def difference(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """(n, 33, 2) each: distances in per cent of the torso's length, flat, on frames where both found somebody."""
    both = ~np.isnan(ours[:, 0, 0]) & ~np.isnan(theirs[:, 0, 0])
    a, b = ours[both], theirs[both]
    corners = b[:, _TORSO]
    torso = np.hypot(*((corners[:, 0] + corners[:, 1] - corners[:, 2] - corners[:, 3]) / 2).T)
    return np.asarray(100 * np.hypot(*np.moveaxis(a - b, -1, 0)) / np.maximum(torso[:, None], 1)).ravel()


def somebody_there(clip: Path, count: int) -> np.ndarray:
    """(count,) True where somebody is in view: by the clip's known answers, or everywhere where those say nothing."""
    there = np.ones(count, bool)
    for record in json.loads((data() / "INDEX.json").read_text(encoding="utf-8")):
        answers = record.get("known_answers")
        if (
            record["file"] == str(clip.relative_to(data()))
            and isinstance(answers, dict)
            and "present_frames" in answers
        ):
            there[:] = False
            for first, last in answers["present_frames"]:
                there[first : last + 1] = True
    return there


def rows() -> list[Row]:
    """A row a clip; then all landmarks of all clips, and the frames found."""
    out, raw, smooth, found, peer_found = [], [], [], 0, 0
    # Its loop uses one core: both of its runs go side by side, since nothing is timed here.
    with Peer() as peer, Peer() as smoothing, ThreadPoolExecutor(2) as both:
        for clip in clips_with_people():
            result, video = pose_of(clip, people=1)
            ours = by_frame(result, video)
            running = both.submit(smoothing.clip, clip, smooth=True, points=True)
            theirs = both.submit(peer.clip, clip, smooth=False, points=True).result()
            smoothed = running.result()
            count = min(len(ours), theirs.frames)
            there = somebody_there(clip, count)
            raw.append(difference(ours[:count][there], theirs.points[:count, :, :2][there]))
            smooth.append(difference(ours[:count][there], smoothed.points[:count, :, :2][there]))
            seen, other = (int((~np.isnan(p[:count, 0, 0]) & there).sum()) for p in (ours, theirs.points))
            found, peer_found = found + seen, peer_found + other
            name = f"{clip.stem}: median difference (found on {seen} frames, mediapipe on {other})"
            value = float(np.median(raw[-1]))
            out.append(Row(name, value, "% of torso", NAME, None, None, "", None))
    middle = float(np.median(np.concatenate(raw)))
    with_filter = float(np.median(np.concatenate(smooth)))
    worst = max(float(np.median(one)) for one in raw)
    target = f"<= {MOST_PERCENT:g} %"
    out += [
        Row("all clips: median difference", middle, "% of torso", NAME, None, None, target, middle <= MOST_PERCENT),
        Row("worst clip: median difference", worst, "% of torso", NAME, None, None, target, worst <= MOST_PERCENT),
        Row("all clips: the same with mediapipe's smoothing on", with_filter, "% of torso", NAME, None, None, "", None),
        Row("frames found", found, "frames", NAME, peer_found, found / peer_found, ">= 1", found >= peer_found),
    ]
    return out
