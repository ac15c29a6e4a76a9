"""The peer: mediapipe's own Python loop. Runs in an environment of its own and answers one request a line; see `peer`.

Imports nothing of CoachVision. A request is a JSON line, the answer too:
{"clip": path, "smooth": bool, "out": path or null}  ->  {"frames": n, "found": n, "seconds": s}
{"images": [paths], "out": path}                     ->  {"frames": n, "found": n, "seconds": s}
`out` becomes an npz with `points` (n, 33, 3): x, y in pixels and visibility, NaN where nobody was found.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import cv2
import mediapipe as mp  # type: ignore[import-not-found]  # the peer environment alone has it
import numpy as np


def _pose(smooth: bool, static: bool = False) -> Any:
    return mp.solutions.pose.Pose(model_complexity=1, smooth_landmarks=smooth, static_image_mode=static)


def _points(answer: Any, picture: Any) -> Any:
    if answer.pose_landmarks is None:
        return np.full((33, 3), np.nan, np.float32)
    height, width = picture.shape[:2]
    marks = answer.pose_landmarks.landmark
    return np.array([(m.x * width, m.y * height, m.visibility) for m in marks], np.float32)


def _clip(request: dict[str, Any]) -> tuple[list[Any], float]:
    capture = cv2.VideoCapture(request["clip"])
    found = []
    with _pose(request["smooth"]) as pose:
        start = time.perf_counter()
        while True:
            ok, picture = capture.read()
            if not ok:
                break
            answer = pose.process(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
            found.append(_points(answer, picture))
        seconds = time.perf_counter() - start
    capture.release()
    return found, seconds


def _images(request: dict[str, Any]) -> tuple[list[Any], float]:
    found = []
    start = time.perf_counter()
    for name in request["images"]:
        picture = np.asarray(cv2.imread(name))
        with _pose(False, static=True) as pose:
            found.append(_points(pose.process(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)), picture))
    return found, time.perf_counter() - start


def main() -> None:
    """Answer requests until the input ends."""
    for line in sys.stdin:
        request = json.loads(line)
        found, seconds = _clip(request) if "clip" in request else _images(request)
        points = np.array(found, np.float32).reshape(-1, 33, 3)
        if request.get("out"):
            np.savez(request["out"], points=points)
        seen = int((~np.isnan(points[:, 0, 0])).sum())
        print(json.dumps({"frames": len(points), "found": seen, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
