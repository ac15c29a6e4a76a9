"""The strip that sets the scale: by a line, by the athlete's height, by four corners. For the studio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QDoubleSpinBox, QHBoxLayout, QSizePolicy, QWidget

from coachvision.app.parts import area, button, label, named, plainly, roomy
from coachvision.app.theme import GAP, TIGHT, WIDE
from coachvision.app.tools.board import Board
from coachvision.app.tools.hand import BY_ID, SCALE_HEIGHT, SCALE_LINE, SCALE_PLANE, SELECT, Hand
from coachvision.app.tools.strip import HEIGHT
from coachvision.core.calibration import Calibration
from coachvision.core.drawing import Drawing
from coachvision.words import tr

# One of the coach's units in metres, and how many decimals make sense.
_UNITS = {"m": (1.0, 2, " m"), "cm": (0.01, 1, " cm"), "ft-in": (0.3048, 2, " ft")}
_LONGEST_M = 1000.0


class ScaleStrip(QWidget):
    """refused: why this gives no scale, in a sentence."""

    refused = Signal(str)

    def __init__(self, board: Board, hand: Hand, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("strip", self)
        self.setAccessibleName(tr("Scale"))
        self.setFixedHeight(HEIGHT)
        self._board, self._hand = board, hand
        self._drawn: Drawing | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE, TIGHT, WIDE, TIGHT)
        row.setSpacing(GAP)
        row.addWidget(label(tr("Scale"), "section"))
        self._ways = QButtonGroup(self)
        self.ways = {}
        for tool, title in (
            (SCALE_LINE, tr("Line")), (SCALE_HEIGHT, tr("Height")), (SCALE_PLANE, tr("Plane")),
        ):  # fmt: skip
            way = button(title)
            way.setCheckable(True)
            way.setToolTip(tr(BY_ID[tool].hint))
            way.clicked.connect(lambda _=False, name=tool: hand.take(name))
            self._ways.addButton(way)
            self.ways[tool] = way
            row.addWidget(way)
        self._hint = label(kind="muted")
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self._hint, 1)
        self.first = named(QDoubleSpinBox(), tr("Length"))
        self.second = named(QDoubleSpinBox(), tr("Depth"))
        for spin in (self.first, self.second):
            roomy(spin)
            row.addWidget(spin)
        self.use = button(tr("Use"), "accent")
        self.use.clicked.connect(self._use)
        row.addWidget(self.use)
        leave = button(tr("Cancel"), "quiet")
        leave.clicked.connect(lambda: hand.take(SELECT))
        row.addWidget(leave)
        hand.changed.connect(self._refresh)
        board.loaded.connect(self._refresh)
        self._refresh()

    def drawn(self, drawing: Drawing) -> None:
        """What is known was drawn: its size is asked now."""
        self._drawn = drawing
        self._show()
        self.first.setFocus()
        self.first.selectAll()

    @property
    def pending(self) -> Drawing | None:
        """What was drawn and waits for its size."""
        return self._drawn

    def _refresh(self) -> None:
        self._drawn = None
        if self._hand.tool in self.ways:
            self.ways[self._hand.tool].setChecked(True)
            metres, decimals, suffix = _UNITS[self._board.units.length]
            start = {SCALE_LINE: (1.0, 1.0), SCALE_PLANE: (2.0, 1.0), SCALE_HEIGHT: (1.75, 1.0)}[self._hand.tool]
            for spin, value in zip((self.first, self.second), start, strict=True):
                spin.setDecimals(decimals)
                spin.setSuffix(suffix)
                spin.setRange(10.0**-decimals, _LONGEST_M / metres)
                spin.setValue(value / metres)
        self._show()

    def _show(self) -> None:
        tool = self._hand.tool
        ready = tool == SCALE_HEIGHT or self._drawn is not None
        self._hint.setText(
            tr(BY_ID[tool].hint) if not ready or tool == SCALE_HEIGHT else
            tr("How long is it?") if tool == SCALE_LINE else tr("How wide is it (first side), and how deep?")
        )  # fmt: skip
        self._hint.setToolTip(plainly(self._hint.text()))
        self.first.setVisible(ready)
        self.second.setVisible(ready and tool == SCALE_PLANE)
        self.use.setVisible(ready)

    def _use(self) -> None:
        metres = _UNITS[self._board.units.length][0]
        first, second = self.first.value() * metres, self.second.value() * metres
        try:
            scale = self._calibration(first, second)
        except ValueError as error:
            self.refused.emit(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return
        except KeyError as error:
            self.refused.emit(tr("The pose has no {joint}, so the height gives no scale.", joint=error.args[0]))
            return
        drawn = self._drawn
        if drawn is not None:
            drawn = replace(drawn, note=tr("sets the scale"), whole=drawn.kind == "plane")
        self._board.calibrate(scale, drawn)
        self._hand.take(SELECT)

    def _calibration(self, first: float, second: float) -> Calibration:
        """Metres to a scale. Raises ValueError where that is not possible, KeyError where a landmark is missing."""
        line = self._board.timeline
        if line is None:
            raise ValueError(tr("there is no film to be scaled"))
        if self._hand.tool == SCALE_HEIGHT:
            tracks = self._board.tracks
            if not tracks:
                raise ValueError(tr("no athlete was found in this film yet: analyze it first"))
            longest = max(tracks, key=lambda track: len(track.pts))
            return Calibration.from_height(first, longest, line)
        if self._drawn is None:
            raise ValueError(tr("nothing was drawn yet"))
        index = line.index_at(line.seconds_of(self._drawn.key_pts))
        places = [point.place for point in self._drawn.points]
        if self._hand.tool == SCALE_LINE:
            return Calibration.from_line(first, places[0], places[1], index)
        # The corners are clicked on the picture, where y grows downwards; in metres it grows upwards.
        return Calibration.from_rectangle(first, second, np.array(_upright(places)), index)


def _upright(corners: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same rectangle, its first side still a width, begun so that x grows to the right and y upwards as seen."""
    area_2 = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, corners[1:] + corners[:1], strict=True))
    # On the picture, y down, a positive area is clockwise as seen: read backwards from the last one.
    ordered = corners if area_2 < 0 else corners[::-1]
    return ordered if ordered[1][0] >= ordered[0][0] else ordered[2:] + ordered[:2]
