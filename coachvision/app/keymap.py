"""Every command of the window and the keys that do it, in one table. For `app` alone: whoever has keys binds them here.

A widget binds commands to what it does; a key goes to the widget that has the focus, then outwards, and the first bound
command that fits has it. So text fields keep what is typed in them, and the innermost widget wins. A handler that
answers False has not used the key: it goes on outwards. The coach's own keys are kept in the settings; `adopt` puts
them on, and they hold from the next key press.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from coachvision.words import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractItemView

Handler = Callable[[], object]

ANYWHERE, LIBRARY, PLAYING, DRAWING, TAGGING, COMPARING, CAPTURING = (
    "Anywhere", "In the library", "Playing", "On the video", "Tagging", "Comparing", "Capturing",
)  # fmt: skip
GROUPS = (PLAYING, DRAWING, TAGGING, COMPARING, ANYWHERE, LIBRARY, CAPTURING)
# Groups whose commands can be meant by one key press: the session's, and the comparing of two.
_TOGETHER = frozenset((PLAYING, DRAWING, TAGGING, COMPARING))


@dataclass(frozen=True)
class Command:
    """Something a key does. keys: as Qt writes them ("Ctrl+Right"), any of them.

    repeats: again while the key is held. steps_aside: may share a key with another command, since it says whether it
    used it. gesture: what the mouse does instead of keys; such a command is shown, not bound.
    """

    id: str
    title: str
    group: str
    keys: tuple[str, ...]
    repeats: bool = False
    steps_aside: bool = False
    gesture: str = ""


COMMANDS: tuple[Command, ...] = (
    Command("play.toggle", "Play or pause", PLAYING, ("Space", "K")),
    Command("play.frame_on", "One frame on", PLAYING, ("Right",), repeats=True),
    Command("play.frame_back", "One frame back", PLAYING, ("Left",), repeats=True),
    Command("play.ten_on", "10 frames on", PLAYING, ("Shift+Right",), repeats=True),
    Command("play.ten_back", "10 frames back", PLAYING, ("Shift+Left",), repeats=True),
    Command("play.second_on", "1 second on", PLAYING, ("Ctrl+Right",), repeats=True),
    Command("play.second_back", "1 second back", PLAYING, ("Ctrl+Left",), repeats=True),
    Command("play.forwards", "Forwards, faster each time", PLAYING, ("L",)),
    Command("play.backwards", "Backwards, faster each time", PLAYING, ("J",)),
    Command("play.first", "First frame", PLAYING, ("Home",)),
    Command("play.last", "Last frame", PLAYING, ("End",)),
    Command("play.faster", "25 % faster", PLAYING, ("Up",), repeats=True),
    Command("play.slower", "25 % slower", PLAYING, ("Down",), repeats=True),
    Command("play.little_faster", "5 % faster", PLAYING, ("Shift+Up",), repeats=True),
    Command("play.little_slower", "5 % slower", PLAYING, ("Shift+Down",), repeats=True),
    Command("play.in", "In point here", PLAYING, ("I",)),
    Command("play.out", "Out point here", PLAYING, ("O",)),
    Command("play.loop", "Loop between in and out", PLAYING, ("\\",)),
    Command("play.go_to", "Go to a time or frame", PLAYING, ("G",)),
    Command("play.zoom_athlete", "Zoom to the athlete, and back", PLAYING, ("Z",)),
    Command("play.whole", "Forget in and out", PLAYING, ("Shift+I",)),
    Command("play.rotate", "Turn the picture", PLAYING, ("Shift+R",)),
    Command("play.mirror", "Mirror the picture", PLAYING, ("Shift+X",)),
    Command("play.mute", "Sound on, off", PLAYING, ("Shift+M",)),
    Command("play.skeleton", "Skeleton on, off", PLAYING, ("Shift+S",)),
    Command("play.angles", "Angles on, off", PLAYING, ("Shift+A",)),
    Command("play.trails", "Trails on, off", PLAYING, ("Shift+T",)),
    Command("play.confidence", "Unsure parts faint, or not", PLAYING, ("Shift+C",)),
    Command("play.zoom", "Zoom", PLAYING, (), gesture="Ctrl + wheel"),
    Command("play.pan", "Move the picture", PLAYING, (), gesture="Middle button, drag"),
    Command("draw.start", "Draw", DRAWING, ("D",)),
    Command("draw.select", "Select; put the tool down", DRAWING, ("Esc",), steps_aside=True),
    Command("draw.delete", "Delete what is selected", DRAWING, ("Delete", "Backspace")),
    Command("draw.snapshot", "Snapshot", DRAWING, ("C",)),
    Command("tag.marker", "Marker here", TAGGING, ("M",)),
    Command("tag.split", "Split here", TAGGING, ("B",)),
    *(Command(f"tag.{n}", f"Tag {n} of the board", TAGGING, (f"{n}",)) for n in range(1, 10)),
    Command("compare.sync", "Sync point here", COMPARING, ("F8",)),
    Command("edit.undo", "Undo", ANYWHERE, ("Ctrl+Z",), repeats=True),
    Command("edit.redo", "Redo", ANYWHERE, ("Ctrl+Shift+Z", "Ctrl+Y"), repeats=True),
    Command("window.add", "Add videos", ANYWHERE, ("Ctrl+O",)),
    Command("window.recent", "Recently opened", ANYWHERE, ("Ctrl+Shift+O",)),
    Command("window.search", "Search", ANYWHERE, ("Ctrl+F",)),
    Command("window.full_screen", "Full screen", ANYWHERE, ("F", "F11")),
    Command("window.back", "Back to the library", ANYWHERE, ("Esc",), steps_aside=True),
    Command("window.library", "Library", ANYWHERE, ("Ctrl+1",)),
    Command("window.compare", "Compare", ANYWHERE, ("Ctrl+2",)),
    Command("window.capture", "Capture", ANYWHERE, ("Ctrl+3",)),
    Command("window.progress", "Progress", ANYWHERE, ("Ctrl+4",)),
    Command("window.activity", "Activity", ANYWHERE, ("Ctrl+5",)),
    Command("window.account", "Account", ANYWHERE, ("Ctrl+6",)),
    Command("window.playlists", "Playlists", ANYWHERE, ("Ctrl+8",)),
    Command("window.settings", "Settings", ANYWHERE, ("Ctrl+,", "Ctrl+7")),
    Command("window.keys", "All keys", ANYWHERE, ("?", "F1")),
    Command("library.open", "Open", LIBRARY, ("Return",)),
    Command("library.all", "Select all", LIBRARY, ("Ctrl+A",)),
    Command("library.analyze", "Analyze what is selected", LIBRARY, ("Ctrl+R",)),
    Command("library.tag", "Tag what is selected", LIBRARY, ("Ctrl+T",)),
    Command("library.export", "Export what is selected", LIBRARY, ("Ctrl+E",)),
    Command("library.trash", "Put into the trash", LIBRARY, ("Delete",)),
    Command("capture.record", "Record, stop recording", CAPTURING, ("R", "Space")),
    Command("capture.delay_more", "1 s more delay", CAPTURING, ("Up",), repeats=True),
    Command("capture.delay_less", "1 s less delay", CAPTURING, ("Down",), repeats=True),
)  # fmt: skip
_BY_ID = {command.id: command for command in COMMANDS}
_chosen: dict[str, tuple[str, ...]] = {}


def find(command: str) -> Command:
    """The command of that id. Raises KeyError."""
    return _BY_ID[command]


def keys(command: str) -> tuple[str, ...]:
    """The keys of a command as they are now."""
    return _chosen.get(command, _BY_ID[command].keys)


def adopt(chosen: Mapping[str, Iterable[str]]) -> list[str]:
    """Put on the coach's own keys; what is not named has its default.

    Returns what could not be put on, in words: commands this version does not know, keys that are none.
    """
    from coachvision.app import key_events

    _chosen.clear()
    trouble: list[str] = []
    for command, given in chosen.items():
        wanted = tuple(given)
        if command not in _BY_ID:
            keys_told = ", ".join(wanted) or tr("no key")
            trouble.append(tr("There is no command “{command}” for {keys}.", command=command, keys=keys_told))
        elif odd := [key for key in wanted if key_events.parsed(key) is None]:
            trouble.append(tr("{title}: there is no key “{key}”.", title=tr(_BY_ID[command].title), key=odd[0]))
        else:
            _chosen[command] = wanted
    return trouble


def same(one: str, other: str) -> bool:
    """Whether two writings mean one key."""
    from coachvision.app import key_events

    return key_events.parsed(one) == key_events.parsed(other)


def conflicts(command: str, key: str) -> list[Command]:
    """The other commands that this key would mean at the same time."""
    from coachvision.app import key_events

    mine, wanted = _BY_ID[command], key_events.parsed(key)
    return [
        other
        for other in COMMANDS
        if other.id != command
        and _meet(mine, other)
        and not (mine.steps_aside and other.steps_aside)
        and any(key_events.parsed(taken) == wanted for taken in keys(other.id))
    ]


def words(command: str) -> str:
    """Its keys as people read them: `Space or K`, `Ctrl + →`; the gesture where there are none; "" without either."""
    return f" {tr('or')} ".join(_readable(key) for key in keys(command)) or tr(_BY_ID[command].gesture)


def hint(command: str) -> str:
    """For a tool tip: what it does and its key."""
    told = words(command)
    title = tr(_BY_ID[command].title)
    return f"{title}  ({told})" if told else title


def bind(widget: QWidget, handlers: Mapping[str, Handler]) -> None:
    """Let the commands' keys do that while the focus is in the widget. Raises KeyError for an unknown command."""
    for command in handlers:
        find(command)
    widget.installEventFilter(_Binding(widget, dict(handlers)))


def pass_letters(view: QAbstractItemView) -> None:
    """Let a list hand letters on to commands instead of jumping to the row that begins so."""
    view.installEventFilter(_Letters(view))


def sheet() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What the sheet of keys shows: (group, [(keys, what they do)]); commands without a key are left out."""
    for group in GROUPS:
        rows = [(words(c.id), tr(c.title)) for c in COMMANDS if c.group == group and words(c.id)]
        tags = [(words(c.id), tr(c.title)) for c in COMMANDS if c.group == group and c.id[4:].isdigit()]
        if len(tags) == 9 and [row[0] for row in tags] == [str(n) for n in range(1, 10)]:
            rows = [row for row in rows if row not in tags] + [
                (tr("{start} to {end}", start=1, end=9), tr("Tags of the board"))
            ]
        yield group, rows


class _Binding(QObject):
    """Sees a widget's key presses before the widget does."""

    def __init__(self, widget: QWidget, handlers: Mapping[str, Handler]) -> None:
        super().__init__(widget)
        self._handlers = handlers

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        from coachvision.app import key_events

        pressed = key_events.pressed(event)
        if pressed is None:
            return False
        for command, handler in self._handlers.items():
            if any(key_events.parsed(key) == pressed for key in keys(command)):
                if event.isAutoRepeat() and not _BY_ID[command].repeats:
                    event.accept()
                    return True
                if handler() is not False:
                    event.accept()
                    return True
        return False


class _Letters(QObject):
    """Makes a list ignore letters, so that they go outwards."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        text = event.text()
        if len(text) != 1 or not text.isprintable() or text == " ":
            return False
        # Handled as far as the list goes, but not accepted: Qt asks the parent next.
        event.ignore()
        return True


def _meet(one: Command, other: Command) -> bool:
    groups = {one.group, other.group}
    return len(groups) == 1 or ANYWHERE in groups or groups <= _TOGETHER


_SIGNS = {"Right": "→", "Left": "←", "Up": "↑", "Down": "↓", "Return": "Enter", "Escape": "Esc", "Del": "Delete"}


def _readable(key: str) -> str:
    # A plus sign alone is a key, not a joint.
    parts = [key] if key == "+" else key.split("+")
    return " + ".join(_SIGNS.get(part, part) for part in parts)
