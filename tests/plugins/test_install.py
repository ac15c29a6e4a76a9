"""Plugins from anywhere: whole or not at all, and nothing outside the plugin folder whatever a zip says."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachvision.errors import PluginError
from coachvision.plugins import archive, state
from coachvision.plugins.api import FrameAnalyzer
from coachvision.plugins.archive import safe_parts
from coachvision.plugins.discovery import discover
from coachvision.plugins.host import load
from coachvision.plugins.install import install, uninstall

from .conftest import ANALYZER, PluginMaker, manifest_of


def refusal(source: Path) -> PluginError:
    """Nothing in or beside the plugin folder changes when a source is refused."""
    before = tree(source.parent)
    with pytest.raises(PluginError) as caught:
        install(source)
    assert tree(source.parent) == before
    assert caught.value.path == source
    return caught.value


def tree(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if not path.is_dir() or list(path.iterdir()) or path.name not in ("plugins",)
    }


def good_zip(path: Path, **more: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("speed/coachvision.toml", manifest_of("speed", "speed"))
        made.writestr("speed/__init__.py", ANALYZER)
        for name, data in more.items():
            made.writestr(name, data)
    return path


def zip_with(path: Path, info: zipfile.ZipInfo | str, data: bytes = b"x") -> Path:
    good_zip(path)
    with zipfile.ZipFile(path, "a") as made:
        made.writestr(info, data)
    return path


class TestWhatIsTaken:
    def test_a_folder(self, make_plugin: PluginMaker, plugin_root: Path):
        litter = {".git/config": "", "speed/__pycache__/x.pyc": "", "tests/test_speed.py": "", "README.md": "hello"}
        done = install(make_plugin("speed", files=litter))
        assert (done.name, done.path, done.broken) == ("speed", plugin_root / "speed", None)
        assert isinstance(load(done), FrameAnalyzer)
        there = {path.relative_to(done.path).as_posix() for path in done.path.rglob("*") if path.is_file()}
        assert {name for name in there if "__pycache__" not in name} == {
            "README.md",
            "speed/__init__.py",
            "speed/coachvision.toml",
            "tests/test_speed.py",
        }

    def test_the_package_itself(self, make_plugin: PluginMaker):
        folder = make_plugin("speed", "from .speed import Analyzer", files={"speed/speed.py": ANALYZER})
        assert isinstance(load(install(folder / "speed")), FrameAnalyzer)

    @pytest.mark.parametrize("top", ["", "speed-main/", "a/"])
    def test_a_zip_however_it_was_packed(self, tmp_path: Path, top: str):
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
            made.writestr(f"{top}speed/coachvision.toml", manifest_of("speed", "speed"))
            made.writestr(f"{top}speed/__init__.py", ANALYZER)
            made.writestr(f"__MACOSX/{top}speed/._coachvision.toml", b"\0")
        done = install(tmp_path / "x.zip")
        assert isinstance(load(done), FrameAnalyzer)
        assert not (done.path / "__MACOSX").exists()

    def test_a_zip_of_the_packages_files_alone(self, tmp_path: Path):
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
            made.writestr("coachvision.toml", manifest_of("speed", "speed"))
            made.writestr("__init__.py", ANALYZER)
        assert isinstance(load(install(tmp_path / "x.zip")), FrameAnalyzer)

    def test_a_zip_with_backslashes(self, tmp_path: Path):
        info = zipfile.ZipInfo("speed/x")
        info.filename = info.orig_filename = "speed\\data\\table.csv"
        done = install(zip_with(tmp_path / "x.zip", info, b"1,2"))
        assert (done.path / "speed" / "data" / "table.csv").read_bytes() == b"1,2"

    def test_a_newer_copy_replaces_the_older_whole(self, make_plugin: PluginMaker, plugin_root: Path):
        install(make_plugin("speed", files={"old.txt": ""}))
        shutil.rmtree(plugin_root.parent / "made")
        done = install(make_plugin("speed", version='"2.0.0"'))
        assert done.manifest is not None
        assert done.manifest.version == "2.0.0"
        assert not (plugin_root / "speed" / "old.txt").exists()
        assert [path.name for path in plugin_root.iterdir()] == ["speed"], "neither old copy nor staging is left"

    def test_a_copy_that_lies_under_another_name_is_replaced_there(self, make_plugin: PluginMaker, plugin_root: Path):
        make_plugin("speed", root=plugin_root).rename(plugin_root / "unzipped by hand")
        done = install(make_plugin("speed", version='"2.0.0"'))
        assert done.path == plugin_root / "unzipped by hand"
        assert [path.name for path in plugin_root.iterdir()] == ["unzipped by hand"]


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("../evil.py", "leads out"),
            ("speed/../../evil.py", "leads out"),
            ("..\\evil.py", "leads out"),
            ("/etc/evil", "absolute"),
            ("\\\\server\\evil", "absolute"),
            ("C:\\evil", "drive"),
            ("c:evil", "drive"),
            ("speed/x:stream", "characters"),
            ("speed/nul.txt", "Windows"),
            ("speed/COM1", "Windows"),
            ("speed/dot.", "Windows"),
            ("speed/line\nbreak", "characters"),
            ("speed/" + "n" * 201, "too long"),
            ("d/" * 21 + "x", "folders deep"),
        ],
    )
    def test_names_that_lead_elsewhere(self, tmp_path: Path, name: str, told: str):
        info = zipfile.ZipInfo("x")
        info.filename = info.orig_filename = name
        assert told in refusal(zip_with(tmp_path / "x.zip", info)).message

    def test_a_nul_in_a_name(self, tmp_path: Path):
        path = zip_with(tmp_path / "x.zip", "speed/evil@.py")
        path.write_bytes(path.read_bytes().replace(b"evil@.py", b"evil\0.py"))
        assert "NUL" in refusal(path).message

    @pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
    def test_links_and_devices_in_a_zip(self, tmp_path: Path, kind: int):
        info = zipfile.ZipInfo("speed/link")
        info.external_attr = (kind | 0o777) << 16
        assert "link or device" in refusal(zip_with(tmp_path / "x.zip", info, b"/etc/passwd")).message

    def test_names_in_a_folder_that_not_every_system_can_store(self, make_plugin: PluginMaker):
        assert "Windows cannot store" in refusal(make_plugin("speed", files={"speed/aux.py": ""})).message

    def test_links_in_a_folder(self, make_plugin: PluginMaker):
        folder = make_plugin("speed")
        (folder / "speed" / "secret.py").symlink_to("/etc/passwd")
        assert "link or device" in refusal(folder).message

    def test_the_same_file_twice_also_by_case(self, tmp_path: Path):
        assert "twice" in refusal(zip_with(tmp_path / "x.zip", "speed/__INIT__.py")).message

    def test_a_zip_that_is_itself_too_large(self, plugin_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 1 << 20)
        small = good_zip(tmp_path / "huge.zip").read_bytes()
        # Zips may begin with anything.
        (tmp_path / "huge.zip").write_bytes(bytes(1 << 20) + small)
        assert "larger than 1 MB" in refusal(tmp_path / "huge.zip").message
        (tmp_path / "huge.zip").rename(plugin_root / "huge.zip")
        (found,) = (one for one in discover() if one.source == "user")
        assert "larger than 1 MB" in str(found.broken)

    def test_a_bomb_that_says_so(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 5_000_000)
        path = good_zip(tmp_path / "x.zip", **{"speed/zeros": bytes(6_000_000)})
        assert path.stat().st_size < 20_000
        assert "unpacked it would be larger than" in refusal(path).message

    def test_a_bomb_that_lies_about_its_size(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 5_000_000)
        path = good_zip(tmp_path / "x.zip", **{"speed/zeros": bytes(6_000_000)})
        size = (6_000_000).to_bytes(4, "little")
        assert path.read_bytes().count(size) == 2
        path.write_bytes(path.read_bytes().replace(size, (100).to_bytes(4, "little")))
        assert "damaged" in refusal(path).message
        (tmp_path / "out").mkdir()
        with pytest.raises(PluginError):
            archive.unpack(path, tmp_path / "out")
        assert (tmp_path / "out" / "speed" / "zeros").stat().st_size <= 100

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_methods_that_unpack_without_a_bound(self, tmp_path: Path, method: int):
        path = good_zip(tmp_path / "x.zip")
        with zipfile.ZipFile(path, "a") as made:
            made.writestr("speed/zeros", bytes(1000), method)
        assert "ordinary zip" in refusal(path).message

    def test_too_many_files(self, tmp_path: Path, make_plugin: PluginMaker, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(archive, "MAX_FILES", 3)
        assert "more than 3" in refusal(good_zip(tmp_path / "x.zip", a=b"", b=b"")).message
        assert "is this the right folder?" in refusal(make_plugin("speed", files={"a": "", "b": ""})).message

    def test_too_large_a_folder(self, make_plugin: PluginMaker, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 1000)
        assert "larger than" in refusal(make_plugin("speed", files={"a": "x" * 1000})).message

    def test_a_locked_zip(self, tmp_path: Path):
        path = good_zip(tmp_path / "x.zip")
        data = bytearray(path.read_bytes())
        # Bit 0 of the general purpose flags, in local headers (offset 6) and the directory (offset 8), means encrypted.
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.find(mark)
            while at >= 0:
                data[at + offset] |= 1
                at = data.find(mark, at + 1)
        path.write_bytes(data)
        assert "damaged or locked" in refusal(path).message

    @pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + bytes(100), b"Rar!\x1a\x07\x00"])
    def test_what_is_no_zip(self, tmp_path: Path, data: bytes):
        (tmp_path / "x.zip").write_bytes(data)
        assert "damaged or locked" in refusal(tmp_path / "x.zip").message

    def test_what_is_neither_there_nor_a_zip(self, tmp_path: Path):
        assert "nothing at" in refusal(tmp_path / "absent.zip").message
        for name in ("x.tar.gz", "x-1.0-py3-none-any.whl"):
            (tmp_path / name).write_bytes(b"x")
            assert "neither a folder nor a .zip" in refusal(tmp_path / name).message

    def test_a_pipe_called_zip_is_not_waited_for(self, tmp_path: Path):
        os.mkfifo(tmp_path / "x.zip")
        assert "neither a folder nor a .zip" in refusal(tmp_path / "x.zip").message

    def test_a_zip_in_the_plugin_folder_that_is_no_plugin(self, plugin_root: Path):
        for name, data in (("photos.zip", {}), ("latin.zip", {"coachvision.toml": b"title = '\xe9'"})):
            with zipfile.ZipFile(plugin_root / name, "w") as made:
                for member, content in {"x.jpg": b"", **data}.items():
                    made.writestr(member, content)
        broken = {one.name: str(one.broken) for one in discover() if one.source == "user"}
        assert "no coachvision.toml" in broken["photos.zip"]
        assert "not UTF-8" in broken["latin.zip"]

    def test_what_is_no_plugin(self, tmp_path: Path, make_plugin: PluginMaker):
        (tmp_path / "holiday").mkdir()
        assert "no coachvision.toml" in refusal(tmp_path / "holiday").message
        assert "`title` is missing" in refusal(make_plugin("untitled", title=None)).message
        assert "imports 'torch'" in refusal(make_plugin("heavy", "import torch")).message
        assert "not valid Python" in refusal(make_plugin("typo", "def (")).message

    def test_an_id_that_belongs_to_a_package(self, make_package: PluginMaker, make_plugin: PluginMaker):
        make_package("packaged")
        assert "already taken by the package packaged" in refusal(make_plugin("packaged")).message

    def test_an_id_that_belongs_to_a_loose_zip(self, plugin_root: Path, make_plugin: PluginMaker):
        good_zip(plugin_root / "by-hand.zip")
        assert "already taken by by-hand.zip" in refusal(make_plugin("speed")).message

    def test_a_refused_update_leaves_the_old_copy(self, make_plugin: PluginMaker, tmp_path: Path):
        install(make_plugin("speed"))
        refusal(zip_with(tmp_path / "x.zip", "../evil"))
        (kept,) = (one for one in discover() if one.source == "user")
        assert isinstance(load(kept), FrameAnalyzer)


class TestTrouble:
    def test_a_disk_that_refuses(self, make_plugin: PluginMaker, monkeypatch: pytest.MonkeyPatch):
        folder = make_plugin("speed")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(shutil, "copyfile", full)
        caught = refusal(folder)
        assert "No space left" in caught.message
        assert caught.retryable

    def test_a_rename_that_fails_brings_the_old_copy_back(
        self, make_plugin: PluginMaker, plugin_root: Path, monkeypatch: pytest.MonkeyPatch
    ):
        install(make_plugin("speed"))
        shutil.rmtree(plugin_root.parent / "made")
        folder = make_plugin("speed", version='"2.0.0"')
        real = Path.rename

        def stubborn(self: Path, target: Path) -> Path:
            if self.name == "plugin":
                raise PermissionError(13, "Permission denied")
            return real(self, target)

        monkeypatch.setattr(Path, "rename", stubborn)
        assert "Permission denied" in refusal(folder).message
        (kept,) = (one for one in discover() if one.source == "user")
        assert kept.path == plugin_root / "speed"
        assert kept.manifest is not None
        assert kept.manifest.version == "1.0.0"

    @pytest.mark.parametrize("point", ["plugins.install.old_aside", "plugins.install.new_in_place"])
    def test_killed_between_the_renames_one_copy_counts(self, make_plugin: PluginMaker, plugin_root: Path, point: str):
        install(make_plugin("speed"))
        shutil.rmtree(plugin_root.parent / "made")
        folder = make_plugin("speed", version='"2.0.0"')
        script = "import sys; from pathlib import Path; from coachvision.plugins.install import install; "
        done = subprocess.run(
            [sys.executable, "-c", f"{script}install(Path(sys.argv[1]))", str(folder)],
            env={**os.environ, "COACHVISION_KILL_AT": point, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert done.returncode == -9
        (kept,) = (one for one in discover() if one.source == "user")
        assert kept.manifest is not None
        assert kept.manifest.version == ("1.0.0" if point.endswith("aside") else "2.0.0")
        assert isinstance(load(kept), FrameAnalyzer)
        assert install(folder).path == plugin_root / "speed"
        (only,) = (one for one in discover() if one.source == "user")
        assert only.path == plugin_root / "speed"


class TestUninstall:
    def test_it_is_gone(self, make_plugin: PluginMaker, plugin_root: Path):
        install(make_plugin("speed"))
        uninstall("speed")
        assert not list(plugin_root.iterdir())

    def test_a_loose_zip_and_a_broken_folder_go_by_name(self, make_plugin: PluginMaker, plugin_root: Path):
        good_zip(plugin_root / "by-hand.zip")
        make_plugin("cracked", root=plugin_root, title=None)
        uninstall("speed")
        uninstall("cracked")
        assert not list(plugin_root.iterdir())

    def test_a_linked_folder_is_unlinked_not_emptied(self, make_plugin: PluginMaker, plugin_root: Path):
        folder = make_plugin("speed")
        (plugin_root / "speed").symlink_to(folder, target_is_directory=True)
        uninstall("speed")
        assert (folder / "speed" / "__init__.py").exists()
        assert not list(plugin_root.iterdir())

    def test_what_was_unpacked_of_a_zip_goes_with_it(self, plugin_root: Path):
        path = good_zip(plugin_root / "by-hand.zip")
        other = good_zip(plugin_root / "by-hand-2.zip", more=b"x")
        archive.unpacked_copy(other)
        for content in (b"a", b"b"):
            good_zip(path, more=content)
            archive.unpacked_copy(path)
        assert len(list((plugin_root / ".unpacked").iterdir())) == 3
        uninstall("by-hand.zip")
        assert not path.exists()
        assert [copy.name[:10] for copy in (plugin_root / ".unpacked").iterdir()] == ["by-hand-2-"]

    def test_installed_again_it_is_enabled_again(self, make_plugin: PluginMaker):
        folder = make_plugin("speed")
        install(folder)
        state.set_enabled("speed", False)
        assert not install(folder).enabled, "an update keeps what the coach chose"
        uninstall("speed")
        assert install(folder).enabled

    def test_unknown_and_packages(self, make_package: PluginMaker, tmp_path: Path):
        (tmp_path / "precious").mkdir()
        with pytest.raises(PluginError, match="no plugin nobody"):
            uninstall("nobody")
        with pytest.raises(PluginError, match=r"no plugin \.\./precious"):
            uninstall("../precious")
        assert (tmp_path / "precious").is_dir()
        make_package("packaged")
        with pytest.raises(PluginError, match="installed as the package packaged"):
            uninstall("packaged")


NAMES = st.lists(
    st.sampled_from(["..", ".", "", "/", "\\", "a", "C:", "nul", " ", "é", "\0", "x.", "~", "*"]), max_size=8
)


@given(st.text(max_size=40) | NAMES.map("/".join) | NAMES.map("".join) | NAMES.map("\\".join))
def test_no_name_leads_out_of_its_folder(name: str):
    try:
        parts = safe_parts(name)
    except ValueError:
        return
    root = os.path.normpath("/somewhere/plugins/staging")
    joined = os.path.normpath(os.path.join(root, *parts))  # noqa: PTH118 - the lexical join is what is under test
    assert joined.startswith(root + os.sep)
    assert not any(part in ("", ".", "..") or set(part) & set("/\\:\0") for part in parts)
    assert safe_parts("/".join(parts)) == parts


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_zip_is_a_plugin_error_and_writes_nothing_outside(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
):
    base = tmp_path_factory.mktemp("fuzz")
    whole = bytearray(good_zip(base / "x.zip").read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    (base / "x.zip").write_bytes(whole[: data.draw(st.integers(len(whole) // 2, len(whole)))])
    (base / "out" / "inner").mkdir(parents=True)
    try:
        archive.unpack(base / "x.zip", base / "out" / "inner")
        archive.manifest_text(base / "x.zip")
    except (PluginError, OSError):
        pass
    assert {path.name for path in base.iterdir()} == {"x.zip", "out"}
    assert [path.name for path in (base / "out").iterdir()] == ["inner"]
