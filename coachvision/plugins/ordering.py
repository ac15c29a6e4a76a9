"""Which analyzers run, and after which: by what they need. Imports no analyzer, and nothing heavy.

The host hands it to the engine; the command line and the settings window ask it why a plugin cannot run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from graphlib import TopologicalSorter

from coachvision.errors import PluginError, UsageError
from coachvision.plugins.discovery import Installed


def order(installed: Sequence[Installed], wanted: Iterable[str] | None = None) -> list[Installed]:
    """The plugins to run, each after what it needs; what they need is added.

    wanted None: all that are enabled and can run (`obstacles` says why others cannot). Otherwise exactly those ids;
    raises UsageError where one is unknown, PluginError where one is disabled, broken, needs what is, or needs itself in
    a circle.
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
        raise UsageError(f"The analyzer {name} cannot run", f"{name} {found.clause}", hint=hint)
    if found.is_switch:
        hint = f"Enable it: coachvision plugins enable {found.cause}"
    else:
        hint = "See: coachvision plugins list"
    raise PluginError(f"The analyzer {name} cannot run", f"{name} {found.clause}", hint=hint)
