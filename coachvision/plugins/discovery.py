"""Which analyzers are installed. Reads manifests and imports nothing; whatever is wrong with one is told by its name.

The host, the command line and the settings window list plugins through `discover`.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, distributions
from pathlib import Path
from typing import Literal

from packaging.utils import canonicalize_name

from coachvision import paths
from coachvision.errors import PluginError
from coachvision.plugins import archive, state, userfolder
from coachvision.plugins.manifest import FILE_NAME, Manifest, parse_manifest, read_manifest

GROUP = "coachvision.analyzers"
# Distributions that this project publishes itself; every other one is somebody else's.
FIRST_PARTY = frozenset({"coachvision-angles", "coachvision-pose"})
# A folder that an installation had just put out of the way when the machine stopped.
PREVIOUS = ".previous-"

# What importlib.metadata raises on files that are no text, or are cut off.
_DAMAGED = (ValueError, TypeError, AttributeError, LookupError, OSError)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Installed:
    """An analyzer on this machine, loaded or not.

    name: its id, or the name of its package or folder where the manifest cannot be read. path: the package's or
    plugin's folder, or the zip. broken: why it cannot be used, or None. distribution: of packages, "" for users' own.
    """

    name: str
    manifest: Manifest | None
    source: Literal["first-party", "package", "user"]
    path: Path
    broken: str | None
    enabled: bool
    distribution: str = ""

    @property
    def usable(self) -> bool:
        """Switched on and not broken (what it needs may still be missing: `host.obstacles`)."""
        return self.enabled and self.broken is None


def discover(plugin_dir: Path | None = None) -> list[Installed]:
    """All analyzers: first-party, then other packages, then the coach's own folder (default `paths.plugin_dir()`)."""
    off, warning = state.disabled()
    if warning:
        _log.warning("%s", warning)
    packages = sorted(_packages(), key=lambda one: (one.source != "first-party", one.name))
    taken: dict[str, Installed] = {}
    result: list[Installed] = []
    for one in [*packages, *_user_plugins(plugin_dir or paths.plugin_dir())]:
        if one.broken is None:
            holder = taken.setdefault(one.name, one)
            if holder is not one:
                by = holder.distribution or holder.path.name
                one = replace(one, broken=f"its id {one.name!r} is already taken by {by}")  # noqa: PLW2901 - the same plugin, judged
        result.append(replace(one, enabled=one.name not in off))
    return result


def _points() -> Iterator[tuple[str, EntryPoint]]:
    """Entry points with the names of their packages. One package whose metadata are damaged costs itself alone."""
    seen: set[str] = set()
    for one in distributions():
        try:
            if f"[{GROUP}]" not in (one.read_text("entry_points.txt") or ""):
                continue
            points = tuple(one.entry_points.select(group=GROUP))
            name = one.name or points[0].name
        except _DAMAGED as error:
            _log.warning(
                "a package in %s is left out: what it says of itself is damaged (%s)", one.locate_file(""), error
            )
            continue
        # Of two copies of a package, Python imports the first.
        if canonicalize_name(name) not in seen:
            seen.add(canonicalize_name(name))
            yield from ((name, point) for point in points)


def _packages() -> Iterator[Installed]:
    for distribution, point in _points():
        source: Literal["first-party", "package"] = "first-party" if distribution in FIRST_PARTY else "package"
        folder = Path(point.value)
        try:
            folder = _folder_of(point)
            manifest = read_manifest(folder / FILE_NAME, distribution)
        except PluginError as error:
            yield Installed(point.name, None, source, folder, error.message, True, distribution)
            continue
        why = None
        if manifest.package != point.value:
            why = f"its entry {manifest.entry!r} must begin with its own package ({point.value}.)"
        yield Installed(manifest.id, manifest, source, folder, why, True, distribution)


def _folder_of(point: EntryPoint) -> Path:
    """The package's folder. Only a top-level name can be looked up without importing anything."""
    if not point.value.isidentifier():
        raise PluginError(
            f"The plugin {point.name} cannot be used",
            f"its entry point must name its top-level package alone, and says {point.value!r}",
        )
    try:
        spec = importlib.util.find_spec(point.value)
    except (ImportError, ValueError) as error:
        raise PluginError(f"The plugin {point.name} cannot be used", f"{point.value}: {error}") from error
    if spec is None or not spec.submodule_search_locations:
        raise PluginError(f"The plugin {point.name} cannot be used", f"there is no package {point.value!r}")
    return Path(next(iter(spec.submodule_search_locations)))


def _user_plugins(root: Path) -> Iterator[Installed]:
    for path in _candidates(root):
        try:
            manifest = _manifest_of(path)
        except PluginError as error:
            yield Installed(path.name, None, "user", path, error.message, True)
        except OSError as error:
            yield Installed(path.name, None, "user", path, f"it cannot be read: {error.strerror or error}", True)
        else:
            yield Installed(manifest.id, manifest, "user", path, None, True)


def _candidates(root: Path) -> list[Path]:
    try:
        entries = sorted(root.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        _log.warning("the plugin folder %s cannot be read: %s", root, error.strerror)
        return []
    present = [path for path in entries if not path.name.startswith(".") and (path.is_dir() or _is_zip(path))]
    names = {path.name for path in present}
    orphaned = [p for p in entries if p.name.startswith(PREVIOUS) and p.name.removeprefix(PREVIOUS) not in names]
    return [*present, *orphaned]


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip" and path.is_file()


def _manifest_of(path: Path) -> Manifest:
    if path.is_dir():
        return userfolder.look(path).manifest
    return parse_manifest(archive.manifest_text(path), path.name)
