"""A plugin folder that the coach installed: where its code lies, what that code imports, and how it is imported itself.

It is loaded by its place under a name of its own, so that it can shadow neither the standard library nor CoachVision.
Discovery, install and the host use it.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from coachvision.errors import PluginError
from coachvision.plugins.archive import choose_manifest
from coachvision.plugins.manifest import FILE_NAME, Manifest, read_manifest

API_MODULE = "coachvision.plugins.api"
_LIBRARIES = frozenset({"numpy", "scipy", "cv2"})
# These need a window system that the analysis worker does not have, and the frozen app does not carry them.
_WINDOWED = frozenset({"tkinter", "_tkinter", "turtle", "turtledemo", "idlelib"})
_ALLOWED = (sys.stdlib_module_names - _WINDOWED) | _LIBRARIES


@dataclass(frozen=True)
class UserFolder:
    """A readable plugin folder. code: the package's `__init__.py`, or the single module."""

    manifest: Manifest
    code: Path

    @property
    def is_package(self) -> bool:
        return self.code.name == "__init__.py"

    @property
    def sources(self) -> list[Path]:
        """Every Python file that loading may run."""
        return sorted(self.code.parent.rglob("*.py")) if self.is_package else [self.code]


def look(folder: Path, called: str | None = None) -> UserFolder:
    """Find manifest and code in a folder; nothing is imported. called: its name in errors. Raises PluginError."""
    called = called or folder.name
    found = [path for pattern in ("", "*/", "*/*/") for path in folder.glob(pattern + FILE_NAME)]
    try:
        place = choose_manifest(path.relative_to(folder).parts for path in found)
    except ValueError as error:
        raise _unusable(called, str(error), folder) from error
    path = folder.joinpath(*place)
    manifest = read_manifest(path, called)
    code = _code(path.parent, manifest.package)
    if code is None:
        why = f"its entry is {manifest.entry!r}, and there is no package or module {manifest.package!r} by {FILE_NAME}"
        raise _unusable(called, why, path)
    return UserFolder(manifest, code)


def _code(beside: Path, package: str) -> Path | None:
    """The package is the manifest's own folder, or a package or module beside the manifest.

    Since it gets another name when it is loaded, its folder may have been renamed; that is looked at last.
    """
    own = beside / "__init__.py"
    places = [beside / package / "__init__.py", beside / f"{package}.py", own]
    if beside.name == package:
        places.insert(0, own)
    return next((place for place in places if place.is_file()), None)


def check_imports(user: UserFolder) -> None:
    """Read (not run) the code and refuse imports that are not everywhere where CoachVision is. Raises PluginError."""
    for path in user.sources:
        where = path.relative_to(user.code.parent)
        try:
            tree = ast.parse(path.read_bytes(), str(path))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise _unusable(user.manifest.id, f"{where} is not valid Python ({error})", path) from error
        for module, line in _imported(tree):
            if not _allowed(module):
                raise _unusable(user.manifest.id, f"{where}, line {line}, {_complaint(module, user)}", path)


def import_class(user: UserFolder) -> type:
    """Import the plugin afresh and give its class. Raises PluginError, and whatever the plugin's own code raises."""
    manifest = user.manifest
    name = f"_coachvision_user_plugin_{manifest.id.replace('-', '_')}"
    _forget(name)
    importlib.invalidate_caches()
    search = [str(user.code.parent)] if user.is_package else None
    spec = importlib.util.spec_from_file_location(name, user.code, submodule_search_locations=search)
    if spec is None or spec.loader is None:
        raise _unusable(manifest.id, f"{user.code.name} cannot be imported", user.code)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        inner = manifest.module.removeprefix(manifest.package)
        return class_in(importlib.import_module(name + inner) if inner else module, manifest)
    except BaseException:
        _forget(name)
        raise


def class_in(module: ModuleType, manifest: Manifest) -> type:
    """The manifest's class. Raises PluginError where the module has none of that name."""
    found = getattr(module, manifest.class_name, None)
    if not isinstance(found, type):
        raise _unusable(manifest.id, f"{manifest.module} has no class {manifest.class_name}", None)
    return found


def _imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if node.module == "coachvision.plugins":
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module, node.lineno


def _allowed(module: str) -> bool:
    return module == API_MODULE or module.partition(".")[0] in _ALLOWED


def _complaint(module: str, user: UserFolder) -> str:
    if module.partition(".")[0] == user.manifest.package:
        return f"imports its own package as {module!r}; write it with a leading dot (`from . import ...`)"
    return (
        f"imports {module!r}; a plugin may import the standard library (without tkinter), numpy, scipy, cv2 "
        f"and {API_MODULE}"
    )


def _forget(name: str) -> None:
    for loaded in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
        del sys.modules[loaded]


def _unusable(plugin: str, why: str, path: Path | None) -> PluginError:
    return PluginError(
        f"The plugin {plugin} cannot be used", why, hint="Tell its author, or see docs/plugins.md.", path=path
    )
