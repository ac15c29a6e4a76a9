"""The inspector's page Drawings: the scale, every drawing with its time, what was moved. For the studio."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidgetItem, QVBoxLayout, QWidget

from coachvision.app.icons import draw
from coachvision.app.lines import Lines
from coachvision.app.parts import button, label, named
from coachvision.app.theme import GAP, WIDE, worn
from coachvision.app.tools.board import Board
from coachvision.core.drawing import Drawing
from coachvision.core.picture import distance
from coachvision.core.scene import At
from coachvision.core.strokes import length_words
from coachvision.words import counted, tr

_ID = int(Qt.ItemDataRole.UserRole)


class DrawingsPage(QWidget):
    """seek_requested: a frame number."""

    seek_requested = Signal(int)

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        column = QVBoxLayout(self)
        column.setContentsMargins(0, WIDE, 0, GAP)
        column.setSpacing(GAP)
        self._scale = label(kind="muted", wrap=True)
        self._unscale = button(tr("Remove the scale"), "quiet")
        self._unscale.clicked.connect(lambda: board.calibrate(None))
        self._moved = label(kind="muted", wrap=True)
        self._unmove = button(tr("Take all back"), "quiet")
        self._unmove.clicked.connect(self._take_back)
        for words, act in ((self._scale, self._unscale), (self._moved, self._unmove)):
            row = QHBoxLayout()
            row.setContentsMargins(WIDE, 0, GAP, 0)
            row.addWidget(words, 1)
            row.addWidget(act, 0, Qt.AlignmentFlag.AlignTop)
            column.addLayout(row)
        self.list = Lines(tr("Drawings"))
        self.list.setIconSize(QSize(20, 20))
        self.list.itemClicked.connect(self._chosen)
        self.list.itemActivated.connect(self._chosen)
        column.addWidget(self.list, 1)
        self._none = label(tr("Nothing is drawn yet. D takes a tool."), "muted", wrap=True)
        self._none.setContentsMargins(WIDE, 0, WIDE, 0)
        column.addWidget(self._none, 1, Qt.AlignmentFlag.AlignTop)
        self.note = named(QLineEdit(), tr("Note to the drawing"))
        self.note.setPlaceholderText(tr("Note to this drawing"))
        self.note.textEdited.connect(self._write)
        self.hide_it = button(tr("Hide"), "quiet")
        self.hide_it.clicked.connect(self._hide)
        self.delete = button(tr("Delete"), "quiet")
        self.delete.clicked.connect(self._delete)
        below = QHBoxLayout()
        below.setContentsMargins(WIDE, 0, GAP, 0)
        below.addWidget(self.note, 1)
        below.addWidget(self.hide_it)
        below.addWidget(self.delete)
        column.addLayout(below)
        board.changed.connect(self.refresh)
        board.loaded.connect(self.refresh)
        board.selected.connect(self._select)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show what there is."""
        self.list.clear()
        line = self._board.timeline
        # By the time they are seen first, which is how a coach looks for one.
        for drawing in sorted(self._board.drawings, key=lambda d: d.path[0].pts if d.path else d.key_pts):
            when = "" if line is None else f"{line.seconds_of(drawing.key_pts):.2f} s"
            hidden = tr("hidden") if drawing.hidden else ""
            told = "  ·  ".join(part for part in (when, hidden, self._measured(drawing), drawing.note) if part)
            item = QListWidgetItem(_icon(drawing), f"{tr(drawing.title)}\n{told}")
            item.setData(_ID, drawing.id)
            if drawing.hidden:
                item.setForeground(QColor(worn().muted))
            self.list.addItem(item)
        self.list.setVisible(self.list.count() > 0)
        self._none.setVisible(self.list.count() == 0)
        self._show_scale()
        moved = len(self._board.corrections)
        self._moved.setText(counted(moved, "1 joint moved by hand.", "{count} joints moved by hand.") if moved else "")
        self._moved.setVisible(moved > 0)
        self._unmove.setVisible(moved > 0)
        chosen = self._board.chosen
        self._select(chosen.id if chosen is not None else "")

    def _show_scale(self) -> None:
        scale = self._board.calibration
        self._unscale.setVisible(scale is not None)
        if scale is None:
            self._scale.setText(tr("No scale yet: lengths are pixels. The tool Scale sets one."))
            return
        share = f"{scale.relative_uncertainty * 100:.1f} %"
        self._scale.setText(tr("Scale set, ± {share}. Lengths hold in {where}.", share=share, where=scale.holds_in))

    def _measured(self, drawing: Drawing) -> str:
        """A distance's length, with how sure it is."""
        scene = self._board.scene
        points = scene.points(drawing, drawing.key_pts) if scene is not None and drawing.kind == "distance" else None
        if scene is None or points is None or distance(points[0], points[1]) == 0:
            return ""
        moment = At(scene, drawing.key_pts)
        words = length_words(points[0], points[1], moment)
        if scene.calibration is None:
            return words
        length, sure = scene.calibration.length(points[0], points[1])
        return f"{words} ± {100 * sure / length:.1f} %" if length > 0 else words

    def _select(self, drawing: str) -> None:
        chosen = self._board.drawing(drawing)
        self.note.setEnabled(chosen is not None)
        self.delete.setEnabled(chosen is not None)
        self.hide_it.setEnabled(chosen is not None)
        self.hide_it.setText(tr("Show") if chosen is not None and chosen.hidden else tr("Hide"))
        if chosen is None or self.note.text() != chosen.note:
            self.note.setText(chosen.note if chosen is not None else "")
        self.list.clearSelection()
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(_ID) == drawing:
                item.setSelected(True)
                self.list.scrollToItem(item)

    def _chosen(self, item: QListWidgetItem) -> None:
        drawing, line = self._board.drawing(str(item.data(_ID))), self._board.timeline
        if drawing is None or line is None:
            return
        self._board.select(drawing.id)
        if not drawing.whole and len(line):
            self.seek_requested.emit(line.index_at(line.seconds_of(drawing.key_pts)))

    def _hide(self) -> None:
        chosen = self._board.chosen
        if chosen is not None:
            verb = tr("Show") if chosen.hidden else tr("Hide")
            self._board.change(replace(chosen, hidden=not chosen.hidden), f"{verb}: {tr(chosen.title)}")

    def _write(self, text: str) -> None:
        chosen = self._board.chosen
        if chosen is not None:
            self._board.change(replace(chosen, note=text), tr("Write a note"), merge=f"note:{chosen.id}")

    def _delete(self) -> None:
        chosen = self._board.chosen
        if chosen is not None:
            self._board.delete(chosen.id)

    def _take_back(self) -> None:
        self._board.correct(dict.fromkeys(self._board.corrections), tr("Take moved joints back"))


def _icon(drawing: Drawing) -> QIcon:
    """Its kind in its colour; faint while it is hidden."""
    picture = QPixmap(40, 40)
    picture.setDevicePixelRatio(2)
    picture.fill(QColor(worn().stage))
    painter = QPainter(picture)
    painter.setOpacity(0.4 if drawing.hidden else 1.0)
    draw(
        painter, f"tool.{drawing.kind}", picture.rect().toRectF().adjusted(0, 0, -20, -20), QColor(drawing.style.colour)
    )
    painter.end()
    return QIcon(picture)
