"""What the window remembers between two starts: its size and place, how a video was looked at.

For `app` alone. It is of this laptop: nothing of it is synced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QSignalBlocker, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from coachvision import paths

if TYPE_CHECKING:
    from coachvision.app.player.widget import PlayerWidget


@dataclass(frozen=True)
class Look:
    """How a session's video is looked at. turned: degrees clockwise, by quarters. muted: its sound is off."""

    turned: int = 0
    mirrored: bool = False
    muted: bool = False


def remembered() -> QSettings:
    """What the window remembers of itself between two starts: size, place, theme."""
    return QSettings(str(paths.config_dir() / "window.ini"), QSettings.Format.IniFormat)


def keep_place(window: QWidget) -> None:
    """Remember where a window is and how large."""
    remembered().setValue("geometry", window.saveGeometry())


def put_in_place(window: QWidget, size: QSize) -> None:
    """As it was at the end of the last time; of that size at first, where the screen has room for it."""
    geometry = remembered().value("geometry")
    if geometry is None or not window.restoreGeometry(geometry):
        window.resize(size.boundedTo(QGuiApplication.primaryScreen().availableSize()))


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


class LookedAt:
    """Keeps how whoever looks turns, mirrors or silences a player's video, and puts it on again; for every screen."""

    def __init__(self, player: PlayerWidget) -> None:
        self._player = player
        self._session = ""
        player.look_changed.connect(self._keep)

    def put_on(self, session: str) -> None:
        """That session's video was opened: as it was looked at last. Another's look is not taken over."""
        self._session, look, player = session, look_of(session), self._player
        with QSignalBlocker(player):
            player.mute(look.muted)
            player.turn(look.turned)
            if look.mirrored:
                player.mirror()

    def _keep(self) -> None:
        if self._session and self._player.transport is not None:
            canvas = self._player.canvas
            keep_look(self._session, Look(canvas.turned, canvas.mirrored, self._player.muted))
