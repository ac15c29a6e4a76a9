"""Settings are declared once, survive damage, and tell what they did not accept."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision import settings
from coachvision.errors import UsageError
from coachvision.plugins.manifest import read_manifest
from coachvision.settings import SETTINGS, Setting


def file_of(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text)
    return path


def test_without_a_file_all_are_their_defaults(tmp_path: Path):
    loaded = settings.load(tmp_path)
    assert loaded.warnings == ()
    assert dict(loaded.values) == {setting.name: setting.default for setting in SETTINGS}
    # What nobody asked for stays off: nothing goes to a cloud, no folder is watched.
    for name in ("cloud.supabase_url", "cloud.gateway", "import.watch_folder"):
        assert loaded.text(name) == ""
    assert not list(tmp_path.glob("settings*")), "reading writes nothing"


def test_every_declaration_is_complete_and_accepts_its_default():
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.check(setting.default) == setting.default
        assert setting.label
        assert setting.help.endswith(".")
        assert (setting.type == "choice") == bool(setting.choices)


def test_one_that_is_saved_is_there_next_time_and_in_the_settings_folder(tmp_path: Path):
    assert settings.save("units.length", "ft-in")["units.length"] == "ft-in"
    settings.save("import.copy", False)
    settings.save("analysis.people", 2)
    loaded = settings.load()
    assert (loaded.text("units.length"), loaded.switch("import.copy"), loaded.whole("analysis.people")) == (
        "ft-in",
        False,
        2,
    )
    assert tomllib.loads((tmp_path / "config" / "settings.toml").read_text()) == {
        "units": {"length": "ft-in"},
        "import": {"copy": False},
        "analysis": {"people": 2},
    }


def test_what_this_version_does_not_know_is_kept(tmp_path: Path):
    path = file_of(tmp_path, 'tomorrow = 1\n[units]\nlength = "cm"\nweight = "kg"\n[later.deep]\nx = [1, 2]\n')
    assert settings.save("units.speed", "mph", tmp_path).warnings == ()
    assert tomllib.loads(path.read_text()) == {
        "tomorrow": 1,
        "units": {"length": "cm", "weight": "kg", "speed": "mph"},
        "later": {"deep": {"x": [1, 2]}},
    }


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ('[units]\nlength = "furlong"', "units.length", "must be m, cm or ft-in"),
        ("[units]\nlength = 3", "units.length", "cannot be 3"),
        ('[analysis]\npeople = "4"', "analysis.people", "a whole number from 1 to 8"),
        ("[analysis]\npeople = 0", "analysis.people", "a whole number from 1 to 8"),
        ("[analysis]\npeople = true", "analysis.people", "cannot be True"),
        ("[analysis]\npeople = 2.5", "analysis.people", "cannot be 2.5"),
        ("[analysis]\nstall_timeout_s = 1", "analysis.stall_timeout_s", "from 5 to 3600 s"),
        ("[import]\ncopy = 1", "import.copy", "must be true or false"),
    ],
)
def test_a_value_that_does_not_fit_is_its_default_and_told(tmp_path: Path, text: str, name: str, told: str):
    file_of(tmp_path, text + '\n[units.inner]\nx = 1\n[more]\ny = "kept"\n')
    loaded = settings.load(tmp_path)
    assert loaded[name] == settings.find(name).default
    (warning,) = loaded.warnings
    assert name in warning
    assert told in warning
    others = {setting.name for setting in SETTINGS} - {name}
    assert all(loaded[other] == settings.find(other).default for other in others)


def test_a_table_where_a_value_belongs_and_the_reverse(tmp_path: Path):
    file_of(tmp_path, 'units = "metric"\n[import.copy]\nx = 1\n')
    loaded = settings.load(tmp_path)
    assert loaded["units.length"] == "m"
    assert "import.copy cannot be" in loaded.warnings[0]
    assert settings.save("units.length", "cm", tmp_path)["units.length"] == "cm"


@pytest.mark.parametrize(
    "data", [b"[units", b"\xff\xfe", b"a = 1\na = 2", b"a = " + b"[" * 9000, b"a = 0x" + b"f" * 5000]
)
@pytest.mark.logs_expected
def test_a_damaged_file_is_moved_aside_and_told(tmp_path: Path, data: bytes, caplog: pytest.LogCaptureFixture):
    (tmp_path / "settings.toml.damaged-1").write_text("an earlier one")
    (tmp_path / "settings.toml").write_bytes(data)
    loaded = settings.load(tmp_path)
    assert loaded["units.length"] == "m"
    assert "settings.toml was damaged" in caplog.text
    assert "it was moved to settings.toml.damaged-2" in caplog.text
    assert (tmp_path / "settings.toml.damaged-2").read_bytes() == data
    assert (tmp_path / "settings.toml.damaged-1").read_text() == "an earlier one"
    caplog.clear()
    settings.load(tmp_path)
    assert caplog.text == ""


@pytest.mark.logs_expected
@given(st.text(max_size=300))
def test_any_text_loads(tmp_path_factory: pytest.TempPathFactory, text: str):
    folder = tmp_path_factory.mktemp("any")
    (folder / "settings.toml").write_text(text, encoding="utf-8", newline="")
    loaded = settings.load(folder)
    for setting in SETTINGS:
        setting.check(loaded[setting.name])


def test_what_cannot_be_saved_changes_nothing(tmp_path: Path):
    path = file_of(tmp_path, "[analysis]\npeople = 3\n")
    with pytest.raises(UsageError, match="from 1 to 8"):
        settings.save("analysis.people", 9, tmp_path)
    with pytest.raises(UsageError) as caught:
        settings.save("analysis.peple", 3, tmp_path)
    assert caught.value.hint == "Did you mean analysis.people?"
    with pytest.raises(UsageError) as caught:
        settings.find("???")
    assert "units.length" in caught.value.hint
    assert path.read_text() == "[analysis]\npeople = 3\n"


def test_a_setting_is_read_as_the_type_it_has():
    loaded = settings.load()
    with pytest.raises(TypeError, match=r"units\.length is not of type int"):
        loaded.whole("units.length")
    with pytest.raises(TypeError):
        loaded.whole("import.copy")
    with pytest.raises(KeyError):
        loaded["units.weight"]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"minimum": 1}, "a number of at least 1 m"),
        ({"maximum": 2}, "a number of at most 2 m"),
        ({}, "a number"),
    ],
)
def test_bounds_are_told_in_words(keys: dict[str, int], words: str):
    setting = Setting(name="x", type="number", default=1.0, label="x", help="x.", unit="m", **keys)
    assert setting.allowed == words
    assert setting.check(1) == 1.0
    assert isinstance(setting.check(1), float)
    for wrong in (float("nan"), float("inf"), -float("inf"), 10**400, "1", None, True, [1]):
        with pytest.raises(UsageError):
            setting.check(wrong)


def test_a_single_choice_and_text():
    only = Setting(name="x", type="choice", default="a", choices=("a",), label="x", help="x.")
    assert only.allowed == "a"
    text = Setting(name="x", type="text", default="", label="x", help="x.")
    assert text.check("any") == "any"
    for wrong in (3, True, b"any", "half of a pair \ud800"):
        with pytest.raises(UsageError, match="must be text"):
            text.check(wrong)
    switch = Setting(name="x", type="boolean", default=True, label="x", help="x.")
    for wrong in (1, 0, "true", None):
        with pytest.raises(UsageError, match="true or false"):
            switch.check(wrong)
    whole = Setting(name="x", type="integer", default=1, label="x", help="x.")
    for wrong in (1.0, True, "1"):
        with pytest.raises(UsageError, match="a whole number"):
            whole.check(wrong)


def test_people_are_as_many_as_the_pose_analyzer_can_follow():
    manifest = read_manifest(Path(__file__).parents[2] / "plugins" / "pose" / "coachvision_pose" / "coachvision.toml")
    theirs, ours = manifest.parameters["people"], settings.find("analysis.people")
    assert (ours.default, ours.minimum, ours.maximum) == (theirs.default, theirs.minimum, theirs.maximum)
