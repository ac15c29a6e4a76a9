"""What a coach tags in a film: boards of buttons, moments made by pressing them, clips for playlists. Pure.

Times are pts (ticks) of the film, always those of frames it has. A moment is an instant (end_pts None) or a span.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from coachvision.core.time import Timeline
from coachvision.errors import UsageError

MOST_BUTTONS = 60
LONGEST_S = 600.0
_AROUND_S = 2.0
MARKER = "Marker"
MARKER_COLOUR = "#f0e442"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
# Told apart by the colour-blind, too (Okabe and Ito 2008), and none is the black or white of a theme's ground.
COLOURS = ("#009e73", "#e69f00", "#56b4e9", "#cc79a7", "#d55e00", "#0072b2", "#f0e442", "#999999")


@dataclass(frozen=True)
class Button:
    """One button of a board. key: "" or a letter or digit. two_clicks: the first press begins, the second ends.

    lead_s, lag_s: seconds before the (first) and after the (last) press that belong to the moment.
    descriptors: words that may be added to the moment.
    """

    name: str
    colour: str = COLOURS[0]
    key: str = ""
    lead_s: float = 0.0
    lag_s: float = 0.0
    two_clicks: bool = False
    descriptors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise UsageError("The button needs a name", "The name is empty")
        if not _COLOUR.fullmatch(self.colour):
            raise UsageError("No such colour", f"{self.colour!r} is not a colour like #009e73")
        if len(self.key) > 1 or (self.key and not self.key.isalnum()):
            raise UsageError("No such key", f"{self.key!r} is not one letter or digit")
        for seconds in (self.lead_s, self.lag_s):
            # Written so that NaN is refused as well.
            if not 0 <= seconds <= LONGEST_S:
                raise UsageError("The time is out of range", f"Lead and lag are 0 to {LONGEST_S:g} seconds")


@dataclass(frozen=True)
class Board:
    """A coach's buttons, in the order in which they lie. No name and no key belongs to two of them."""

    name: str
    buttons: tuple[Button, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise UsageError("The board needs a name", "The name is empty")
        if len(self.buttons) > MOST_BUTTONS:
            raise UsageError("Too many buttons", f"A board has room for {MOST_BUTTONS}")
        names = [button.name for button in self.buttons]
        for name in names:
            if names.count(name) > 1:
                raise UsageError("One name for two buttons", f"“{name}” is on the board twice")
        keys = [button.key.casefold() for button in self.buttons if button.key]
        for key in keys:
            if keys.count(key) > 1:
                raise UsageError("One key for two buttons", f"{key.upper()} presses more than one button")

    def for_key(self, key: str) -> Button | None:
        """The button with that key; without one, a digit presses the button at that place, from 1."""
        for button in self.buttons:
            if button.key and button.key.casefold() == key.casefold():
                return button
        if key in set("123456789") and int(key) <= len(self.buttons):
            return self.buttons[int(key) - 1]
        return None


@dataclass(frozen=True)
class Moment:
    """Something the coach saw: its category (the button's name), when, and what he adds in words.

    lead_s, lag_s: what the button added before and after the press; an edge that was dragged has lost that.
    """

    category: str
    start_pts: int
    end_pts: int | None = None
    colour: str = COLOURS[0]
    descriptors: tuple[str, ...] = ()
    note: str = ""
    lead_s: float = 0.0
    lag_s: float = 0.0

    def __post_init__(self) -> None:
        if self.end_pts is not None and self.end_pts <= self.start_pts:
            raise ValueError(f"a span from {self.start_pts} to {self.end_pts}")
        if not _COLOUR.fullmatch(self.colour):
            raise ValueError(f"{self.colour!r} is no colour")


@dataclass(frozen=True)
class Clip:
    """A part of a session's film in a playlist, both ends shown. title: over the film; note: under the title."""

    session_id: str
    start_pts: int
    end_pts: int
    title: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.end_pts < self.start_pts:
            raise ValueError(f"a clip from {self.start_pts} to {self.end_pts}")


DEFAULT_BOARD = Board(
    "My board",
    (
        Button("Good", COLOURS[0], "1", 3.0, 2.0),
        Button("To work on", COLOURS[1], "2", 3.0, 2.0, descriptors=("Technique", "Timing", "Position", "Effort")),
        Button("Attempt", COLOURS[2], "3", 0.0, 0.0, two_clicks=True, descriptors=("Valid", "Not valid")),
        Button("Talk about", COLOURS[3], "4", 5.0, 5.0),
    ),
)


class Tagger:
    """Turns presses into moments. Of buttons with two clicks it remembers the first."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[Button, int]] = {}

    @property
    def waiting(self) -> frozenset[str]:
        """Names of the buttons that were pressed once and wait for the second press."""
        return frozenset(self._open)

    def press(self, button: Button, pts: int, timeline: Timeline) -> Moment | None:
        """The moment that this press makes; None for the first of two clicks."""
        if not button.two_clicks:
            return tagged(button, pts, pts, timeline)
        if button.name not in self._open:
            self._open[button.name] = (button, pts)
            return None
        began_with, first = self._open.pop(button.name)
        return tagged(began_with, first, pts, timeline)

    def forget(self) -> None:
        """Drop every first click."""
        self._open.clear()


def tagged(button: Button, first_pts: int, last_pts: int, timeline: Timeline) -> Moment:
    """The moment between two presses (in either order) with the button's lead and lag, within the film.

    Both edges are frames of the film; where they are the same frame, it is an instant.
    """
    first, last = sorted((first_pts, last_pts))
    start = frame_at(timeline, timeline.seconds_of(first) - button.lead_s)
    end = frame_at(timeline, timeline.seconds_of(last) + button.lag_s)
    return Moment(
        button.name,
        start,
        end if end > start else None,
        button.colour,
        lead_s=button.lead_s,
        lag_s=button.lag_s,
    )


def clip_around(
    session_id: str, start_pts: int, end_pts: int | None, timeline: Timeline, *, title: str = "", note: str = ""
) -> Clip:
    """The clip of a moment: a span as it is, an instant with two seconds on either side, within the film."""
    if end_pts is not None and end_pts > start_pts:
        return Clip(session_id, start_pts, end_pts, title, note)
    seconds = timeline.seconds_of(start_pts)
    start, end = frame_at(timeline, seconds - _AROUND_S), frame_at(timeline, seconds + _AROUND_S)
    return Clip(session_id, start, end, title, note)


def marker(pts: int) -> Moment:
    """An instant of no category of the board."""
    return Moment(MARKER, pts, None, MARKER_COLOUR)


def frame_at(timeline: Timeline, seconds: float) -> int:
    """The pts of the frame on screen at that time, within the film. Raises ValueError for a film without frames."""
    return int(timeline.pts[timeline.index_at(seconds)])


def nearest_frame(timeline: Timeline, pts: int) -> int:
    """The pts of the frame nearest to any pts. Raises ValueError for a film without frames."""
    if not len(timeline):
        raise ValueError("no frames")
    at = int(np.searchsorted(timeline.pts, pts))
    near = timeline.pts[max(0, at - 1) : at + 1]
    return int(near[np.argmin(np.abs(near - pts))])


def with_start(moment: Moment, pts: int, timeline: Timeline) -> Moment:
    """The moment with another beginning: at a frame, and a frame before its end at the latest."""
    end = moment.start_pts if moment.end_pts is None else moment.end_pts
    start = min(nearest_frame(timeline, pts), _neighbour(timeline, end, -1))
    return replace(moment, start_pts=start, end_pts=end if end > start else None, lead_s=0.0)


def with_end(moment: Moment, pts: int, timeline: Timeline) -> Moment:
    """The moment with another end: at a frame, and a frame after its beginning at the earliest."""
    end = max(nearest_frame(timeline, pts), _neighbour(timeline, moment.start_pts, 1))
    return replace(moment, end_pts=end if end > moment.start_pts else None, lag_s=0.0)


def moved_by(moment: Moment, seconds: float, timeline: Timeline) -> Moment:
    """The whole moment so many seconds later (or earlier), as far as the film goes; its length stays, to the frame."""
    start = timeline.seconds_of(moment.start_pts)
    end = start if moment.end_pts is None else timeline.seconds_of(moment.end_pts)
    seconds = min(max(seconds, -start), float(timeline.seconds[-1]) - end)
    begin = nearest_frame(timeline, int(timeline.ticks_at(np.array([start + seconds]))[0]))
    stop = nearest_frame(timeline, int(timeline.ticks_at(np.array([end + seconds]))[0]))
    return replace(moment, start_pts=begin, end_pts=stop if moment.end_pts is not None and stop > begin else None)


def _neighbour(timeline: Timeline, pts: int, by: int) -> int:
    """The pts of the frame beside the one nearest to `pts`; that one itself at the film's ends."""
    at = timeline.index_of(nearest_frame(timeline, pts)) + by
    return int(timeline.pts[min(max(at, 0), len(timeline) - 1)])


@dataclass(frozen=True)
class Row:
    """One line of the timeline: a category, its colour, its moments by time (as places in what was given)."""

    category: str
    colour: str
    numbers: tuple[int, ...] = field(default=())


def rows_of(moments: Sequence[Moment]) -> tuple[Row, ...]:
    """The moments by category, those with the earliest first; the newest moment's colour is its row's."""
    found: dict[str, list[int]] = {}
    for number in sorted(range(len(moments)), key=lambda n: (moments[n].start_pts, n)):
        found.setdefault(moments[number].category, []).append(number)
    return tuple(Row(name, moments[max(numbers)].colour, tuple(numbers)) for name, numbers in found.items())


def button_data(button: Button) -> dict[str, Any]:
    """The button as plain data for JSON."""
    return {
        "name": button.name,
        "colour": button.colour,
        "key": button.key,
        "lead_s": button.lead_s,
        "lag_s": button.lag_s,
        "two_clicks": button.two_clicks,
        "descriptors": list(button.descriptors),
    }


def button_from(data: Mapping[str, Any]) -> Button:
    """A button out of plain data; what a newer version added is left out. Raises UsageError, KeyError, TypeError."""
    return Button(
        str(data["name"]),
        str(data.get("colour", COLOURS[0])),
        str(data.get("key", "")),
        float(data.get("lead_s", 0.0)),
        float(data.get("lag_s", 0.0)),
        bool(data.get("two_clicks", False)),
        tuple(str(word) for word in data.get("descriptors", ())),
    )


def clip_data(clip: Clip) -> dict[str, Any]:
    """The clip as plain data for JSON."""
    return {
        "session_id": clip.session_id,
        "start_pts": clip.start_pts,
        "end_pts": clip.end_pts,
        "title": clip.title,
        "note": clip.note,
    }


def clip_from(data: Mapping[str, Any]) -> Clip:
    """A clip out of plain data. Raises KeyError, TypeError, ValueError."""
    return Clip(
        str(data["session_id"]),
        int(data["start_pts"]),
        int(data["end_pts"]),
        str(data.get("title", "")),
        str(data.get("note", "")),
    )
