"""Where CoachVision keeps its files on this machine. Base room; anyone may ask, nothing is created here."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("CoachVision", appauthor=False, roaming=False)


def library_dir() -> Path:
    """The default library (`COACHVISION_LIBRARY` overrides it; the `--library` option overrides both)."""
    return _from_environment("COACHVISION_LIBRARY") or Path(_DIRS.user_data_dir) / "library"


def plugin_dir() -> Path:
    """The folder of plugins that the coach installed (`COACHVISION_PLUGINS` overrides it)."""
    return _from_environment("COACHVISION_PLUGINS") or Path(_DIRS.user_data_dir) / "plugins"


def config_dir() -> Path:
    """Settings (`COACHVISION_CONFIG` overrides it)."""
    return _from_environment("COACHVISION_CONFIG") or Path(_DIRS.user_config_dir)


def pictures_dir() -> Path:
    """Snapshots and kinograms, where the coach finds pictures (`COACHVISION_PICTURES` overrides it)."""
    return _from_environment("COACHVISION_PICTURES") or Path(_DIRS.user_pictures_dir) / "CoachVision"


def log_dir() -> Path:
    """Logs, rotated by whoever writes them."""
    return Path(_DIRS.user_log_dir)


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None
