"""What can be filmed with: the computer's cameras, and network cameras the coach has added. For fronts."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from coachvision.errors import UsageError

# Where the system has no list of its own to read, so many are offered; one that is not there says so when opened.
_OFFERED = 3
_DEVICES = Path("/sys/class/video4linux")


@dataclass(frozen=True)
class Source:
    """kind: "camera" (address: its number or device file) or "stream" (address: http or https, MJPEG). title: words."""

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
    """A network camera. Raises UsageError for an address that is none of http or https."""
    parts = urlsplit(address.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            "This is no address of a network camera",
            f"{address!r} does not begin with http:// or https:// and a name.",
            hint="Take the MJPEG address from the camera's own page, http://192.168.0.20/video say.",
        )
    return Source("stream", address.strip(), parts.hostname)
