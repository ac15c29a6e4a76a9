"""Every rule of `coachvision.toml`, and how its breach is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision.errors import PluginError
from coachvision.plugins.manifest import MAX_BYTES, Parameter, is_id, parse_manifest, read_manifest

WHOLE = """
id = "jump-height"
title = "Jump height"
version = "1.2.0"
api = ">=1,<2"
kind = "series"
entry = "jump_height.analyzer:JumpHeight"
needs = ["pose"]
yields = ["jump.height"]

[parameters.method]
type = "choice"
choices = ["flight", "hip"]
default = "flight"
label = "Method"

[parameters.least]
type = "number"
default = 0.05
minimum = 0
maximum = 2
unit = "m"
"""


def changed(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new)


def refusal(text: str) -> str:
    with pytest.raises(PluginError) as caught:
        parse_manifest(text, "jump")
    assert "jump" in caught.value.title
    assert caught.value.hint
    return caught.value.message


def test_a_whole_manifest_is_read():
    manifest = parse_manifest(WHOLE, "jump")
    assert (manifest.id, manifest.package, manifest.module, manifest.class_name) == (
        "jump-height",
        "jump_height",
        "jump_height.analyzer",
        "JumpHeight",
    )
    assert manifest.needs == ("pose",)
    assert manifest.parameters["least"].unit == "m"
    assert (manifest.input, manifest.direction) == ("full", "forward")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "Jump height"\n', "", "`title` is missing"),
        ('title = "Jump height"', "title = 3", "`title` must be text in quotes, not 3"),
        ('title = "Jump height"', 'title = ""', "`title`"),
        ('title = "Jump height"', 'titel = "x"', "did you mean `title`"),
        ('kind = "series"', 'kind = "video"', "`kind` must be 'frame' or 'series', not 'video'"),
        ('needs = ["pose"]', 'needs = "pose"', "`needs` must be a list"),
        ('needs = ["pose"]', "needs = [1]", "`needs[0]` must be text"),
        ('needs = ["pose"]', "", "name them in `needs`"),
        ('needs = ["pose"]', 'needs = ["jump-height"]', "cannot need itself"),
        ('kind = "series"', 'kind = "frame"', '`needs` is for kind = "series"'),
        ('kind = "series"', 'kind = "series"\ndirection = "both"', '`direction` and `input` are for kind = "frame"'),
        ('id = "jump-height"', 'id = "Jump Height"', "'Jump Height' is no id"),
        ('id = "jump-height"', 'id = "../jump"', "is no id"),
        ('id = "jump-height"', 'id = "con"', "is no id"),
        ('version = "1.2.0"', 'version = "latest"', "'latest' is no version number"),
        ('entry = "jump_height.analyzer:JumpHeight"', 'entry = "jump_height"', "does not name a class"),
        ('entry = "jump_height.analyzer:JumpHeight"', 'entry = "../x:Y"', "does not name a class"),
        ('default = "flight"', 'default = "fly"', "the default does not fit: 'fly' is none of flight, hip"),
        ('choices = ["flight", "hip"]\n', "", "needs at least one"),
        ('choices = ["flight", "hip"]', 'choices = ["flight", "flight"]', "listed twice"),
        ("default = 0.05", "default = 3.0", "3.0 is above the maximum 2 m"),
        ("default = 0.05", "default = nan", "not a finite number"),
        ("default = 0.05", "default = []", "`parameters.least.default` must be a plain value"),
        ("maximum = 2", "maximum = -1", "minimum 0 is above maximum -1"),
        ("maximum = 2", "maximum = inf", "must be finite"),
        ("maximum = 2", 'maximum = "2"', "`parameters.least.maximum`"),
        ('label = "Method"', "minimum = 1", "minimum and maximum are for numbers"),
        ("[parameters.least]", '[parameters."At Least"]', "'At Least' is no parameter name"),
        ('type = "number"', 'type = "float"', "`parameters.least.type` must be"),
        ("[parameters.least]", "[parameters]\nx = 1\n[parameters.least]", "`parameters.x` must be a table, not 1"),
        ('api = ">=1,<2"\n', "", "`api` is missing"),
        ('api = ">=1,<2"', 'api = "one"', "not a range of versions"),
        ('api = ">=1,<2"', 'api = ">=2"\nnew_key = 1', "written for plugin API >=2"),
        (
            "[parameters.least]",
            "[parameters.float]\ndefault = 1\n[parameters.least]",
            "`parameters.float.type` is missing",
        ),
        ("needs = ", "needs = [", "not TOML"),
        ("maximum = 2", f"maximum = {'9' * 400}", "more than 64 bits"),
        ("maximum = 2", f"maximum = 0x{'f' * 5000}", "more than 64 bits"),
        ("maximum = 2", f"maximum = {'9' * 5000}", "not TOML"),
        ("maximum = 2", "maximum = 2020-01-01", "`parameters.least.maximum` must be a plain value"),
        ("needs = ", f"needs = {'[' * 9000}", "nested too deeply"),
    ],
)
def test_a_wrong_manifest_is_told_in_plain_words(old: str, new: str, told: str):
    assert told in refusal(changed(old, new))


def test_everything_wrong_is_told_at_once_and_nothing_in_pydantics_words():
    told = refusal(changed('title = "Jump height"\n', "").replace('kind = "series"', 'kind = "x"'))
    assert "`title` is missing; `kind` must be" in told
    assert "pydantic" not in told
    assert "Input should" not in told


def test_a_file_that_is_missing_too_long_or_not_text_is_told(tmp_path: Path):
    path = tmp_path / "jump" / "coachvision.toml"
    with pytest.raises(PluginError, match="cannot be read"):
        read_manifest(path)
    path.parent.mkdir()
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(PluginError, match="longer than 256 KB"):
        read_manifest(path)
    path.write_bytes(b'title = "\xff"')
    with pytest.raises(PluginError, match="not UTF-8"):
        read_manifest(path)
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    assert read_manifest(path).id == "jump-height", "Windows editors put a byte order mark before it"


@given(st.text() | st.sampled_from([WHOLE]).flatmap(lambda text: st.integers(0, len(text)).map(lambda n: text[:n])))
def test_any_text_is_a_manifest_or_a_plugin_error(text: str):
    try:
        manifest = parse_manifest(text, "any")
    except PluginError as error:
        message = error.message
    else:
        message = manifest.id
    assert message


@given(st.text(max_size=50))
def test_an_id_is_a_safe_folder_name(text: str):
    if is_id(text):
        assert text.isascii()
        assert not set(text) & set('/\\.: "<>|*?')
        assert text == text.lower()


class TestParameterAccepts:
    def number(self, **keys: object) -> Parameter:
        return Parameter.model_validate({"type": "number", "default": 1.0, **keys})

    @pytest.mark.parametrize(
        ("kind", "given", "value"),
        [
            ("number", 2, 2.0),
            ("number", "2.5", 2.5),
            ("integer", "7", 7),
            ("boolean", "Yes", True),
            ("boolean", "off", False),
            ("text", "any", "any"),
        ],
    )
    def test_what_a_command_line_or_file_gives(self, kind: str, given: object, value: object):
        default = {"number": 1.0, "integer": 1, "boolean": True, "text": ""}[kind]
        taken = Parameter.model_validate({"type": kind, "default": default}).accept(given)
        assert taken == value
        assert type(taken) is type(value)

    @pytest.mark.parametrize(
        ("kind", "given"),
        [
            ("number", True),
            ("number", "x"),
            ("number", None),
            ("number", float("nan")),
            ("number", "inf"),
            ("number", 10**400),
            ("integer", 1.5),
            ("integer", True),
            ("integer", "1.0"),
            ("boolean", 1),
            ("boolean", "maybe"),
            ("text", 1),
        ],
    )
    def test_what_it_does_not(self, kind: str, given: object):
        default = {"number": 1.0, "integer": 1, "boolean": True, "text": ""}[kind]
        with pytest.raises(ValueError, match=r"."):
            Parameter.model_validate({"type": kind, "default": default}).accept(given)

    def test_bounds_belong_to_the_range(self):
        parameter = self.number(minimum=0, maximum=2)
        assert (parameter.accept(0), parameter.accept(2)) == (0.0, 2.0)
        with pytest.raises(ValueError, match="below the minimum 0"):
            parameter.accept(-0.001)
        with pytest.raises(ValueError, match="above the maximum 2"):
            parameter.accept(2.001)
