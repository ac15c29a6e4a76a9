"""What the window remembers between two starts: its size and place, how a video was looked at.

For `app` alone. It is of this laptop: nothing of it is synced.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSettings

from coachvision import paths


@dataclass(frozen=True)
class Look:
    """How a session's video is looked at. turned: degrees clockwise, by quarters. muted: its sound is off."""

    turned: int = 0
    mirrored: bool = False
    muted: bool = False


def remembered() -> QSettings:
    """What the window remembers of itself between two starts: size, place, theme."""
    return QSettings(str(paths.config_dir() / "window.ini"), QSettings.Format.IniFormat)


def look_of(session: str) -> Look:
    """How that session's video was looked at last; the plain look where nothing is remembered, or it is damaged."""
    turned, _, rest = str(remembered().value(f"look/{session}", "")).partition(" ")
    if turned not in ("0", "90", "180", "270"):
        return Look()
    return Look(int(turned), "mirrored" in rest, "muted" in rest)


def keep_look(session: str, look: Look) -> None:
    """Remember it; the plain look needs no remembering."""
    if look == Look():
        remembered().remove(f"look/{session}")
        return
    words = [str(look.turned), *(["mirrored"] if look.mirrored else []), *(["muted"] if look.muted else [])]
    remembered().setValue(f"look/{session}", " ".join(words))
