"""What a drag or some clicks on the video make of a drawing, as data: begun, moved, ended. For the tools' layer.

Places are upright pixels of the video. A gesture holds the drawing as it would be; the layer gives it to the board.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from coachvision.core.drawing import KINDS, Anchor, Drawing, Style
from coachvision.core.picture import Point, distance

# Finds what a point near a place would follow: the anchor with its target, or just the place.
Catch = Callable[[Point], Anchor]


@dataclass
class Making:
    """A new drawing, point by point. slack: a click moves less than this, pixels of the video."""

    kind: str
    catch: Catch
    drawing_id: str
    key_pts: int
    style: Style
    slack: float
    numbers: dict[str, float]

    def __post_init__(self) -> None:
        self._points: list[Anchor] = []
        self._free: Anchor | None = None
        self._pressed: Point | None = None

    @property
    def whole(self) -> bool:
        """Whether it has all its points."""
        return (len(self._points) >= KINDS[self.kind].least and KINDS[self.kind].gesture != "free") or (
            KINDS[self.kind].gesture == "free" and len(self._points) >= 2 and self._pressed is None
        )

    def press(self, at: Point) -> None:
        """A button went down: another point."""
        self._pressed = at
        self._points.append(self.catch(at))
        self._free = None

    def move(self, at: Point) -> None:
        """The mouse moved: the next point would be there."""
        if KINDS[self.kind].gesture == "free":
            if self._pressed is not None and distance(self._points[-1].place, at) >= self.slack / 2:
                self._points.append(Anchor(*at))
        elif KINDS[self.kind].gesture == "place":
            if self._pressed is not None:
                self._points[-1] = self.catch(at)
        else:
            self._free = self.catch(at)

    def release(self, at: Point) -> None:
        """The button went up: away from where it went down, that is a point, too."""
        pressed, self._pressed = self._pressed, None
        if KINDS[self.kind].gesture in ("free", "place") or pressed is None:
            return
        if distance(pressed, at) > self.slack and len(self._points) < KINDS[self.kind].least:
            self._points.append(self.catch(at))
        self._free = None

    def drawing(self) -> Drawing | None:
        """As it is so far, where that can be shown: missing points lie where the mouse is."""
        kind = KINDS[self.kind]
        points = [*self._points, self._free] if self._free is not None else list(self._points)
        found = [point for point in points if point is not None]
        if not found or (kind.gesture == "free" and len(found) < 2):
            return None
        if len(found) < kind.least:
            found += [found[-1]] * (kind.least - len(found))
        return Drawing(
            self.drawing_id, self.kind, tuple(found[: kind.most]), self.key_pts, style=self.style, numbers=self.numbers
        )

    def spots(self) -> Sequence[Point]:
        """The points that are fixed already: marked while others are missing."""
        return [] if KINDS[self.kind].gesture == "free" else [point.place for point in self._points]


def baked(drawing: Drawing, now: Sequence[Point]) -> Drawing:
    """The drawing as it stands on a frame: what follows something goes on following it from there."""
    if drawing.kind == "track":
        return drawing
    points = tuple(Anchor(*place, anchor.to) for anchor, place in zip(drawing.points, now, strict=True))
    return replace(drawing, points=points)


def with_point(drawing: Drawing, number: int, anchor: Anchor) -> Drawing:
    """The (baked) drawing with one point elsewhere."""
    points = list(drawing.points)
    points[number] = anchor
    return replace(drawing, points=tuple(points))


def shifted(drawing: Drawing, dx: float, dy: float) -> Drawing:
    """The (baked) drawing moved; points that follow something stay with it."""
    points = tuple(p if p.to is not None else Anchor(p.x + dx, p.y + dy) for p in drawing.points)
    return replace(drawing, points=points)
