"""Loading, order and parameters: an analyzer's failure is told by its name and stays its own."""

from __future__ import annotations

import shutil
import statistics
import sys
from pathlib import Path

import pytest

from coachvision.errors import CoachVisionError, PluginError, UsageError
from coachvision.plugins import state
from coachvision.plugins.api import FrameAnalyzer, SeriesAnalyzer, TwoWayAnalyzer
from coachvision.plugins.discovery import Installed, discover
from coachvision.plugins.host import check_parameters, load, obstacles, order
from coachvision.plugins.manifest import parse_manifest

from .conftest import PluginMaker, manifest_of

EMPTY = """
class Analyzer:
    def start(self, video, params): pass
    def frame(self, frame): pass
    def finish(self): pass
"""


def one(name: str) -> Installed:
    return next(plugin for plugin in discover() if plugin.name == name)


def why_not_loaded(name: str) -> str:
    with pytest.raises(PluginError) as caught:
        load(one(name))
    assert name in caught.value.title
    return caught.value.message


class TestLoad:
    def test_a_coachs_own_plugin(self, make_plugin: PluginMaker, plugin_root: Path):
        make_plugin("speed", root=plugin_root)
        make_plugin("speed-of-arm", root=plugin_root, kind='"series"', needs='["speed"]')
        assert isinstance(load(one("speed")), FrameAnalyzer)
        assert isinstance(load(one("speed-of-arm")), SeriesAnalyzer)

    def test_a_package(self, make_package: PluginMaker):
        make_package("packaged")
        assert type(load(one("packaged"))).__module__ == "packaged"

    def test_a_zip_as_it_came(self, make_plugin: PluginMaker, plugin_root: Path):
        folder = make_plugin("zipped", "from .inner import Analyzer", files={"zipped/inner.py": "class Analyzer: pass"})
        (folder / "zipped" / "inner.py").write_text(EMPTY)
        shutil.make_archive(str(plugin_root / "zipped"), "zip", folder)
        assert isinstance(load(one("zipped")), FrameAnalyzer)
        (unpacked,) = (plugin_root / ".unpacked").iterdir()
        assert load(one("zipped")) is not None
        assert [*(plugin_root / ".unpacked").iterdir()] == [unpacked], "unpacked once for each content"

    def test_a_zip_that_two_processes_unpack_at_once(
        self, make_plugin: PluginMaker, plugin_root: Path, monkeypatch: pytest.MonkeyPatch
    ):
        shutil.make_archive(str(plugin_root / "zipped"), "zip", make_plugin("zipped"))
        real = Path.rename

        def late(self: Path, target: Path) -> Path:
            shutil.copytree(self, target)
            return real(self, target)

        monkeypatch.setattr(Path, "rename", late)
        assert isinstance(load(one("zipped")), FrameAnalyzer)
        assert len([*(plugin_root / ".unpacked").iterdir()]) == 1

    def test_a_zip_that_cannot_be_unpacked(
        self, make_plugin: PluginMaker, plugin_root: Path, monkeypatch: pytest.MonkeyPatch
    ):
        shutil.make_archive(str(plugin_root / "zipped"), "zip", make_plugin("zipped"))

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "rename", full)
        assert "No space left" in why_not_loaded("zipped")
        assert not [*(plugin_root / ".unpacked").iterdir()]

    def test_a_single_module_beside_the_manifest(self, plugin_root: Path):
        (plugin_root / "flat").mkdir()
        (plugin_root / "flat" / "coachvision.toml").write_text(manifest_of("flat", "flat_code"))
        (plugin_root / "flat" / "flat_code.py").write_text(EMPTY)
        assert isinstance(load(one("flat")), FrameAnalyzer)

    def test_one_that_shadows_the_standard_library_and_us_does_not(self, make_plugin: PluginMaker, plugin_root: Path):
        code = """
        import statistics
        class Analyzer:
            def start(self, v, p): pass
            def frame(self, f): pass
            def finish(self): return statistics.mean([1, 2, 3])
        """
        for package in ("statistics", "coachvision", "numpy"):
            make_plugin(package, code, root=plugin_root)
        before = {name: sys.modules.get(name) for name in ("statistics", "coachvision", "numpy")}
        path = list(sys.path)
        for package in ("statistics", "coachvision", "numpy"):
            analyzer = load(one(package))
            assert isinstance(analyzer, FrameAnalyzer)
            assert type(analyzer).__module__ == f"_coachvision_user_plugin_{package}"
            assert analyzer.finish() == 2  # type: ignore[comparison-overlap]  # a test's analyzer, a number on purpose
        assert {name: sys.modules.get(name) for name in before} == before
        assert sys.path == path
        assert statistics.mean([2, 4]) == 3

    def test_two_plugins_with_the_same_package_name_keep_apart(self, plugin_root: Path):
        for plugin_id in ("first", "second"):
            folder = plugin_root / plugin_id / "shared"
            folder.mkdir(parents=True)
            (folder / "coachvision.toml").write_text(manifest_of(plugin_id, "shared", entry='"shared.inner:Analyzer"'))
            (folder / "__init__.py").write_text("")
            (folder / "inner.py").write_text(
                f"class Analyzer:\n    def start(self, v, p): pass\n    def frame(self, f): pass\n"
                f"    def finish(self): return {plugin_id!r}\n"
            )
        analyzers = [load(one(plugin_id)) for plugin_id in ("first", "second")]
        assert [a.finish() for a in analyzers if isinstance(a, FrameAnalyzer)] == ["first", "second"]

    def test_an_updated_plugin_is_loaded_afresh_with_all_its_modules(self, make_plugin: PluginMaker, plugin_root: Path):
        seen = []
        for answer in ("old", "and new"):
            files = {"speed/inner.py": f"{EMPTY}\n    answer = {answer!r}\n"}
            folder = make_plugin("speed", "from .inner import Analyzer", root=plugin_root, files=files)
            analyzer = load(one("speed"))
            seen.append(getattr(analyzer, "answer", None))
            shutil.rmtree(folder)
        assert seen == ["old", "and new"]

    @pytest.mark.parametrize(
        ("code", "told"),
        [
            ("raise RuntimeError('no luck')", "RuntimeError: no luck (__init__.py, line 1)"),
            ("import sys\nsys.exit(3)", "SystemExit: 3"),
            ("class Analyzer:\n    def __init__(self): 1 / 0", "ZeroDivisionError"),
            ("class Analyzer:\n    def __init__(self, needed): pass", "TypeError"),
            ("class Other: pass", "has no class Analyzer"),
            ("Analyzer = 3", "has no class Analyzer"),
            ("class Analyzer: pass", "needs the methods start, frame and finish"),
            ("def broken(:", "__init__.py is not valid Python"),
        ],
    )
    def test_what_goes_wrong_in_it_is_told_by_its_name(
        self, make_plugin: PluginMaker, plugin_root: Path, code: str, told: str
    ):
        make_plugin("clumsy", code, root=plugin_root)
        assert told in why_not_loaded("clumsy")

    def test_a_failed_import_leaves_no_half_a_module(self, make_plugin: PluginMaker, plugin_root: Path):
        code = "from .inner import x\nraise RuntimeError"
        make_plugin("half-way", code, root=plugin_root, files={"half_way/inner.py": "x = 1"})
        assert "RuntimeError" in why_not_loaded("half-way")
        assert not [name for name in sys.modules if "half_way" in name]

    def test_a_package_that_raises(self, make_package: PluginMaker):
        make_package("clumsy-package", "raise ValueError('at import')")
        assert "ValueError: at import" in why_not_loaded("clumsy-package")

    def test_one_that_is_broken_already(self, make_plugin: PluginMaker, plugin_root: Path):
        make_plugin("speed", root=plugin_root, title=None)
        assert "`title` is missing" in why_not_loaded("speed")

    def test_the_kind_must_be_what_the_manifest_says(self, make_plugin: PluginMaker, plugin_root: Path):
        frame_code = EMPTY
        make_plugin("not-series", frame_code, root=plugin_root, kind='"series"', needs='["x"]')
        assert "has no method compute" in why_not_loaded("not-series")
        make_plugin("one-way", frame_code, root=plugin_root, direction='"both"')
        assert "backward_from, backward" in why_not_loaded("one-way")
        both = frame_code + "    def backward_from(self): pass\n    def backward(self, f): pass\n"
        make_plugin("two-way", both, root=plugin_root, direction='"both"')
        assert isinstance(load(one("two-way")), TwoWayAnalyzer)


class TestImports:
    @pytest.mark.parametrize(
        "line",
        [
            "import json, os.path, numpy as np, scipy.signal, cv2",
            "from concurrent.futures import Future",
            "from coachvision.plugins.api import Result",
            "from coachvision.plugins import api",
            "import coachvision.plugins.api as api",
            "from . import inner",
            "from .inner import number",
        ],
    )
    def test_what_it_may_import(self, make_plugin: PluginMaker, plugin_root: Path, line: str):
        code = (
            f"{line}\nclass Analyzer:\n    def start(self, v, p): pass\n    def frame(self, f): pass\n"
            "    def finish(self): pass\n"
        )
        make_plugin("neat", code, root=plugin_root, files={"neat/inner.py": "number = 1"})
        assert isinstance(load(one("neat")), FrameAnalyzer)

    @pytest.mark.parametrize(
        ("line", "module"),
        [
            ("import torch", "torch"),
            ("import numpy, pandas.core", "pandas.core"),
            ("import tkinter", "tkinter"),
            ("from coachvision.library import Library", "coachvision.library"),
            ("from coachvision.plugins import host", "coachvision.plugins.host"),
            ("import coachvision", "coachvision"),
            ("from coachvision import plugins", "coachvision"),
            ("def later():\n    import requests", "requests"),
            ("try:\n    import av\nexcept ImportError:\n    pass", "av"),
        ],
    )
    def test_what_it_may_not_is_named_and_nothing_runs(
        self, make_plugin: PluginMaker, plugin_root: Path, tmp_path: Path, line: str, module: str
    ):
        ran = tmp_path / "ran"
        code = f"open({str(ran)!r}, 'w').close()\n"
        make_plugin("greedy", code, root=plugin_root, files={"greedy/inner.py": line})
        told = why_not_loaded("greedy")
        assert f"imports {module!r}" in told
        assert "inner.py, line" in told
        assert not ran.exists()

    def test_its_own_package_is_imported_with_a_dot(self, make_plugin: PluginMaker, plugin_root: Path):
        make_plugin("selfish", "from selfish.inner import x", root=plugin_root, files={"selfish/inner.py": "x = 1"})
        assert "write it with a leading dot" in why_not_loaded("selfish")

    def test_packages_import_what_they_depend_on(self, make_package: PluginMaker):
        make_package(
            "free",
            "import pydantic\nclass Analyzer:\n    def start(self, v, p): pass\n    def frame(self, f): pass\n"
            "    def finish(self): pass\n",
        )
        assert isinstance(load(one("free")), FrameAnalyzer)


class TestOrder:
    @pytest.fixture(autouse=True)
    def _plugins(self, make_plugin: PluginMaker, plugin_root: Path) -> None:
        make_plugin("zz-pose", root=plugin_root)
        make_plugin("angles-x", root=plugin_root, kind='"series"', needs='["zz-pose"]')
        make_plugin("reps-x", root=plugin_root, kind='"series"', needs='["angles-x", "zz-pose"]')

    def mine(self) -> list[Installed]:
        return [plugin for plugin in discover() if plugin.source == "user"]

    def names(self, wanted: list[str] | None = None) -> list[str]:
        return [plugin.name for plugin in order(self.mine(), wanted)]

    def refusal(self, *wanted: str, kind: type[CoachVisionError] = PluginError) -> CoachVisionError:
        with pytest.raises(kind) as caught:
            order(self.mine(), wanted)
        assert wanted[0] in caught.value.title
        return caught.value

    def test_each_comes_after_what_it_needs(self):
        assert self.names() == ["zz-pose", "angles-x", "reps-x"]

    def test_what_is_needed_is_added(self):
        assert self.names(["angles-x"]) == ["zz-pose", "angles-x"]
        assert self.names(["reps-x", "reps-x"]) == ["zz-pose", "angles-x", "reps-x"]
        assert self.names([]) == []

    def test_unknown(self):
        assert self.refusal("reps-y", kind=UsageError).hint == "Did you mean reps-x?"
        assert "angles-x, reps-x, zz-pose" in self.refusal("42", kind=UsageError).hint

    def test_disabled(self):
        state.set_enabled("zz-pose", False)
        assert self.refusal("reps-x").message == "reps-x needs angles-x, which needs zz-pose, which is disabled"
        assert self.refusal("reps-x").hint == "Enable it: coachvision plugins enable zz-pose"
        assert self.refusal("zz-pose").hint == "Enable it: coachvision plugins enable zz-pose"
        assert self.names() == []
        assert obstacles(self.mine()) == {
            "angles-x": "needs zz-pose, which is disabled",
            "reps-x": "needs angles-x, which needs zz-pose, which is disabled",
        }

    def test_missing_stops_those_who_need_it_alone(self, make_plugin: PluginMaker, plugin_root: Path):
        make_plugin("lonely", root=plugin_root, kind='"series"', needs='["nobody"]')
        assert self.names() == ["zz-pose", "angles-x", "reps-x"]
        assert obstacles(self.mine()) == {"lonely": "needs nobody, which is not installed"}
        assert "needs nobody, which is not installed" in self.refusal("lonely").message

    def test_broken(self, make_plugin: PluginMaker, plugin_root: Path):
        make_plugin("cracked", root=plugin_root, title=None)
        make_plugin("on-cracked", root=plugin_root, kind='"series"', needs='["cracked"]')
        assert "cracked, which is broken: coachvision.toml: `title` is missing" in self.refusal("on-cracked").message
        assert set(obstacles(self.mine())) == {"cracked", "on-cracked"}
        assert self.names() == ["zz-pose", "angles-x", "reps-x"]

    def test_circles(self, make_plugin: PluginMaker, plugin_root: Path):
        make_plugin("egg", root=plugin_root, kind='"series"', needs='["hen"]')
        make_plugin("hen", root=plugin_root, kind='"series"', needs='["egg"]')
        make_plugin("nest", root=plugin_root, kind='"series"', needs='["egg"]')
        assert self.refusal("egg").message == "egg needs itself in a circle (egg -> hen -> egg)"
        assert self.refusal("nest").message == "nest needs egg, which needs itself in a circle (egg -> hen -> egg)"
        assert self.names() == ["zz-pose", "angles-x", "reps-x"]

    def test_a_taken_id_means_the_one_who_has_it(self, plugin_root: Path):
        shutil.copytree(plugin_root / "zz-pose", plugin_root / "zz-pose-copy")
        assert [plugin.path.name for plugin in order(self.mine(), ["zz-pose"])] == ["zz-pose"]
        assert "already taken" in obstacles(self.mine())["zz-pose"]


class TestParameters:
    MANIFEST = parse_manifest(
        manifest_of("speed", "speed")
        + "[parameters.least]\ntype = 'number'\ndefault = 1\nminimum = 0\nunit = 's'\n"
        + "[parameters.side]\ntype = 'choice'\nchoices = ['left', 'right']\ndefault = 'left'\n",
        "speed",
    )

    def test_defaults_fill_what_is_not_given(self):
        assert check_parameters(self.MANIFEST, {}) == {"least": 1.0, "side": "left"}
        assert check_parameters(self.MANIFEST, {"side": "right"}) == {"least": 1.0, "side": "right"}

    def test_what_does_not_fit_is_told(self):
        with pytest.raises(UsageError, match=r"'least' of speed does not fit: -1\.0 is below the minimum 0 s"):
            check_parameters(self.MANIFEST, {"least": "-1"})
        with pytest.raises(UsageError, match="'up' is none of left, right"):
            check_parameters(self.MANIFEST, {"side": "up"})
        with pytest.raises(UsageError, match="speed has no parameter 'most': Its parameters are: least, side"):
            check_parameters(self.MANIFEST, {"most": 1})
