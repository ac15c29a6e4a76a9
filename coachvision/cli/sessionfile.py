"""A session file: the videos and options of one `analyze` in a `.toml`, to be kept and run again. For `cli` alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from coachvision import tomlfile
from coachvision.errors import UsageError


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Strings = Annotated[list[str], BeforeValidator(_listed)]


class SessionFile(BaseModel):
    """Every field is an option of `analyze` by its own name; paths are relative to the file."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    videos: Annotated[list[Path], BeforeValidator(_listed), Field(min_length=1)]
    with_: Annotated[Strings | None, Field(alias="with")] = None
    athlete: str | None = None
    title: str = ""
    from_: Annotated[float | str | None, Field(alias="from")] = None
    to: float | str | None = None
    box: Strings = []
    calibrate: str | None = None
    capture_fps: float | None = None
    sequence: float | None = None
    exercise: str = ""
    height: float | None = None
    in_place: bool = False
    no_proxy: bool = False
    report: Path | None = None
    json_: Annotated[str | None, Field(alias="json")] = None
    jobs: Annotated[int | None, Field(ge=1)] = None
    cluster: str | None = None
    parameters: dict[str, dict[str, Any]] = {}


def read(path: Path) -> SessionFile:
    """The session file, its paths made absolute. Raises UsageError naming the file and what is wrong in it."""
    try:
        read_file = SessionFile.model_validate(tomlfile.parse(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise UsageError("Session file not read", f"{path} cannot be read ({error.strerror}).", path=path) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError("Session file not understood", f"{path}: {key}: {first['msg']}.", path=path) from error
    except ValueError as error:
        raise UsageError("Session file not read", f"{path} is not TOML: {error}.", path=path) from error
    base = path.parent
    changes: dict[str, Any] = {"videos": [base / video for video in read_file.videos]}
    if read_file.report is not None:
        changes["report"] = base / read_file.report
    if read_file.json_ not in (None, "-"):
        changes["json_"] = str(base / str(read_file.json_))
    return read_file.model_copy(update=changes)
