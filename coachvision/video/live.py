"""Pictures of a network camera that speaks RTSP, as they come. For `capture`'s child process alone.

The one place where FFmpeg may open an address: one that the coach has typed in, over RTSP in one TCP connection and no
other protocol, so that no answer of a camera can send it elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

import av
import numpy as np
from numpy.typing import NDArray

from coachvision.video.opening import MAX_PIXELS

# What is asked of the stream before its first picture is shown; a second more would be seen as a slow camera.
_OPTIONS = {
    "rtsp_transport": "tcp",
    "protocol_whitelist": "rtsp,rtp,tcp",
    "allowed_media_types": "video",
    "fflags": "nobuffer",
    "probesize": "500000",
    "analyzeduration": "500000",
    "max_delay": "0",
}


def silence(*, came: bool) -> str:
    """What to say of a camera from which nothing more is heard. came: whether a picture ever came."""
    return "it sends no more pictures" if came else "it does not answer"


class Ended(Exception):  # noqa: N818 - what happened, told by its text
    """No more pictures come; why, in words."""


def pictures(address: str, silence_s: float) -> Iterator[NDArray[np.uint8]]:
    """Each picture, (h, w, 3) uint8 blue, green, red, as soon as it is decoded.

    silence_s: how long the camera may send nothing. Raises Ended, also where the stream comes to its end.
    """
    came = False
    try:
        with av.open(address, format="rtsp", container_options=_OPTIONS, timeout=(2 * silence_s, silence_s)) as camera:
            stream = next(iter(camera.streams.video), None)
            if stream is None or stream.codec_context is None:
                raise Ended("it sends no video that can be read")
            # Several threads would hold back as many pictures.
            stream.codec_context.thread_count = 1
            stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
            for frame in camera.decode(stream):
                came = True
                yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    except MemoryError as error:
        raise Ended("what it sends is too large") from error
    except av.FFmpegError as error:
        raise Ended(_why(error, came=came)) from error
    raise Ended(silence(came=came))


def _why(error: av.FFmpegError, *, came: bool) -> str:
    if isinstance(error, av.HTTPUnauthorizedError):
        return "it answers 401: its address needs a name and a password, rtsp://name:password@…"
    if isinstance(error, av.HTTPNotFoundError):
        return "it answers 404: it has no stream of that name"
    if isinstance(error, av.HTTPClientError | av.HTTPServerError):
        return "it refuses to send its pictures"
    # A camera that went in mid-picture ends in any of them.
    if isinstance(error, av.ExitError | av.EOFError):
        return silence(came=came)
    if isinstance(error, OSError):
        return "it cannot be reached"
    return "it sends something that is no video"
