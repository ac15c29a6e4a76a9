"""Which plugins the coach switched off, in `plugins.toml` of the settings folder. New plugins start switched on.

Discovery reads it; the command line and the settings window change it.
"""

from __future__ import annotations

from pathlib import Path

from coachvision import paths, tomlfile

FILE_NAME = "plugins.toml"


def disabled(folder: Path | None = None) -> tuple[frozenset[str], str | None]:
    """Ids that are switched off, and a warning where they are no list. folder: by default the settings folder."""
    listed = tomlfile.read(_file(folder)).get("disabled", [])
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        return frozenset(), f"{FILE_NAME}: `disabled` is not a list of ids; every plugin counts as enabled"
    return frozenset(listed), None


def set_enabled(plugin_id: str, enabled: bool, folder: Path | None = None) -> None:
    """Switch a plugin on or off, in one atomic write; other keys of the file are kept. Raises CoachVisionError."""
    path = _file(folder)
    tables = tomlfile.read(path)
    off, _ = disabled(folder)
    tables["disabled"] = sorted(off - {plugin_id} if enabled else off | {plugin_id})
    tomlfile.write(path, tables)


def _file(folder: Path | None) -> Path:
    return (folder or paths.config_dir()) / FILE_NAME
