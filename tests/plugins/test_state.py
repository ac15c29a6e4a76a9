"""Switching plugins on and off."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from coachvision.errors import CoachVisionError
from coachvision.plugins import state


def test_everything_is_on_until_it_is_switched_off(tmp_path: Path):
    assert state.disabled(tmp_path) == (frozenset(), None)
    state.set_enabled("b", False, tmp_path)
    state.set_enabled("a", False, tmp_path)
    state.set_enabled("a", False, tmp_path)
    assert state.disabled(tmp_path) == ({"a", "b"}, None)
    assert tomllib.loads((tmp_path / "plugins.toml").read_text()) == {"disabled": ["a", "b"]}
    state.set_enabled("b", True, tmp_path)
    state.set_enabled("never-off", True, tmp_path)
    assert state.disabled(tmp_path) == ({"a"}, None)


def test_other_keys_are_kept(tmp_path: Path):
    (tmp_path / "plugins.toml").write_text('later = "kept"\n')
    state.set_enabled("a", False, tmp_path)
    assert tomllib.loads((tmp_path / "plugins.toml").read_text()) == {"later": "kept", "disabled": ["a"]}


@pytest.mark.parametrize("text", ["disabled = 3", "disabled = [3]", 'disabled = "a"'])
def test_a_list_that_is_none_is_told(tmp_path: Path, text: str):
    (tmp_path / "plugins.toml").write_text(text)
    off, warning = state.disabled(tmp_path)
    assert not off
    assert "every plugin counts as enabled" in str(warning)


def test_the_settings_folder_is_the_default(tmp_path: Path):
    state.set_enabled("a", False)
    assert (tmp_path / "config" / "plugins.toml").is_file()
    assert state.disabled()[0] == {"a"}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CoachVisionError, match=r"plugins\.toml cannot be"):
        state.set_enabled("a", False, tmp_path / "file")
