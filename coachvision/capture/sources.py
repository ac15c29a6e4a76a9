"""What can be filmed with: the computer's cameras, and network cameras the coach has added. For fronts."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from coachvision.errors import UsageError

# Where the system has no list of its own to read, so many are offered; one that is not there says so when opened.
_OFFERED = 3
STREAMS = ("rtsp", "http", "https")
_DEVICES = Path("/sys/class/video4linux")


@dataclass(frozen=True)
class Source:
    """kind: "camera" (address: its number or device file) or "stream" (address: rtsp, or MJPEG's http, https).

    title: words.
    """

    kind: str
    address: str
    title: str


def cameras() -> list[Source]:
    """The computer's cameras, by name where the system tells them."""
    if sys.platform != "linux":
        return [Source("camera", str(number), f"Camera {number + 1}") for number in range(_OFFERED)]
    found = []
    for device in sorted(_DEVICES.glob("video*")):
        try:
            # One camera has several devices; the first gives pictures, the others what belongs to them.
            first = (device / "index").read_text().strip() == "0"
            name = (device / "name").read_text().strip()
        except OSError:
            continue
        if first:
            found.append(Source("camera", f"/dev/{device.name}", name or device.name))
    return found


def stream(address: str) -> Source:
    """A network camera. Raises UsageError for an address that is none of rtsp, http or https."""
    given = address.strip()
    # A line break in it would be a line of our own in what the camera is asked.
    plain = given.isprintable() and " " not in given
    host = _host(given)
    if not is_stream(given) or not host or not plain:
        raise UsageError(
            "This is no address of a network camera",
            "It does not begin with rtsp://, http:// or https:// and a name, or has a sign that none may have.",
            hint="Take it from the camera's own page: rtsp://192.168.0.20/stream1 or http://192.168.0.20/video, say."
            " In a password, such a sign is written as its number: %5B for [.",
        )
    return Source("stream", given, host)


def is_stream(address: str) -> bool:
    """Whether it is a network camera's address, not a camera of this computer."""
    return _scheme(address) in STREAMS


def is_rtsp(address: str) -> bool:
    """Whether that network camera speaks RTSP; else it is MJPEG over HTTP."""
    return _scheme(address) == "rtsp"


def _scheme(address: str) -> str:
    return address.partition("://")[0].casefold()


def _host(address: str) -> str:
    """ "" for an address that has none, or whose host or port cannot be."""
    try:
        parts = urlsplit(address)
        sound = parts.port != 0
    except ValueError:
        return ""
    return (parts.hostname or "") if sound else ""
