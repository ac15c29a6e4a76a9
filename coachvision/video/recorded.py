"""When a film was taken, as its file says. For the probe.

Phones and cameras write it in one of two ways: QuickTime's own tag with the local time and its offset, or the
container's creation time in UTC. Where both are there the first counts: the second is often when the file was exported.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

_TAGS = ("com.apple.quicktime.creationdate", "creation_time", "date")
# Before this no phone filmed; a clock that was never set says 1904 (the epoch of ISO/IEC 14496-12) or 1970.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# The widest offset from UTC, for cameras that write their local time as if it were UTC.
_AHEAD = timedelta(hours=14)


def recorded(tags: Mapping[str, str]) -> str | None:
    """UTC, ISO 8601 to the second. None where no tag gives a whole date and time that can be true."""
    lowered = {key.lower(): value.strip() for key, value in tags.items()}
    for tag in _TAGS:
        moment = _moment(lowered.get(tag, ""))
        if moment is not None:
            return moment.isoformat(timespec="seconds")
    return None


def _moment(text: str) -> datetime | None:
    # A year or a day alone ("2024", "2024-05-01") is somebody's note, not a clock's.
    if len(text) < len("2024-05-01T10:00"):
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _EARLIEST <= moment <= datetime.now(UTC) + _AHEAD else None
