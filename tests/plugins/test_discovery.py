"""What is installed is found without importing any of it, and what is wrong is told by name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import types
import zipfile
from pathlib import Path

import pytest

from coachvision.plugins import archive, state
from coachvision.plugins.discovery import FIRST_PARTY, PREVIOUS, Installed, discover

from .conftest import PluginMaker

REPOSITORY = Path(__file__).parents[2]
EXPLODES = "raise AssertionError('discovery imported a plugin')"


def found(name: str) -> Installed:
    (one,) = (one for one in discover() if one.name == name)
    return one


def test_nothing_is_imported(make_plugin: PluginMaker, make_package: PluginMaker, plugin_root: Path):
    make_plugin("user-bomb", EXPLODES, root=plugin_root)
    make_package("package-bomb", EXPLODES)
    before = set(sys.modules)
    assert found("user-bomb").usable
    assert found("package-bomb").usable
    assert not {name for name in set(sys.modules) - before if "bomb" in name}
    assert not {"coachvision_pose", "coachvision_angles"} & (set(sys.modules) - before)


def test_looking_is_cheap(make_plugin: PluginMaker, plugin_root: Path):
    """A command that only lists plugins must not wait for numpy, scipy or OpenCV."""
    make_plugin("user-bomb", EXPLODES, root=plugin_root)
    script = """
import sys
from coachvision.plugins.discovery import discover
from coachvision.plugins.install import install
from coachvision.plugins.ordering import obstacles, order
print(*[one.name for one in discover()])
print(*sorted({"numpy", "scipy", "cv2", "coachvision_pose", "coachvision_angles"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    names, loaded = done.stdout.split("\n")[:2]
    assert "user-bomb" in names.split(), done.stderr
    assert loaded == ""


def test_packages_come_before_the_coachs_own(make_plugin: PluginMaker, make_package: PluginMaker, plugin_root: Path):
    make_plugin("aaa", root=plugin_root)
    make_package("zzz")
    names = [one.name for one in discover()]
    assert names.index("zzz") < names.index("aaa")
    assert (found("zzz").source, found("zzz").distribution) == ("package", "zzz")
    assert (found("aaa").source, found("aaa").path) == ("user", plugin_root / "aaa")


def test_our_own_distributions_are_first_party_and_all_of_them_are_listed():
    named = {
        tomllib.loads(path.read_text())["project"]["name"] for path in (REPOSITORY / "plugins").glob("*/pyproject.toml")
    }
    assert named == FIRST_PARTY
    firsts = [one for one in discover() if one.source == "first-party"]
    assert {one.distribution for one in firsts} <= FIRST_PARTY


def test_a_zip_is_read_where_it_lies(make_plugin: PluginMaker, plugin_root: Path):
    folder = make_plugin("zipped", EXPLODES)
    shutil.make_archive(str(plugin_root / "from-a-friend"), "zip", folder.parent, "zipped")
    assert found("zipped").path == plugin_root / "from-a-friend.zip"
    assert [path.name for path in plugin_root.iterdir()] == ["from-a-friend.zip"], "nothing is unpacked by looking"


def test_a_broken_one_is_shown_by_its_folder_and_the_rest_goes_on(make_plugin: PluginMaker, plugin_root: Path):
    make_plugin("fine", root=plugin_root)
    make_plugin("no-title", root=plugin_root, title=None)
    make_plugin("no-code", root=plugin_root, entry='"elsewhere:Analyzer"', files={})
    (plugin_root / "no-code" / "no_code" / "__init__.py").unlink()
    (plugin_root / "empty").mkdir()
    (plugin_root / "damaged.zip").write_bytes(b"PK\x03\x04 and no more")
    (plugin_root / "notes.txt").write_text("not a plugin")
    two = make_plugin("two", root=plugin_root)
    shutil.copytree(two / "two", two / "three")
    broken = {one.name: one.broken for one in discover() if one.source == "user"}
    assert broken.pop("fine") is None
    assert set(broken) == {"no-title", "no-code", "empty", "damaged.zip", "two"}
    assert "`title` is missing" in str(broken["no-title"])
    assert "there is no package or module 'elsewhere'" in str(broken["no-code"])
    assert "no coachvision.toml" in str(broken["empty"])
    assert "damaged" in str(broken["damaged.zip"])
    assert "2 files coachvision.toml" in str(broken["two"])


def test_an_id_belongs_to_the_first_who_has_it(make_plugin: PluginMaker, make_package: PluginMaker, plugin_root: Path):
    make_package("speed")
    make_plugin("speed", root=plugin_root)
    first, second = (one for one in discover() if one.name == "speed")
    assert (first.source, first.broken) == ("package", None)
    assert second.broken == "its id 'speed' is already taken by speed"
    assert not second.usable


def test_two_of_the_coachs_own_with_one_id(make_plugin: PluginMaker, plugin_root: Path):
    shutil.copytree(make_plugin("speed", root=plugin_root), plugin_root / "speed-copy")
    first, second = (one for one in discover() if one.name == "speed")
    assert first.broken is None
    assert second.path.name == "speed-copy"
    assert "already taken by speed" in str(second.broken)


@pytest.mark.parametrize(
    ("points_to", "told"),
    [
        ("odd.inner", "must name its top-level package alone"),
        ("odd:Analyzer", "must name its top-level package alone"),
        ("not_there_at_all", "there is no package 'not_there_at_all'"),
        ("json", "cannot be read"),
    ],
)
def test_a_package_with_a_wrong_entry_point(make_package: PluginMaker, points_to: str, told: str):
    make_package("odd", EXPLODES, points_to=points_to)
    assert told in str(found("odd").broken)


def test_a_pipe_in_place_of_a_manifest_is_not_waited_for(make_plugin: PluginMaker, plugin_root: Path):
    (manifest,) = make_plugin("speed", root=plugin_root).rglob("coachvision.toml")
    manifest.unlink()
    os.mkfifo(manifest)
    assert found("speed").broken == "coachvision.toml is no file"


@pytest.mark.logs_expected
@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("entry_points.txt", b"\xff\xfe[coachvision.analyzers]\nodd = odd\n"),
        ("entry_points.txt", b"[coachvision.analyzers]\nodd\n"),
        ("METADATA", b"\xff\xfe\0"),
    ],
)
def test_a_package_whose_metadata_are_damaged_is_told_and_the_rest_goes_on(
    make_package: PluginMaker, caplog: pytest.LogCaptureFixture, file: str, data: bytes
):
    make_package("fine", EXPLODES)
    site = make_package("odd", EXPLODES).parent
    (site / "odd-1.0.0.dist-info" / file).write_bytes(data)
    names = [one.name for one in discover()]
    assert "fine" in names
    assert "odd" not in names
    assert f"a package in {site} is left out" in caplog.text


def test_a_package_that_lies_twice_on_the_import_path_is_one(
    make_package: PluginMaker, monkeypatch: pytest.MonkeyPatch
):
    site = make_package("fine", EXPLODES).parent
    shutil.copytree(site, site.with_name("copy"))
    monkeypatch.syspath_prepend(site.with_name("copy"))
    (one,) = (one for one in discover() if one.name == "fine")
    assert one.usable
    assert one.path.parent.name == "copy"


def test_a_packages_entry_lies_in_the_package(make_package: PluginMaker):
    make_package("stray", EXPLODES, entry='"os:stat_result"')
    assert "must begin with its own package (stray.)" in str(found("stray").broken)


def test_enabled_is_what_the_coach_said(make_plugin: PluginMaker, plugin_root: Path):
    make_plugin("speed", root=plugin_root)
    assert found("speed").enabled
    state.set_enabled("speed", False)
    assert not found("speed").enabled
    assert found("speed").broken is None
    state.set_enabled("speed", True)
    assert found("speed").usable


def test_no_plugin_folder_is_no_plugins(tmp_path: Path):
    assert not [one for one in discover(tmp_path / "nowhere") if one.source == "user"]


def test_an_old_copy_counts_where_a_crash_left_nothing_else(make_plugin: PluginMaker, plugin_root: Path):
    make_plugin("speed", root=plugin_root).rename(plugin_root / f"{PREVIOUS}speed")
    assert found("speed").usable
    make_plugin("speed", root=plugin_root, version='"2.0.0"')
    manifest = found("speed").manifest
    assert manifest is not None
    assert manifest.version == "2.0.0"


def test_one_that_cannot_be_read_is_broken_and_the_rest_goes_on(
    make_plugin: PluginMaker, plugin_root: Path, monkeypatch: pytest.MonkeyPatch
):
    make_plugin("fine", root=plugin_root)
    shutil.make_archive(str(plugin_root / "private"), "zip", make_plugin("private"))

    def locked(path: Path) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(archive, "manifest_text", locked)
    assert found("private.zip").broken == "it cannot be read: Permission denied"
    assert found("fine").usable


@pytest.mark.logs_expected
def test_a_plugin_folder_that_cannot_be_read_is_logged(
    plugin_root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def locked(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", locked)
    assert not [one for one in discover(plugin_root) if one.source == "user"]
    assert "Permission denied" in caplog.text


def test_a_package_that_was_half_loaded_by_somebody(make_package: PluginMaker, monkeypatch: pytest.MonkeyPatch):
    make_package("half", EXPLODES)
    half = types.ModuleType("half")
    half.__spec__ = None
    monkeypatch.setitem(sys.modules, "half", half)
    assert "half.__spec__ is None" in str(found("half").broken)


@pytest.mark.logs_expected
def test_a_damaged_state_file_is_logged_and_everything_is_enabled(
    make_plugin: PluginMaker, plugin_root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    make_plugin("speed", root=plugin_root)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "plugins.toml").write_text("disabled = [")
    assert found("speed").enabled
    assert "plugins.toml.damaged-1" in caplog.text


def test_a_zip_whose_manifest_is_huge_is_not_read(plugin_root: Path):
    with zipfile.ZipFile(plugin_root / "huge.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("coachvision.toml", b"#" * 10_000_000)
    assert "longer than 256 KB" in str(found("huge.zip").broken)
