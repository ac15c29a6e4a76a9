"""Loads analyzers and checks what they are given and give; the engine's side of the plugin door.

An analyzer's own failure, whatever it raises, becomes a PluginError that names it; everything else goes on.
"""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coachvision.errors import PluginError, UsageError
from coachvision.plugins import archive, userfolder
from coachvision.plugins.api import FrameAnalyzer, SeriesAnalyzer, TwoWayAnalyzer
from coachvision.plugins.checking import check_result
from coachvision.plugins.discovery import Installed
from coachvision.plugins.manifest import Manifest, Value
from coachvision.plugins.ordering import obstacles, order

__all__ = ["check_parameters", "check_result", "load", "obstacles", "order"]


def load(installed: Installed) -> FrameAnalyzer | SeriesAnalyzer:
    """Import the plugin and make its analyzer. Raises PluginError naming the plugin, whatever goes wrong in it."""
    manifest = installed.manifest
    if manifest is None or installed.broken is not None:
        raise _failed(installed.name, installed.broken or "it has no manifest", installed.path)
    try:
        analyzer = _import(installed, manifest)()
    except PluginError:
        raise
    # Third-party code: even a sys.exit() at import must not take the run with it.
    except (Exception, SystemExit) as error:
        raise _failed(manifest.id, f"loading it failed with {_told(error)}", installed.path) from error
    return _of_its_kind(analyzer, manifest, installed.path)


def check_parameters(manifest: Manifest, given: Mapping[str, Any]) -> dict[str, Value]:
    """Every parameter of the manifest, given or default, checked. Raises UsageError saying what is allowed."""
    unknown = sorted(set(given) - set(manifest.parameters))
    if unknown:
        known = ", ".join(manifest.parameters) or "none"
        raise UsageError(
            f"{manifest.id} has no parameter {unknown[0]!r}",
            f"Its parameters are: {known}.",
            hint="Check the spelling.",
        )
    checked: dict[str, Value] = {}
    for name, parameter in manifest.parameters.items():
        try:
            checked[name] = parameter.accept(given.get(name, parameter.default))
        except ValueError as error:
            raise UsageError(f"The parameter {name!r} of {manifest.id} does not fit", str(error)) from error
    return checked


def _import(installed: Installed, manifest: Manifest) -> type:
    if installed.source != "user":
        return userfolder.class_in(importlib.import_module(manifest.module), manifest)
    folder = installed.path if installed.path.is_dir() else archive.unpacked_copy(installed.path)
    user = userfolder.look(folder)
    userfolder.check_imports(user)
    return userfolder.import_class(user)


def _of_its_kind(analyzer: object, manifest: Manifest, path: Path) -> FrameAnalyzer | SeriesAnalyzer:
    if manifest.kind == "series":
        if isinstance(analyzer, SeriesAnalyzer):
            return analyzer
        raise _failed(manifest.id, f"{manifest.class_name} has no method compute", path)
    if manifest.direction == "both" and not isinstance(analyzer, TwoWayAnalyzer):
        raise _failed(manifest.id, f"{manifest.class_name} needs start, frame, finish, backward_from, backward", path)
    if isinstance(analyzer, FrameAnalyzer):
        return analyzer
    raise _failed(manifest.id, f"{manifest.class_name} needs the methods start, frame and finish", path)


def _told(error: BaseException) -> str:
    """The exception and the place in the plugin that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    text = str(error)
    return f"{type(error).__name__}{': ' + text if text else ''}{place}"


def _failed(plugin: str, why: str, path: Path) -> PluginError:
    return PluginError(
        f"The plugin {plugin} cannot be used",
        why,
        hint=f"Tell its author, or switch it off: coachvision plugins disable {plugin}",
        path=path,
    )
