"""Puts the tools together: board, hand, layer, rail, strips, page, keeping. The session's screen has one.

It is handed the player and the session; it draws over the video, keeps what is drawn, and says what changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from coachvision.app import keymap
from coachvision.app.tools.board import Board
from coachvision.app.tools.hand import SCALE_LINE, SELECT, Hand
from coachvision.app.tools.keeping import keeper_of
from coachvision.app.tools.layer import DrawingLayer
from coachvision.app.tools.numbers import Numbers
from coachvision.app.tools.page import DrawingsPage
from coachvision.app.tools.pictures import Pictures
from coachvision.app.tools.rail import ToolRail
from coachvision.app.tools.scale import ScaleStrip
from coachvision.app.tools.strip import HEIGHT, Strip
from coachvision.app.tools.tracking import Tracking
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.actions import Actions, Opened
    from coachvision.app.player.widget import PlayerWidget
    from coachvision.app.tasks import Tasks
    from coachvision.core.results import Series


class Studio(QObject):
    """failed: (error, retry or None) for the message bar. told: a sentence for it. seek_requested: a frame number.

    recomputed: (Opened) the session with numbers that follow from what the coach moved. offered: (sentence, verb, act)
    for the message bar.
    """

    failed = Signal(object, object)
    recomputed = Signal(object)
    told = Signal(str)
    offered = Signal(str, str, object)
    seek_requested = Signal(int)

    def __init__(self, player: PlayerWidget, actions: Actions, tasks: Tasks, undo: QUndoStack, screen: QWidget) -> None:
        """undo: the session's. screen: where the keys of drawing hold."""
        super().__init__(screen)
        self._player = player
        self._series: list[Series] = []
        self.board, self.hand = Board(undo, self), Hand(self)
        self.keeper = keeper_of(self.board, actions, self)
        self.numbers = Numbers(actions, tasks, self.board, self)
        self.pictures = Pictures(actions, tasks, self.keeper, self)
        self.tracking = Tracking(actions, tasks, self.board, self.hand, self)
        self._name = ""
        self.layer = DrawingLayer(player.canvas, self.board, self.hand, lambda: player.playing)
        player.canvas.add_layer(self.layer)
        self.rail = ToolRail(self.hand)
        self.strip = Strip(self.board, self.hand)
        self.scale = ScaleStrip(self.board, self.hand)
        self.strips = QStackedWidget()
        self.strips.setFixedHeight(HEIGHT)
        self.strips.addWidget(self.strip)
        self.strips.addWidget(self.scale)
        self.page = DrawingsPage(self.board)
        self._connect()
        keymap.bind(
            screen,
            {
                "draw.start": self.hand.take_last,
                "draw.select": self._put_down,
                "draw.delete": self._delete,
                "draw.snapshot": self.take_snapshot,
            },
        )

    def _connect(self) -> None:
        board = self.board
        self.keeper.failed.connect(self.failed)
        self.numbers.recomputed.connect(self.recomputed)
        self.pictures.made.connect(self.offered)
        self.rail.snapshot_wanted.connect(self.take_snapshot)
        self.rail.kinogram_wanted.connect(self.make_kinogram)
        self.layer.joint_taken.connect(self.numbers.warm)
        self.keeper.mended.connect(lambda: self.told.emit(tr("What you drew is kept again.")))
        self.page.seek_requested.connect(self.seek_requested)
        self.rail.undo_wanted.connect(board.undo.undo)
        self.rail.redo_wanted.connect(board.undo.redo)
        self.hand.changed.connect(self._hand_changed)
        self.layer.made.connect(self.scale.drawn)
        self.layer.pending = lambda: self.tracking.live or self.scale.pending
        self.layer.track_wanted.connect(lambda at: self.tracking.start(at, self._player.index))
        self.tracking.moved.connect(self._player.seek)
        self.tracking.told.connect(self.told)
        self.tracking.changed.connect(lambda: self.strip.follow(self.tracking.busy))
        self.strip.halt_wanted.connect(self.tracking.stop)
        self.layer.text_wanted.connect(self.strip.type_text)
        self.scale.refused.connect(self.told)
        self.strip.stop_wanted.connect(self._stop_watch)
        board.changed.connect(self._changed)
        board.undo.indexChanged.connect(self._show_undo)
        self._show_undo()

    def around_video(self) -> QWidget:
        """The player with the strip above."""
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strips)
        column.addWidget(self._player, 1)
        return whole

    def open(self, opened: Opened, series: list[Series]) -> None:
        """Show a session's marks; what is drawn already, and not kept yet, stays where it is the same session."""
        whole = opened.session
        self._series = series
        self._name = whole.title or Path(whole.film.name).stem
        if opened.film is None:
            self.close()
            return
        facts = opened.film.facts
        fresh = self.board.session != whole.id
        if fresh or (not self.keeper.owes and self.board.undo.count() == 0):
            self.board.load(whole.id, whole.film.timeline, (facts.width, facts.height), opened.marks, opened.units)
        else:
            self.board.set_poses(opened.marks.originals)
        self._show_poses()
        self.tracking.open(whole.film)
        self.numbers.open(opened)

    def close(self) -> None:
        """The session is left: keep what is owed, forget the rest."""
        if self.keeper.owes:
            self.keeper.save()
        self.tracking.open(None)
        self.numbers.close()
        self.layer.cancel()
        self.hand.take(SELECT)
        self.board.close()

    def shut_down(self) -> None:
        """The window closes."""
        self.numbers.shut_down()

    def take_snapshot(self) -> None:
        """The frame on screen as a picture, with everything drawn on it."""
        line = self.board.timeline
        if line is not None:
            self.pictures.snapshot(self.board.session, self._name, float(line.seconds[self._player.index]))

    def make_kinogram(self) -> None:
        """Several poses in one picture: of the part between in and out, where there is one."""
        line, transport = self.board.timeline, self._player.transport
        if line is None or transport is None:
            return
        whole = (transport.first, transport.last) == (0, len(line) - 1)
        span = None if whole else (float(line.seconds[transport.first]), float(line.seconds[transport.last]))
        self.pictures.kinogram(self.board.session, self._name, span)

    def _changed(self, changes: object) -> None:
        if getattr(changes, "corrections", None):
            self._show_poses()

    def _show_poses(self) -> None:
        self._player.set_overlay(self.board.tracks, self._series)

    def _hand_changed(self) -> None:
        scaling = self.hand.tool.startswith(SCALE_LINE.split("_")[0])
        self.strips.setCurrentWidget(self.scale if scaling else self.strip)
        if self.hand.tool != SELECT:
            self._player.pause()

    def _put_down(self) -> bool:
        """Esc: what was begun, then the tool, then the selection; nothing of it: the key is not ours."""
        steps: tuple[tuple[bool, Callable[[], object]], ...] = (
            (self.tracking.busy, self.tracking.stop),
            (self.layer.busy, self.layer.cancel),
            (self.hand.tool != SELECT, lambda: self.hand.take(SELECT)),
            (self.board.chosen is not None, lambda: self.board.select("")),
        )
        for due, act in steps:
            if due:
                act()
                return True
        return False

    def _delete(self) -> bool:
        chosen = self.board.chosen
        if chosen is not None:
            self.board.delete(chosen.id)
        return chosen is not None

    def _stop_watch(self) -> None:
        chosen, line = self.board.chosen, self.board.timeline
        if chosen is None or line is None:
            return
        numbers = {name: value for name, value in chosen.numbers.items() if name != "stop_pts"}
        if "stop_pts" not in chosen.numbers:
            numbers["stop_pts"] = float(line.pts[self._player.index])
        self.board.change(replace(chosen, numbers=numbers), tr("Stop the stopwatch"))

    def _show_undo(self) -> None:
        undo = self.board.undo
        self.rail.can(undo.undoText() if undo.canUndo() else None, undo.redoText() if undo.canRedo() else None)
