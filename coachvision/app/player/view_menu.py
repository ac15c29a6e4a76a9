"""The menu of what is seen of the video: parts of the overlay, the turn of the picture, how close. For the controls."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from coachvision.app import keymap
from coachvision.app.player.overlay import Shown
from coachvision.words import tr

_PARTS = ("skeleton", "angles", "trails", "confidence")


class ViewMenu(QMenu):
    """shown_changed: (part of the overlay, on). The others: that was chosen."""

    shown_changed = Signal(str, bool)
    turn_wanted = Signal()
    mirror_wanted = Signal()
    athlete_wanted = Signal()
    whole_wanted = Signal()
    full_screen_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        titles = {
            "skeleton": tr("Skeleton"), "angles": tr("Angles"), "trails": tr("Trails"),
            "confidence": tr("Unsure parts faint"),
        }  # fmt: skip
        self._parts: dict[str, QAction] = {}
        for part in _PARTS:
            made = self._add(titles[part], f"play.{part}")
            made.setCheckable(True)
            made.triggered.connect(lambda on, part=part: self.shown_changed.emit(part, on))
            self._parts[part] = made
        self.addSeparator()
        self._add(tr("Zoom to the athlete"), "play.zoom_athlete").triggered.connect(self.athlete_wanted)
        self._add(tr("Whole picture"), "").triggered.connect(self.whole_wanted)
        self._add(tr("Full screen"), "window.full_screen").triggered.connect(self.full_screen_wanted)
        self.addSeparator()
        self._turned = self._add("", "play.rotate")
        self._turned.triggered.connect(self.turn_wanted)
        self._mirrored = self._add(tr("Mirrored"), "play.mirror")
        self._mirrored.setCheckable(True)
        self._mirrored.triggered.connect(self.mirror_wanted)
        # Another key may have been chosen since.
        self.aboutToShow.connect(self._tell_keys)
        self.set_shown(Shown())
        self.set_turned(0, mirrored=False)

    def set_shown(self, shown: Shown) -> None:
        """What is drawn now."""
        for part, action in self._parts.items():
            action.setChecked(getattr(shown, part))

    def set_turned(self, degrees: int, *, mirrored: bool) -> None:
        """How the picture is looked at now."""
        turned = tr("Turn the picture")
        self._turned.setText(f"{turned} ({degrees}°)" if degrees else turned)
        self._mirrored.setChecked(mirrored)

    def _add(self, text: str, command: str) -> QAction:
        action = self.addAction(text)
        action.setData(command)
        return action

    def _tell_keys(self) -> None:
        for action in self.actions():
            command = action.data()
            if command:
                text = action.text().partition("\t")[0]
                # Behind a tab a menu writes to its right edge.
                action.setText(f"{text}\t{keymap.words(str(command))}")
