"""What the camera stored becomes what the coach saw: turned, mirrored, stretched, in the right colours."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader

_COLOURS = [(200, 60, 60), (60, 200, 60), (60, 60, 200), (220, 220, 220), (30, 30, 30), (210, 200, 40)]


def _bars(width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    picture = np.zeros((height, width, 3), np.uint8)
    step = width // len(_COLOURS)
    for at, colour in enumerate(_COLOURS):
        picture[:, at * step :] = colour
    return picture


def _write(path: Path, picture: np.ndarray[Any, np.dtype[np.uint8]], codec: str, form: str, **how: Any) -> Path:
    height, width = picture.shape[:2]
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=30)
        stream.width, stream.height, stream.pix_fmt = width, height, form
        stream.codec_context.options = how.get("options", {})
        standard, levels = how.get("standard", 5), how.get("levels", 1)
        stream.codec_context.colorspace, stream.codec_context.color_range = standard, levels
        if "aspect" in how:
            stream.codec_context.sample_aspect_ratio = how["aspect"]
        if "turn" in how:
            stream.set_display_rotation(**how["turn"])
        for index in range(3):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame = frame.reformat(format=form, dst_colorspace=standard, dst_color_range=levels)
            frame.pts, frame.time_base = index, Fraction(1, 30)
            frame.colorspace, frame.color_range = standard, levels
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def _first(path: Path) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with VideoReader(path, probe_here(path)) as reader:
        return reader.frame_at(1).rgb


_GOOD = {"crf": "6", "preset": "ultrafast"}
_KINDS = [
    ("libx264", "yuv420p", "mp4", 5, 1),
    ("libx264", "yuv420p", "mp4", 1, 1),
    ("libx264", "yuv420p", "mp4", 1, 2),
    ("libx264", "yuv422p", "mp4", 1, 1),
    ("libx264", "yuv444p", "mp4", 5, 2),
    ("libx264", "yuv420p10le", "mp4", 1, 1),
    ("libx264", "nv12", "mp4", 5, 1),
    ("libx265", "yuv420p10le", "mkv", 1, 2),
    ("mjpeg", "yuvj422p", "avi", 5, 2),
    ("ffv1", "bgr0", "mkv", 5, 2),
    ("libvpx-vp9", "gbrp", "webm", 5, 2),
]


@pytest.mark.parametrize(("codec", "form", "suffix", "standard", "levels"), _KINDS)
def test_colours_of_every_kind_of_pixel(
    tmp_path: Path, codec: str, form: str, suffix: str, standard: int, levels: int
) -> None:
    if form in ("bgr0", "gbrp"):
        standard = 2
    options = _GOOD if codec == "libx264" else {"x265-params": "log-level=none:qp=4"} if codec == "libx265" else {}
    path = _write(
        tmp_path / f"bars.{suffix}", _bars(192, 96), codec, form, standard=standard, levels=levels, options=options
    )
    rgb = _first(path)
    for at, colour in enumerate(_COLOURS):
        # Rounding to limited range and back, and what the coder loses at high quality.
        np.testing.assert_allclose(rgb[48, at * 32 + 16], colour, atol=9, err_msg=f"bar {at}")


def test_unmarked_colours_are_taken_as_players_do(tmp_path: Path) -> None:
    for height, standard in ((240, 5), (720, 1)):
        path = _write(
            tmp_path / f"{height}.mp4", _bars(480, height), "libx264", "yuv420p", standard=standard, options=_GOOD
        )
        rgb = _first(path)
        np.testing.assert_allclose(rgb[height // 2, 40], _COLOURS[0], atol=9)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", [False, True])
def test_turned_and_mirrored_pictures_come_upright(tmp_path: Path, degrees: int, mirror: bool) -> None:
    upright = np.zeros((96, 160, 3), np.uint8)
    upright[:48, :80], upright[:48, 80:] = (200, 60, 60), (60, 200, 60)
    upright[48:, :80], upright[48:, 80:] = (60, 60, 200), (220, 220, 220)
    # A camera that must be turned clockwise by `degrees` stored the picture turned the other way.
    stored = np.rot90(upright, degrees // 90)
    if mirror:
        stored = stored[:, ::-1]
    path = _write(
        tmp_path / "turned.mp4",
        np.ascontiguousarray(stored),
        "libx264",
        "yuv420p",
        options=_GOOD,
        # PyAV turns counter-clockwise and flips afterwards: flipped before, the turn goes the other way.
        turn={"degrees": degrees if mirror else -degrees, "hflip": mirror},
    )
    facts = probe_here(path)
    assert (facts.width, facts.height, facts.rotation, facts.mirrored) == (160, 96, degrees, mirror)
    rgb = _first(path)
    for row, column in ((24, 40), (24, 120), (72, 40), (72, 120)):
        np.testing.assert_allclose(rgb[row, column], upright[row, column], atol=9)


@pytest.mark.parametrize(("aspect", "width"), [(Fraction(4, 3), 256), (Fraction(8, 9), 171)])
def test_pixels_become_square(tmp_path: Path, aspect: Fraction, width: int) -> None:
    path = _write(tmp_path / "wide.mp4", _bars(192, 96), "libx264", "yuv420p", options=_GOOD, aspect=aspect)
    facts = probe_here(path)
    assert (facts.width, facts.height, facts.sample_aspect) == (width, 96, aspect)
    rgb = _first(path)
    assert rgb.shape == (96, width, 3)
    np.testing.assert_allclose(rgb[48, round(width * 0.25)], _COLOURS[1], atol=9)


def test_transparency_is_dropped_and_palettes_are_looked_up(shared_data: Path) -> None:
    robust = shared_data / "robust"
    gif, true = robust / "anim.gif", robust / "h264_30.mp4"
    with VideoReader(gif, probe_here(gif)) as first, VideoReader(true, probe_here(true)) as second:
        # The same scene; the GIF has 256 colours, dithered.
        a, b = first.frame_at(0).rgb.astype(float), second.frame_at(0).rgb.astype(float)
    assert a.shape == b.shape
    assert np.abs(a - b)[40:].mean() < 12


def test_frames_share_no_memory_with_the_decoder(shared_data: Path) -> None:
    path = shared_data / "robust" / "h264_30.mp4"
    with VideoReader(path, probe_here(path)) as reader:
        frames = list(reader.frames(0, 20))
        first = frames[0].gray.copy()
        assert len({frame.gray.tobytes()[40 * 480 :] for frame in frames}) == 21
        np.testing.assert_array_equal(frames[0].gray, first)
        assert frames[0].planes is not None


@pytest.mark.parametrize("turn", [{"degrees": 0}, {"degrees": 90}, {"degrees": 180, "hflip": True}])
@pytest.mark.parametrize("size", [(96, 64), (50, 34), (192, 128)], ids=["half", "odd", "same"])
def test_smaller_frames_show_the_same_picture(tmp_path: Path, turn: dict[str, Any], size: tuple[int, int]) -> None:
    path = _write(tmp_path / "bars.mp4", _bars(192, 128), "libx264", "yuv420p", options=_GOOD, turn=turn)
    facts = probe_here(path)
    upright = size if facts.width > facts.height else size[::-1]
    with VideoReader(path, facts) as reader:
        whole = [frame.rgb for frame in reader.frames()]
        small = [frame.rgb for frame in reader.frames(size=upright)]
    assert len(whole) == len(small) == 3
    for large, little in zip(whole, small, strict=True):
        assert little.shape[1::-1] == upright
        # At the five edges between the bars averaging and sampling differ, by one pixel in 50 at most each.
        apart = np.abs(cv2.resize(large, upright, interpolation=cv2.INTER_AREA).astype(int) - little)
        assert np.median(apart) <= 2
        assert np.mean(apart > 40) <= 5 / 50
