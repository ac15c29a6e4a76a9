"""A clip that beeps: a tone at the start of every second, while the picture is white."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

TONE_HZ = 1000.0
BEEP_S = 0.1
_RATE = 44_100


def write_sounding(
    path: Path, *, seconds: int = 5, fps: int = 30, sound_from: Fraction = Fraction(0), rate: int = _RATE
) -> Path:
    """320 x 180 H.264 with AAC mono sound; sound_from: no sound before that second. rate: samples a second."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=fps)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        video.codec_context.options = {"preset": "ultrafast"}
        audio = out.add_stream("aac", rate=rate)
        audio.layout = "mono"
        for index in range(seconds * fps):
            lit = index / fps % 1 < BEEP_S
            picture = np.full((180, 320, 3), 255 if lit else 20, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        times = np.arange(int(sound_from * rate), seconds * rate) / rate
        tone = np.where(times % 1 < BEEP_S, 0.5 * np.sin(2 * np.pi * TONE_HZ * times), 0).astype(np.float32)
        for at in range(0, len(tone), 1024):
            piece = av.AudioFrame.from_ndarray(tone[None, at : at + 1024], format="fltp", layout="mono")
            piece.sample_rate, piece.time_base = rate, Fraction(1, rate)
            piece.pts = int(sound_from * rate) + at
            out.mux(audio.encode(piece))
        out.mux(audio.encode(None))
    return path
