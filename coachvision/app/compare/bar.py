"""The bar that links both sides: play, sync point, alignment, speed, superposing, numbers. For the Compare screen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from coachvision.app import keymap
from coachvision.app.names import name_of
from coachvision.app.parts import Choice, Elided, area, button, named
from coachvision.app.theme import GAP, WIDE
from coachvision.words import tr

_RATIOS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)


class Bar(QWidget):
    """Its parts, in a row; what they do is the screen's. told: which moments are the same, where there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("surface", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE, GAP, WIDE, GAP)
        row.setSpacing(GAP)
        self.play = button(tr("Play both"), "accent")
        self.linked = button(tr("Linked"))
        self.linked.setCheckable(True)
        self.linked.setChecked(True)
        self.linked.setToolTip(tr("Both go together; off: each by itself"))
        self.sync = button(tr("Sync point here"))
        self.sync.setToolTip(keymap.hint("compare.sync"))
        self.by = named(Choice(), tr("Align by"))
        self.by.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.ratio = named(Choice(), tr("Speed of B"))
        for ratio in _RATIOS:
            self.ratio.addItem(tr("B at {ratio}×", ratio=f"{ratio:g}"), ratio)
        self.over = button(tr("Superpose"))
        self.over.setCheckable(True)
        self.opacity = named(QSlider(Qt.Orientation.Horizontal), tr("How much of B is seen"))
        self.opacity.setRange(0, 100)
        self.opacity.setValue(50)
        self.opacity.setFixedWidth(96)
        self.opacity.hide()
        self.told = Elided("muted", whole=True)
        self.more = button(tr("Numbers"))
        self.more.setCheckable(True)
        self.more.setChecked(True)
        for widget in (self.play, self.linked, self.sync, self.by, self.ratio, self.over, self.opacity):
            row.addWidget(widget)
        row.addWidget(self.told)
        row.addStretch(1)
        row.addWidget(self.more)
        self.offer(())
        self.same_speed()

    def offer(self, kinds: tuple[str, ...]) -> None:
        """The kinds of events by which both can be aligned."""
        self.by.clear()
        self.by.addItem(tr("Align by sync point"), "")
        for kind in kinds:
            self.by.addItem(tr("Align by {event}", event=name_of(kind)), kind)

    def same_speed(self) -> None:
        """B as fast as A."""
        self.ratio.setCurrentIndex(_RATIOS.index(1.0))

    def tell_playing(self, *, playing: bool) -> None:
        """What pressing play does now."""
        both = tr("Pause both") if playing else tr("Play both")
        one = tr("Pause") if playing else tr("Play")
        self.play.setText(both if self.linked.isChecked() else one)

    def enable(self, *, on: bool) -> None:
        """Whether there is something to compare."""
        for widget in (self.play, self.linked, self.sync, self.by, self.ratio, self.over):
            widget.setEnabled(on)
