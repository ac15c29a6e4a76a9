"""The coach's settings, declared once: pages, command line and rooms all read this one list. Just above the base.

Stored as `settings.toml` in the settings folder, where a dotted name is a table and a key. What this version does not
know is kept; what does not fit falls back to its default and is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from sys import float_info
from typing import Any, Literal, TypeGuard, TypeVar

from coachvision import paths, tomlfile
from coachvision.errors import UsageError

FILE_NAME = "settings.toml"
# The table of keys chosen for commands; which commands there are is known to the window alone.
_KEYS = "keys"
Value = bool | int | float | str
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting. name: dotted, as in the file. help: one sentence. unit: of a number, "" where it has none."""

    name: str
    type: Literal["integer", "number", "boolean", "text", "choice"]
    default: Value
    label: str
    help: str
    minimum: int | float | None = None
    maximum: int | float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""

    def check(self, value: object) -> Value:
        """The value, where it is of the right type and within bounds. Raises UsageError saying what is allowed."""
        if not self._fits(value):
            raise self._refused(value)
        return float(value) if self.type == "number" else value

    def _fits(self, value: object) -> TypeGuard[Value]:
        if self.type == "boolean":
            return isinstance(value, bool)
        if self.type == "choice":
            return isinstance(value, str) and value in self.choices
        if self.type == "text":
            # A lone half of a pair cannot be written to a file.
            return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)
        # A switch is no number, though Python takes it for one.
        if isinstance(value, bool) or not isinstance(value, int if self.type == "integer" else int | float):
            return False
        # No infinity, no NaN, and no whole number that is too large to be counted with.
        if not abs(value) <= float_info.max:
            return False
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)

    def _refused(self, value: object) -> UsageError:
        return UsageError(f"The setting {self.name} cannot be {value!r}", f"It must be {self.allowed}.")

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        if self.type == "choice":
            return (
                " or ".join((", ".join(self.choices[:-1]), self.choices[-1])) if self.choices[1:] else self.choices[0]
            )
        words = {"integer": "a whole number", "number": "a number", "boolean": "true or false", "text": "text"}[
            self.type
        ]
        unit = f" {self.unit}" if self.unit else ""
        if self.minimum is not None and self.maximum is not None:
            return f"{words} from {self.minimum} to {self.maximum}{unit}"
        if self.minimum is not None:
            return f"{words} of at least {self.minimum}{unit}"
        return f"{words} of at most {self.maximum}{unit}" if self.maximum is not None else words


SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="look.theme", type="choice", default="dark", choices=("dark", "light", "system"),
        label="Theme", help="Dark keeps the video the brightest thing; system follows the desktop.",
    ),
    Setting(
        name="look.language", type="text", default="en",
        label="Language", help="en, or the name of a catalogue of texts; seen from the next start.",
    ),
    Setting(
        name="units.length", type="choice", default="m", choices=("m", "cm", "ft-in"),
        label="Lengths", help="How lengths are shown; files keep metres.",
    ),
    Setting(
        name="units.speed", type="choice", default="m/s", choices=("m/s", "km/h", "mph"),
        label="Speeds", help="How speeds are shown; files keep metres per second.",
    ),
    Setting(
        name="analysis.people", type="integer", default=4, minimum=1, maximum=8,
        label="People followed", help="At most so many athletes are followed at once; more take longer.",
    ),
    Setting(
        name="analysis.memory_limit_mb", type="integer", default=4096, minimum=512, maximum=1_048_576, unit="MB",
        label="Memory of an analysis", help="An analyzer that takes more is ended; the rest of the run goes on.",
    ),
    Setting(
        name="analysis.stall_timeout_s", type="integer", default=60, minimum=5, maximum=3600, unit="s",
        label="Patience with a plugin", help="A plugin that makes no progress for so long is ended.",
    ),
    Setting(
        name="analysis.auto", type="boolean", default=True,
        label="Analyze by itself", help="A video that is added to the window is analyzed without being asked.",
    ),
    Setting(
        name="analysis.on_battery", type="choice", default="wait", choices=("wait", "analyze"),
        label="On battery", help="An analysis takes all there is: it waits for mains power, or begins at once.",
    ),
    Setting(
        name="capture.source", type="text", default="",
        label="Camera", help="The camera used last: its device or, of a network camera, its address (RTSP or MJPEG).",
    ),
    Setting(
        name="capture.delay_s", type="integer", default=0, minimum=0, maximum=60, unit="s",
        label="Delayed view", help="So long after it is filmed it is seen: time to walk back and watch oneself.",
    ),
    Setting(
        name="import.watch_folder", type="text", default="",
        label="Watch a folder", help="New videos in this folder are added by themselves; empty for none.",
    ),
    Setting(
        name="import.copy", type="boolean", default=True,
        label="Copy videos into the library", help="Otherwise the library refers to the file where it lies.",
    ),
    Setting(
        name="import.proxy", type="boolean", default=True,
        label="Make a fast preview", help="A small copy that can be scrubbed without delay; it takes some disk space.",
    ),
    Setting(
        name="cloud.supabase_url", type="text", default="",
        label="Sign-in address", help="Your club's service.toml sets it; empty: no accounts, everything stays here.",
    ),
    Setting(
        name="cloud.supabase_publishable_key", type="text", default="",
        label="Sign-in key", help="The publishable key that belongs to the address.",
    ),
    Setting(
        name="cloud.gateway", type="text", default="",
        label="Cloud address", help="Where sessions are kept for those who signed in.",
    ),
    Setting(
        name="cloud.token_file", type="text", default="",
        label="Token file", help="Only for a box without a keyring: a file for you alone takes its place.",
    ),
    Setting(
        name="sync.limit_kb_s", type="integer", default=0, minimum=0, maximum=10_000_000, unit="kB/s",
        label="Send no faster than", help="Leaves room for others on a slow line; 0 means as fast as it goes.",
    ),
    Setting(
        name="sync.metered", type="boolean", default=False,
        label="Send on metered connections", help="Otherwise sync waits while the system calls the connection metered.",
    ),
    Setting(
        name="bucket.endpoint", type="text", default="",
        label="The club's own bucket", help="Sync keeps everything there instead; set up on the account screen.",
    ),
    Setting(name="bucket.name", type="text", default="", label="The bucket's name", help="As the storage calls it."),
    Setting(
        name="bucket.region", type="text", default="auto",
        label="The bucket's region", help="As the storage calls it; auto for Cloudflare R2.",
    ),
    Setting(
        name="bucket.prefix", type="text", default="",
        label="The bucket's prefix", help="Everything lies below it; empty, or ending in a slash.",
    ),
    Setting(
        name="bucket.key_id", type="text", default="",
        label="The bucket's key", help="The id of the key; its secret lies in the system's keyring.",
    ),
)  # fmt: skip

_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class Settings:
    """Every setting's value. warnings: which values of the file do not fit, in words for the coach."""

    values: Mapping[str, Value]
    warnings: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Value:
        """The value of that setting. Raises KeyError for a name that is not declared."""
        return self.values[name]

    def whole(self, name: str) -> int:
        """The value of an integer setting."""
        return self._typed(name, int)

    def switch(self, name: str) -> bool:
        """The value of a boolean setting."""
        return self._typed(name, bool)

    def text(self, name: str) -> str:
        """The value of a text or choice setting."""
        return self._typed(name, str)

    def _typed(self, name: str, kind: type[T]) -> T:
        value = self.values[name]
        if type(value) is not kind:
            raise TypeError(f"the setting {name} is not of type {kind.__name__}")
        return value


def load(folder: Path | None = None) -> Settings:
    """All settings; defaults where the file says nothing or nothing sensible. folder: default `paths.config_dir()`.

    Raises CoachVisionError where the file exists and the system does not let it be read.
    """
    tables = tomlfile.read(_file(folder))
    warnings = []
    values: dict[str, Value] = {}
    for setting in SETTINGS:
        given = _look_up(tables, setting.name)
        values[setting.name] = setting.default
        if given is None:
            continue
        try:
            values[setting.name] = setting.check(given)
        except UsageError as error:
            warnings.append(f"{FILE_NAME}: {error.title}; {setting.default!r} is used. {error.message}")
    return Settings(values, tuple(warnings))


def save(name: str, value: object, folder: Path | None = None) -> Settings:
    """Change one setting, as `save_all`."""
    return save_all({name: value}, folder)


def save_all(values: Mapping[str, object], folder: Path | None = None) -> Settings:
    """Change settings in one atomic write, keeping everything else in the file; the settings as they are then.

    Raises UsageError for an unknown name or a value out of bounds, CoachVisionError where it cannot be written.
    """
    checked = {name: find(name).check(value) for name, value in values.items()}
    path = _file(folder)
    tables = tomlfile.read(path)
    for name, value in checked.items():
        _put(tables, name, value)
    tomlfile.write(path, tables)
    return load(folder)


def load_keys(folder: Path | None = None) -> dict[str, tuple[str, ...]]:
    """The keys the coach chose for commands, by command; what is no list of texts is left out.

    Raises CoachVisionError where the file exists and the system does not let it be read.
    """
    given = tomlfile.read(_file(folder)).get(_KEYS)
    chosen = given.items() if isinstance(given, dict) else ()
    return {
        command: tuple(keys)
        for command, keys in chosen
        if isinstance(keys, list) and all(isinstance(key, str) for key in keys)
    }


def save_keys(command: str, keys: Sequence[str] | None, folder: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Choose a command's keys, in one atomic write; None: its own again. Returns all that are chosen then.

    Raises CoachVisionError where it cannot be written.
    """
    path = _file(folder)
    tables = tomlfile.read(path)
    given = tables.get(_KEYS)
    chosen = dict(given) if isinstance(given, dict) else {}
    chosen.pop(command, None)
    if keys is not None:
        chosen[command] = list(keys)
    tomlfile.write(path, {**tables, _KEYS: chosen})
    return load_keys(folder)


def find(name: str) -> Setting:
    """The declaration of that name. Raises UsageError, with the nearest name as a hint."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    close = get_close_matches(name, _BY_NAME, n=1)
    hint = f"Did you mean {close[0]}?" if close else f"Settings: {', '.join(_BY_NAME)}."
    raise UsageError(f"There is no setting {name!r}", hint=hint)


def _look_up(tables: Mapping[str, Any], name: str) -> object:
    found: object = tables
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _put(tables: dict[str, Any], name: str, value: Value) -> None:
    *parents, key = name.split(".")
    table = tables
    for parent in parents:
        inner = table.get(parent)
        below = inner if isinstance(inner, dict) else {}
        table[parent] = below
        table = below
    table[key] = value


def _file(folder: Path | None) -> Path:
    return (folder or paths.config_dir()) / FILE_NAME
