"""What the coach has in hand: the tool, and how the next drawing will look. For the tools; knows no widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from coachvision.core.drawing import KINDS, Drawing, Style
from coachvision.words import said

SELECT, TRACK, SCALE_LINE, SCALE_PLANE, SCALE_HEIGHT = "select", "track", "scale_line", "scale_plane", "scale_height"
# What a tool draws, where it is not the drawing of its own name.
_DRAWS = {SCALE_LINE: "distance", SCALE_PLANE: "plane"}
# Several of these are made one after the other; with the others one is made, then looked at.
_STAYS = ("freehand", "marker")


@dataclass(frozen=True)
class Tool:
    """A tool of the rail. hint: what to do with it, one sentence."""

    id: str
    title: str
    hint: str


TOOLS: tuple[Tool, ...] = (
    Tool(SELECT, said("Select"), said("Click a drawing to change it; drag a joint to where it belongs.")),
    Tool("line", said("Line"), said("Drag from end to end.")),
    Tool("arrow", said("Arrow"), said("Drag to where it points.")),
    Tool("rectangle", said("Rectangle"), said("Drag from corner to corner.")),
    Tool("ellipse", said("Ellipse"), said("Drag from corner to corner.")),
    Tool("freehand", said("Freehand"), said("Draw as with a pen.")),
    Tool("text", said("Text"), said("Click where it shall stand, then type.")),
    Tool("marker", said("Number"), said("Click: each one counts on.")),
    Tool("spotlight", said("Spotlight"), said("Drag from the middle outwards: the rest is dimmed.")),
    Tool("magnifier", said("Magnifier"), said("Drag from what shall be seen larger to where the glass shall be.")),
    Tool("angle", said("Angle"), said("Click one side, the corner, the other side. Points on joints follow them.")),
    Tool("horizontal", said("To horizontal"), said("Drag from the corner along the line.")),
    Tool("vertical", said("To vertical"), said("Drag from the corner along the line.")),
    Tool("distance", said("Distance"), said("Drag from end to end.")),
    Tool("stopwatch", said("Stopwatch"), said("Click where it shall stand: it starts on this frame.")),
    Tool("grid", said("Grid"), said("Drag from corner to corner.")),
    Tool(
        "plane",
        said("Perspective grid"),
        said("Click the four corners of something flat and square, one after the other."),
    ),
    Tool(TRACK, said("Track a point"), said("Click a ball, a bar or a marker: it is followed from here.")),
    Tool(SCALE_LINE, said("Scale"), said("Drag along something whose length you know.")),
)
BY_ID: Mapping[str, Tool] = {tool.id: tool for tool in TOOLS} | {
    SCALE_PLANE: Tool(
        SCALE_PLANE, said("Scale"), said("Click the four corners of a court, a mat or a plate, one after the other.")
    ),
    SCALE_HEIGHT: Tool(
        SCALE_HEIGHT, said("Scale"), said("The athlete's own height, where they stand straight in the film.")
    ),
}


class Hand(QObject):
    """changed: another tool, or another look of the next drawing."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tool = SELECT
        self.style = Style()
        self.sticky = True
        self._last = "arrow"

    @property
    def draws(self) -> str:
        """The kind of drawing the tool makes; "" for none."""
        kind = _DRAWS.get(self.tool, self.tool)
        return kind if kind in KINDS and self.tool != TRACK else ""

    @property
    def stays(self) -> bool:
        """Whether the tool is kept after a drawing was made."""
        return self.tool in _STAYS

    def take(self, tool: str) -> None:
        """Another tool. Raises KeyError for an unknown one."""
        BY_ID[tool]
        if tool == self.tool:
            return
        self.tool = tool
        if tool in KINDS and tool != TRACK:
            self._last = tool
        self.changed.emit()

    def take_last(self) -> None:
        """The drawing tool that was used last."""
        self.take(self._last)

    def wear(self, **style: object) -> None:
        """Fields of the next drawing's style."""
        self.style = replace(self.style, **style)  # type: ignore[arg-type]  # names are checked by the dataclass
        self.changed.emit()

    def stick(self, on: bool) -> None:
        """Whether points near a joint or a tracked point follow it."""
        self.sticky = on
        self.changed.emit()

    def finished(self, drawing: Drawing, others: tuple[Drawing, ...]) -> Drawing:
        """The drawing as it is kept: seen as its kind is, a marker with the next number."""
        numbers = dict(drawing.numbers)
        if drawing.kind == "marker":
            numbers["number"] = 1 + max((d.numbers.get("number", 0) for d in others if d.kind == "marker"), default=0)
        followed = any(point.to is not None for point in drawing.points)
        return replace(drawing, numbers=numbers, whole=KINDS[drawing.kind].whole or followed)
