"""Loads analyzers, puts them in order and checks what they are given. The engine's side of the plugin door.

An analyzer's own failure, whatever it raises, becomes a PluginError that names it; everything else goes on.
"""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from coachvision.errors import PluginError, UsageError
from coachvision.plugins import archive, userfolder
from coachvision.plugins.api import FrameAnalyzer, SeriesAnalyzer, TwoWayAnalyzer
from coachvision.plugins.checking import check_result
from coachvision.plugins.discovery import Installed
from coachvision.plugins.manifest import Manifest, Value

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


def order(installed: Sequence[Installed], wanted: Iterable[str] | None = None) -> list[Installed]:
    """The plugins to run, each after what it needs; what they need is added.

    wanted None: all that are enabled and can run (`obstacles` says why others cannot). Otherwise exactly those ids;
    raises PluginError where one is unknown, disabled, broken, needs what is, or needs itself in a circle.
    """
    ids = _by_id(installed)
    if wanted is None:
        chosen = [name for name in ids if _obstacle(name, ids) is None]
    else:
        chosen = list(dict.fromkeys(wanted))
        for name in chosen:
            _require(name, ids)
    graph: dict[str, tuple[str, ...]] = {}
    open_ids = chosen[::-1]
    while open_ids:
        name = open_ids.pop()
        if name not in graph:
            graph[name] = _needs(ids[name])
            open_ids.extend(reversed(graph[name]))
    return [ids[name] for name in TopologicalSorter(graph).static_order()]


def obstacles(installed: Sequence[Installed]) -> dict[str, str]:
    """Why enabled plugins cannot run, by name, as clauses: "is broken: ...", "needs pose, which is disabled"."""
    ids = _by_id(installed)
    found: dict[str, str] = {}
    for one in installed:
        if one.enabled:
            # Asked of the plugin itself: under its name another one, the holder of the id, may be meant.
            what = _obstacle(one.name, {**ids, one.name: one})
            if what is not None:
                found[one.name if one.name not in found else str(one.path)] = what.clause
    return found


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


def _by_id(installed: Sequence[Installed]) -> dict[str, Installed]:
    """Sound plugins by id, and broken ones whose name no sound one has."""
    ids = {one.name: one for one in installed if one.broken is None}
    for one in installed:
        ids.setdefault(one.name, one)
    return ids


def _needs(one: Installed) -> tuple[str, ...]:
    return one.manifest.needs if one.manifest is not None else ()


@dataclass(frozen=True)
class _Obstacle:
    """clause: why a plugin cannot run. cause: the plugin at fault. circle: the ids of a circle of needs, if one."""

    clause: str
    cause: str
    circle: tuple[str, ...] = ()

    @property
    def is_switch(self) -> bool:
        return self.clause.endswith("is disabled")


def _obstacle(name: str, ids: Mapping[str, Installed], above: tuple[str, ...] = ()) -> _Obstacle | None:
    """What keeps that plugin from running, or None. above: the plugins that need it, outermost first."""
    if name in above:
        circle = above[above.index(name) :]
        return _Obstacle(f"needs itself in a circle ({' -> '.join((*circle, name))})", name, circle)
    one = ids.get(name)
    if one is None:
        return _Obstacle("is not installed", name)
    if one.broken is not None:
        return _Obstacle(f"is broken: {one.broken}", name)
    if not one.enabled:
        return _Obstacle("is disabled", name)
    for need in _needs(one):
        found = _obstacle(need, ids, (*above, name))
        if found is not None:
            return found if name in found.circle else replace(found, clause=f"needs {need}, which {found.clause}")
    return None


def _require(name: str, ids: Mapping[str, Installed]) -> None:
    found = _obstacle(name, ids)
    if found is None:
        return
    if name not in ids:
        close = get_close_matches(name, ids, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"Installed analyzers: {', '.join(sorted(ids)) or 'none'}."
    elif found.is_switch:
        hint = f"Enable it: coachvision plugins enable {found.cause}"
    else:
        hint = "See: coachvision plugins list"
    raise PluginError(f"The analyzer {name} cannot run", f"{name} {found.clause}", hint=hint)


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
