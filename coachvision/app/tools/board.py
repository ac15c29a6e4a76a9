"""What is drawn on one session's picture, and the stack that undoes it. For the tools; knows no widget.

Every change goes through `do`: applied at once, undoable, and told as `changed`, which is what is kept in the library.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from coachvision.core.calibration import Calibration
from coachvision.core.correcting import corrected
from coachvision.core.drawing import Drawing, Tracked
from coachvision.core.results import Track
from coachvision.core.scene import Scene
from coachvision.core.time import Timeline
from coachvision.core.units import Units
from coachvision.services.marks import CorrectionKey, MarkChanges, Marks
from coachvision.words import tr


class Board(QObject):
    """changed: (MarkChanges) was done, undone or redone. selected: the id of the drawing chosen now, or "".

    loaded: another session's marks are here.
    """

    changed = Signal(object)
    selected = Signal(str)
    loaded = Signal()

    def __init__(self, undo: QUndoStack, parent: QObject | None = None) -> None:
        """undo: the session's own, which others use, too; whoever owns it clears it."""
        super().__init__(parent)
        self.undo = undo
        self.session = ""
        self.timeline: Timeline | None = None
        self.size = (0, 0)
        self.units = Units()
        self._drawings: dict[str, Drawing] = {}
        self._corrections: dict[CorrectionKey, tuple[float, float]] = {}
        self._calibration: Calibration | None = None
        self._originals: tuple[tuple[str, Track], ...] = ()
        self._others: tuple[Track, ...] = ()
        self._tracks: tuple[Track, ...] = ()
        self._scene: Scene | None = None
        self._selected = ""

    def load(self, session: str, timeline: Timeline, size: tuple[int, int], marks: Marks, units: Units) -> None:
        """Another session, or the same with what was changed elsewhere; there is nothing to undo in it yet."""
        self.session, self.timeline, self.size, self.units = session, timeline, size, units
        self._drawings = {drawing.id: drawing for drawing in marks.drawings}
        self._corrections = dict(marks.corrections)
        self._calibration = marks.calibration
        self.select("")
        self.set_poses(marks.originals)
        self.loaded.emit()

    def close(self) -> None:
        """No session."""
        self.session, self.timeline, self._originals, self._tracks = "", None, (), ()
        self._drawings, self._corrections, self._calibration, self._scene = {}, {}, None, None
        self.select("")
        self.loaded.emit()

    def set_poses(self, originals: Sequence[tuple[str, Track]]) -> None:
        """The athletes' poses as the analyzers found them, by analyzer: an analysis has ended, say."""
        self._originals = tuple(originals)
        self._correct_tracks()
        self._scene = None

    # -- what there is

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """The oldest (lowest) first."""
        return tuple(self._drawings.values())

    def drawing(self, drawing: str) -> Drawing | None:
        """The one of that id, or None."""
        return self._drawings.get(drawing)

    @property
    def calibration(self) -> Calibration | None:
        """From pixels to metres, or None."""
        return self._calibration

    @property
    def corrections(self) -> Mapping[CorrectionKey, tuple[float, float]]:
        """Every joint that was moved, and where to."""
        return self._corrections

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The athletes' poses with the coach's corrections in them."""
        return self._tracks

    @property
    def scene(self) -> Scene | None:
        """All that is drawn, as it can be asked frame by frame; None without a session."""
        if self._scene is None and self.timeline is not None:
            self._scene = Scene(self.timeline, self.size[1], self.drawings, self._tracks, self._calibration, self.units)
        return self._scene

    @property
    def chosen(self) -> Drawing | None:
        """The drawing that is selected."""
        return self._drawings.get(self._selected)

    def select(self, drawing: str) -> None:
        """Choose a drawing; "" chooses none."""
        if drawing != self._selected:
            self._selected = drawing
            self.selected.emit(drawing)

    def analyzer_of(self, subject: int) -> str:
        """Whose pose track that athlete's is; "" where there is none."""
        return next((name for name, track in self._originals if track.subject == subject), "")

    @staticmethod
    def new_id() -> str:
        """An id for a new drawing."""
        return str(uuid.uuid4())

    # -- what can be done

    def do(self, text: str, changes: MarkChanges, *, merge: str = "") -> None:
        """Do it, undoably. text: for "Undo ..."; merge: successive changes of the same name are undone together."""
        self.undo.push(_Done(self._apply, text, changes, self._now(changes), merge))

    def add(self, drawing: Drawing) -> None:
        """A new drawing, selected."""
        self._change(tr("Draw: {kind}", kind=tr(drawing.title)), {drawing.id: drawing})
        self.select(drawing.id)

    def change(self, drawing: Drawing, text: str, *, merge: str = "") -> None:
        """A drawing is another now; nothing happens where it is the same."""
        if self._drawings.get(drawing.id) != drawing:
            self._change(text, {drawing.id: drawing}, merge)

    def delete(self, drawing: str) -> None:
        """Away with it; what followed it stays where it was on its key frame."""
        gone = self._drawings.get(drawing)
        if gone is None:
            return
        loose: dict[str, Drawing | None] = {}
        for other in self._drawings.values():
            if other.follows(drawing):
                points = tuple(
                    p if p.to is None or p.to != Tracked(drawing) else replace(p, to=None) for p in other.points
                )
                loose[other.id] = replace(other, points=points)
        self._change(tr("Delete: {kind}", kind=tr(gone.title)), {**loose, drawing: None})

    def calibrate(self, calibration: Calibration | None, drawing: Drawing | None = None) -> None:
        """Pixels become metres (None: pixels again), with the drawing that shows by what."""
        drawn: dict[str, Drawing | None] = {} if drawing is None else {drawing.id: drawing}
        text = tr("Set the scale") if calibration is not None else tr("Remove the scale")
        self.do(text, MarkChanges(drawn, {}, (calibration,)))

    def correct(self, moved: Mapping[CorrectionKey, tuple[float, float] | None], text: str = "") -> None:
        """Joints belong elsewhere; None: where the analyzer saw them."""
        self.do(text or tr("Move a joint"), MarkChanges({}, moved))

    def _change(self, text: str, drawings: Mapping[str, Drawing | None], merge: str = "") -> None:
        self.do(text, MarkChanges(drawings), merge=merge)

    # -- how it is done

    def _now(self, changes: MarkChanges) -> MarkChanges:
        """The same drawings, joints and scale as they are now: what undoing brings back."""
        return MarkChanges(
            {key: self._drawings.get(key) for key in changes.drawings},
            {key: self._corrections.get(key) for key in changes.corrections},
            (self._calibration,) if changes.calibrations else (),
        )

    def _apply(self, changes: MarkChanges) -> None:
        for key, drawing in changes.drawings.items():
            if drawing is None:
                self._drawings.pop(key, None)
            else:
                self._drawings[key] = drawing
        for joint, at in changes.corrections.items():
            if at is None:
                self._corrections.pop(joint, None)
            else:
                self._corrections[joint] = at
        if changes.calibrations:
            self._calibration = changes.calibrations[-1]
        if changes.corrections:
            self._correct_tracks()
        self._scene = None
        if self._selected and self._selected not in self._drawings:
            self.select("")
        self.changed.emit(changes)

    def _correct_tracks(self) -> None:
        self._tracks = tuple(
            corrected(
                track,
                [
                    (key[3], key[4], *at)
                    for key, at in self._corrections.items()
                    if key[:3] == (analyzer, track.name, track.subject)
                ],
            )
            for analyzer, track in self._originals
        )


class _Done(QUndoCommand):
    """A change and its opposite. name: successive ones of the same name become one."""

    def __init__(
        self, apply: Callable[[MarkChanges], None], text: str, after: MarkChanges, before: MarkChanges, name: str
    ) -> None:
        super().__init__(text)
        self.apply, self.after, self.before, self.name = apply, after, before, name

    def redo(self) -> None:
        """Do it."""
        self.apply(self.after)

    def undo(self) -> None:
        """Take it back."""
        self.apply(self.before)

    def id(self) -> int:
        """Qt asks for a number; equal ones are offered to be merged."""
        return hash(self.name) & 0x7FFFFFFF if self.name else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take a later one in."""
        if not isinstance(other, _Done) or other.name != self.name:
            return False
        self.before = other.before.then(self.before)
        self.after = self.after.then(other.after)
        return True
