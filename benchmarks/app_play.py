"""Playing 1080p60 with a skeleton in the player's window, against mpv at the same size on the same screen, in one run.

Dropped frames and CPU seconds of all processes of each. `python -m benchmarks.app_play` prints this alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from benchmarks.app_scrub import prepared
from benchmarks.rows import Row, show
from benchmarks.screen import install, measured, screen
from benchmarks.video import _CACHE
from coachvision.video.facts import from_bytes

_SECONDS, _FPS = 10, 60
_WIDTH, _HEIGHT = 1280, 720


def clip() -> Path:
    """Ten seconds of 1080p60 H.264: a still room, an athlete-sized thing that moves; cached."""
    path = _CACHE / f"room-1920x1080-{_FPS}fps-{_SECONDS}s.mp4"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(3)
    room = cv2.GaussianBlur(
        cv2.resize(chance.integers(60, 200, (270, 480, 3), dtype=np.uint8), (1920, 1080)), (0, 0), 4
    )
    athlete = cv2.resize(chance.integers(0, 255, (80, 30, 3), dtype=np.uint8), (220, 640))
    part = path.with_suffix(".part")
    with av.open(str(part), "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=_FPS)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        stream.codec_context.gop_size = _FPS
        stream.codec_context.options = {"preset": "veryfast", "crf": "23"}
        for index in range(_SECONDS * _FPS):
            picture = room.astype(np.uint8)
            x, y = round(850 + 700 * np.sin(index / 60)), round(200 + 150 * np.cos(index / 17))
            picture[y : y + athlete.shape[0], x : x + athlete.shape[1]] = athlete
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, _FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    part.replace(path)
    return path


def rows() -> list[Row]:
    """Ours from its preview copy, as in the app once that stands; ours from the file itself; mpv."""
    install("mpv")
    path = clip()
    told, folder = prepared(path)
    found: dict[str, dict[str, Any]] = {}
    with screen() as environment:
        found["mpv"] = _mpv(path, environment)
        for name, given in (("preview", [str(folder)]), ("file", [""]), ("watched", [str(folder), "watched"])):
            found[name] = measured("benchmarks.app_play", "inside", str(told), *given, environment=environment)
    made = []
    for name, words in (("preview", "from the preview copy"), ("file", "from the file itself")):
        ours, mpv = found[name], found["mpv"]
        target = name == "preview"
        made += [
            Row(f"1080p60 with skeleton, {words}: frames not shown of {_SECONDS * _FPS}", ours["dropped"], "", "mpv",
                mpv["dropped"], None, "≤ mpv" if target else "", ours["dropped"] <= mpv["dropped"] if target else None),
            Row(f"1080p60 with skeleton, {words}: CPU", ours["cpu_s"], "s", "mpv", mpv["cpu_s"],
                ours["cpu_s"] / mpv["cpu_s"], "≤ 1.5 ×" if target else "",
                ours["cpu_s"] <= 1.5 * mpv["cpu_s"] if target else None),
        ]  # fmt: skip
    slow = found["watched"]["slow"]
    made.append(
        Row("events over 8 ms of the window's thread while playing", len(slow), "", "", None, None, "none", not slow)
    )
    made.append(
        Row("painting a frame, two athletes with trails, 95th percentile, window's thread",
            found["preview"]["paint_ms"], "ms", "", None, None, "≤ 8 ms", found["preview"]["paint_ms"] <= 8)
    )  # fmt: skip
    return made


def _mpv(path: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Plays once through at its own pace in a window of the same size, drawn by the CPU as Qt's is."""
    script = path.with_suffix(".lua")
    # What it says itself when it is done: frames dropped by the decoder and at the screen.
    script.write_text(
        "mp.register_event('end-file', function() end)\n"
        "local most = {0, 0}\n"
        "mp.add_periodic_timer(0.1, function()\n"
        "  most[1] = mp.get_property_number('frame-drop-count', most[1])\n"
        "  most[2] = mp.get_property_number('decoder-frame-drop-count', most[2])\n"
        "  local file = io.open('" + str(path.with_suffix(".dropped")) + "', 'w')\n"
        "  file:write(most[1] + most[2]); file:close()\n"
        "end)\n"
    )
    start = _children_s()
    subprocess.run(
        ["mpv", "--no-config", "--vo=x11", "--hwdec=no", "--ao=null", "--no-osc", "--no-osd-bar",
         f"--geometry={_WIDTH}x{_HEIGHT}", "--no-keepaspect-window", "--really-quiet", f"--script={script}", str(path)],
        env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    return {"dropped": float(path.with_suffix(".dropped").read_text()), "cpu_s": _children_s() - start}


def _children_s() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _inside(told: Path, preview: str, *, watched: bool) -> dict[str, Any]:
    """In the process that has the window. watched: every event is timed, which costs some CPU itself."""
    import psutil
    from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QTimer
    from PySide6.QtWidgets import QApplication

    from coachvision.app.player.widget import PlayerWidget

    slow: list[float] = []

    class Watched(QApplication):
        """Counts the CPU time of every event of this thread."""

        depth = 0

        def notify(self, receiver: QObject, event: QEvent) -> bool:
            Watched.depth += 1
            start = time.thread_time()
            try:
                return super().notify(receiver, event)
            finally:
                Watched.depth -= 1
                took = (time.thread_time() - start) * 1000
                if Watched.depth == 0 and took > 8 and counting:
                    slow.append(took)

    counting = False
    application = Watched([]) if watched else QApplication([])
    application.setApplicationName("app_play")
    facts = from_bytes(told.read_bytes())
    player = PlayerWidget(sinks=lambda: None)
    player.resize(_WIDTH, _HEIGHT + player.controls.sizeHint().height())
    player.show()

    def wait(ms: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    player.open(facts.path, facts, Path(preview) if preview else None)
    tracks, series = _athletes(facts)
    player.set_overlay(tracks[:1], series[:2])
    wait(2500)
    shown: set[int] = set()
    player.canvas.painted.connect(lambda picture: shown.add(picture.index))
    loop = QEventLoop()
    player.playing_changed.connect(lambda on: None if on else loop.quit())

    def used() -> float:
        everyone = [psutil.Process(), *psutil.Process().children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in everyone)

    start = used()
    counting = True
    player.play()
    loop.exec()
    counting = False
    cpu = used() - start
    # The last picture is painted after the end was told.
    wait(100)
    player.set_overlay(tracks, series)
    player.show_overlay(trails=True)
    took = []
    for index in range(100, 220):
        picture = player.canvas.picture
        assert picture is not None
        begun = time.thread_time()
        player.canvas.show_picture(type(picture)(picture.serial, index, picture.exact, picture.pixels))
        player.canvas.repaint()
        took.append((time.thread_time() - begun) * 1000)
    player.shut_down()
    QCoreApplication.processEvents()
    return {
        "dropped": len(facts.timeline) - len(shown), "cpu_s": cpu, "slow": slow,
        "paint_ms": float(np.percentile(took, 95)),
    }  # fmt: skip


def _athletes(facts: Any) -> tuple[list[Any], list[Any]]:
    """Two drawn people of ordinary build who walk on the spot, and their knees' angles."""
    from coachvision.core.landmarks import LANDMARKS
    from coachvision.core.results import Series, Track

    heights = {"nose": 0.05, "eye": 0.04, "ear": 0.05, "mouth": 0.07, "shoulder": 0.18, "elbow": 0.34, "wrist": 0.48,
               "pinky": 0.51, "index": 0.52, "thumb": 0.5, "hip": 0.52, "knee": 0.75, "ankle": 0.95, "heel": 0.98,
               "foot": 0.99}  # fmt: skip
    pts = facts.timeline.pts
    phase = np.arange(len(pts)) / _FPS * 2 * np.pi
    tracks, series = [], []
    for person in (1, 2):
        points = np.zeros((len(pts), len(LANDMARKS), 2), np.float32)
        for k, name in enumerate(LANDMARKS):
            part = next(part for part in heights if part in name.removeprefix("left_").removeprefix("right_"))
            side = 1 if "left" in name else -1 if "right" in name else 0
            points[:, k, 0] = 500 * person + 40 * side + 60 * heights[part] * np.sin(phase + side)
            points[:, k, 1] = 150 + 800 * heights[part] + 10 * np.cos(2 * phase)
        sure = np.full((len(pts), len(LANDMARKS)), 0.9, np.float32)
        tracks.append(Track("pose", person, LANDMARKS, pts, points, sure))
        series += [
            Series(f"angle.{side}_knee", person, "deg", pts, 40 + 30 * np.sin(phase)) for side in ("left", "right")
        ]
    return tracks, series


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        print(json.dumps(_inside(Path(sys.argv[2]), sys.argv[3], watched=sys.argv[4:] == ["watched"])))
    else:
        show(rows(), "Playing")
