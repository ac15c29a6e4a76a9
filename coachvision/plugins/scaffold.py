"""Writes the skeleton of a new plugin: a small real analyzer with its manifest, tests and README, ready to be changed.

The command line calls it. What it writes are the files under `templates/`.
"""

from __future__ import annotations

import keyword
import re
import shutil
import sys
import tempfile
from importlib import resources
from pathlib import Path
from string import Template
from typing import Literal

from coachvision.errors import PluginError, UsageError
from coachvision.plugins.manifest import is_id

_TAKEN = sys.stdlib_module_names | {"coachvision", "cv2", "numpy", "pytest", "scipy", "tests"}


def new(name: str, folder: Path, kind: Literal["frame", "series"] = "frame") -> Path:
    """Write the plugin `name` (its id, like "my-metric") into a new folder of that name in `folder`; returns it.

    kind "frame" sees every frame; "series" works from the pose analyzer's landmarks. Raises UsageError for a name
    that cannot be an id, PluginError where the folder is taken or cannot be written.
    """
    words = _words(name)
    target = folder / name
    if target.exists():
        raise PluginError(f"{target.name} is already there", f"{target} exists.", hint="Choose another name or place.")
    package = "_".join(words)
    class_name = "".join(word[:1].upper() + word[1:] for word in words)
    title = " ".join(words).capitalize()
    filled = {"id": name, "package": package, "class_name": class_name, "title": title}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder, prefix=f".{name}-"))
        try:
            whole = part / name
            for place, template in _files(kind, package).items():
                path = whole / place
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(Template(_text(template)).substitute(filled), encoding="utf-8")
            whole.rename(target)
        finally:
            shutil.rmtree(part)
    except OSError as error:
        raise PluginError(
            f"{name} could not be written",
            f"{error.filename or target}: {error.strerror or error}",
            hint="Check the disk's free space and your permission for that folder.",
            path=target,
        ) from error
    return target


def _words(name: str) -> list[str]:
    if not is_id(name):
        plain = "-".join(re.findall(r"[a-z0-9]+", name.lower())).lstrip("0123456789-")[:40].rstrip("-")
        raise UsageError(
            f"{name!r} cannot be the name of a plugin",
            "Up to 40 small letters and digits, words joined by '-'.",
            hint=f"For example: {plain if is_id(plain) else 'my-metric'}",
        )
    words = re.split("[-_]", name)
    package = "_".join(words)
    if package in _TAKEN or keyword.iskeyword(package):
        raise UsageError(
            f"{name!r} cannot be the name of a plugin",
            f"Its package would be called {package!r}, and Python has a meaning for that already.",
            hint=f"For example: my-{name}",
        )
    return words


def _files(kind: str, package: str) -> dict[str, str]:
    """Where each file of the skeleton goes, and its template."""
    return {
        "pyproject.toml": "common/pyproject.toml.txt",
        "README.md": "common/README.md.txt",
        f"{package}/__init__.py": "common/init.py.txt",
        f"{package}/coachvision.toml": f"{kind}/coachvision.toml.txt",
        f"{package}/analyzer.py": f"{kind}/analyzer.py.txt",
        f"tests/test_{package}.py": f"{kind}/test.py.txt",
    }


def _text(template: str) -> str:
    return resources.files("coachvision.plugins").joinpath("templates", *template.split("/")).read_text("utf-8")
