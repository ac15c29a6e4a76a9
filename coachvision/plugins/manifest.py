"""The manifest `coachvision.toml` of an analyzer: read and checked without importing the analyzer.

Discovery, the host, the engine and the fronts (which make parameter panels from it) read it.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from coachvision import tomlfile
from coachvision.errors import PluginError
from coachvision.plugins.version import API_VERSION
from coachvision.plugins.wording import in_plain_words

FILE_NAME = "coachvision.toml"
MAX_BYTES = 256 * 1024
_ID = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_ENTRY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)
# File names that Windows keeps for devices, with any extension; an id is also a folder name.
DEVICE_NAMES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))})

Value = bool | int | float | str
Strings = Annotated[tuple[str, ...], Field(strict=False)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Parameter(_Table):
    """One setting of an analyzer. unit: of a number ("" where it has none); choices: for `type = "choice"` alone."""

    type: Literal["integer", "number", "boolean", "text", "choice"]
    default: Value
    minimum: int | float | None = None
    maximum: int | float | None = None
    choices: Strings = ()
    label: str = ""
    help: str = ""
    unit: str = ""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        bounds = [bound for bound in (self.minimum, self.maximum) if bound is not None]
        if bounds and self.type not in ("integer", "number"):
            raise ValueError(f"minimum and maximum are for numbers, and this is of type {self.type}")
        if not all(math.isfinite(bound) for bound in bounds):
            raise ValueError("minimum and maximum must be finite numbers")
        if len(bounds) == 2 and bounds[0] > bounds[1]:
            raise ValueError(f"minimum {bounds[0]} is above maximum {bounds[1]}")
        if (self.type == "choice") != bool(self.choices):
            raise ValueError('choices belong to type = "choice", and that needs at least one')
        if len(set(self.choices)) != len(self.choices):
            raise ValueError("the same choice is listed twice")
        try:
            self.accept(self.default)
        except ValueError as error:
            raise ValueError(f"the default does not fit: {error}") from error
        return self

    def accept(self, value: object) -> Value:
        """The value as the analyzer gets it; text is read as a number or yes/no where one is wanted.

        Raises ValueError saying what is allowed.
        """
        if self.type == "choice":
            if value in self.choices and isinstance(value, str):
                return value
            raise ValueError(f"{value!r} is none of {', '.join(self.choices)}")
        if self.type == "text":
            if isinstance(value, str):
                return value
            raise ValueError(f"{value!r} is not text")
        if self.type == "boolean":
            return _truth(value)
        return self._within_bounds(_whole(value) if self.type == "integer" else _number(value))

    def _within_bounds(self, value: int | float) -> int | float:
        unit = f" {self.unit}" if self.unit else ""
        if self.minimum is not None and value < self.minimum:
            raise ValueError(f"{value} is below the minimum {self.minimum}{unit}")
        if self.maximum is not None and value > self.maximum:
            raise ValueError(f"{value} is above the maximum {self.maximum}{unit}")
        return value


class Manifest(_Table):
    """What an analyzer says of itself.

    api: range of API versions (">=1,<2"). entry: "package.module:Class", from the plugin's own package on.
    needs: ids of analyzers whose results a series analyzer works from. yields: names of what it gives, for people.
    """

    id: str
    title: str = Field(min_length=1, max_length=80)
    version: str
    api: str
    kind: Literal["frame", "series"]
    entry: str
    needs: Strings = ()
    input: Literal["full", "proxy", "keyframes"] = "full"
    direction: Literal["forward", "both"] = "forward"
    yields: Strings = ()
    parameters: dict[str, Parameter] = Field(default_factory=dict)

    @field_validator("id")
    @classmethod
    def _id_is_plain(cls, value: str) -> str:
        if not is_id(value):
            raise ValueError(f"{value!r} is no id: up to 40 small letters and digits, words joined by '-' or '_'")
        return value

    @field_validator("version")
    @classmethod
    def _version_is_one(cls, value: str) -> str:
        try:
            Version(value)
        except InvalidVersion as error:
            raise ValueError(f'{value!r} is no version number (like "1.0.0")') from error
        return value

    @field_validator("entry")
    @classmethod
    def _entry_names_a_class(cls, value: str) -> str:
        if not _ENTRY.fullmatch(value):
            raise ValueError(f'{value!r} does not name a class (like "my_metric.analyzer:MyMetric")')
        return value

    @field_validator("parameters")
    @classmethod
    def _parameters_have_names(cls, value: dict[str, Parameter]) -> dict[str, Parameter]:
        for name in value:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise ValueError(f"{name!r} is no parameter name: small letters, digits and '_'")
        return value

    @model_validator(mode="after")
    def _kind_fits_the_rest(self) -> Self:
        if self.kind == "frame" and self.needs:
            raise ValueError('a frame analyzer sees frames alone: `needs` is for kind = "series"')
        if self.kind == "series" and not self.needs:
            raise ValueError("a series analyzer works from other analyzers' results: name them in `needs`")
        if self.kind == "series" and (self.direction, self.input) != ("forward", "full"):
            raise ValueError('`direction` and `input` are for kind = "frame"')
        if self.id in self.needs:
            raise ValueError("it cannot need itself")
        return self

    @property
    def module(self) -> str:
        """Dotted name of the module that holds the class."""
        return self.entry.partition(":")[0]

    @property
    def class_name(self) -> str:
        """Name of the analyzer's class."""
        return self.entry.partition(":")[2]

    @property
    def package(self) -> str:
        """The plugin's own top-level package (or single module)."""
        return self.module.partition(".")[0]


def is_id(text: str) -> bool:
    """True for a plugin's id: it also names folders, so what Windows cannot store is out."""
    return len(text) <= 40 and _ID.fullmatch(text) is not None and text not in DEVICE_NAMES


def parse_manifest(text: str, where: str) -> Manifest:
    """A manifest from its text. `where` names the plugin in errors. Raises PluginError in plain words."""
    try:
        tables = tomlfile.parse(text)
    except ValueError as error:
        raise _refused(where, f"{FILE_NAME} is not TOML: {error}") from error
    # The range is looked at first: a manifest for a newer API may hold keys that this version does not know.
    _check_api(tables.get("api"), where)
    try:
        return Manifest.model_validate(tables)
    except ValidationError as error:
        raise _refused(where, f"{FILE_NAME}: {in_plain_words(error, _known_keys())}") from error


def read_manifest(path: Path, where: str | None = None) -> Manifest:
    """The manifest in that file. Raises PluginError in plain words."""
    where = where or path.parent.name
    try:
        # Reading a pipe would wait for ever.
        if path.exists() and not path.is_file():
            raise _refused(where, f"{FILE_NAME} is no file", path)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refused(where, f"{FILE_NAME} cannot be read: {error.strerror or error}", path) from error
    if len(data) > MAX_BYTES:
        raise _refused(where, f"{FILE_NAME} is longer than {MAX_BYTES // 1024} KB", path)
    try:
        return parse_manifest(data.decode("utf-8-sig"), where)
    except UnicodeDecodeError as error:
        raise _refused(where, f"{FILE_NAME} is not UTF-8 text", path) from error


def _check_api(wanted: object, where: str) -> None:
    if not isinstance(wanted, str):
        raise _refused(where, f'{FILE_NAME}: `api` is missing (the range of API versions, like ">=1,<2")')
    try:
        fits = SpecifierSet(wanted).contains(".".join(map(str, API_VERSION)))
    except InvalidSpecifier as error:
        raise _refused(where, f'{FILE_NAME}: `api` is {wanted!r}, not a range of versions (like ">=1,<2")') from error
    if not fits:
        ours = ".".join(map(str, API_VERSION))
        raise _refused(where, f"it is written for plugin API {wanted}, and this CoachVision offers {ours}")


def _known_keys() -> tuple[str, ...]:
    return (*Manifest.model_fields, *Parameter.model_fields)


def _refused(where: str, why: str, path: Path | None = None) -> PluginError:
    return PluginError(
        f"The plugin {where} cannot be used", why, hint="docs/plugins.md explains every key of the manifest.", path=path
    )


def _whole(value: object) -> int:
    if isinstance(value, str):
        try:
            return int(value.strip())
        except ValueError:
            raise ValueError(f"{value!r} is not a whole number") from None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"{value!r} is not a whole number")


def _number(value: object) -> float:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError(f"{value!r} is not a number")  # noqa: TRY004 - pydantic and callers translate ValueError
    try:
        number = float(value)
    except ValueError:
        raise ValueError(f"{value!r} is not a number") from None
    except OverflowError:
        raise ValueError("the number is too large") from None
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a finite number")
    return number


def _truth(value: object) -> bool:
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    if isinstance(value, str):
        value = words.get(value.strip().lower(), value)
    if isinstance(value, bool):
        return value
    raise ValueError(f"{value!r} is neither true nor false")
