"""What is typed after the options."""

from __future__ import annotations

import pytest

from coachvision.cli import values
from coachvision.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds"), [("75.5", 75.5), ("1:15.5", 75.5), ("0:01:15.5", 75.5), ("0", 0.0), (3, 3.0)]
)
def test_times(text: str, seconds: float) -> None:
    assert values.seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-1", "1:2:3:4", "nan", "inf", "1:-2"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(UsageError):
        values.seconds(text)


def test_a_box_with_and_without_its_time() -> None:
    one = values.box("10,20,30.5,40@1:02")
    assert (one.x, one.y, one.width, one.height, one.time_s) == (10, 20, 30.5, 40, 62)
    assert values.box("0,0,1,1").time_s == 0


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,0,4", "1,2,3,-4", "a,b,c,d", "1,2,3,4@x", "1,2,3,4,5", "1,2,3,nan"])
def test_what_is_no_box(text: str) -> None:
    with pytest.raises(UsageError):
        values.box(text)


def test_a_calibration_line() -> None:
    line = values.line("2.5:100,200,300,400@3")
    assert (line.length_m, line.x1, line.y1, line.x2, line.y2, line.time_s) == (2.5, 100, 200, 300, 400, 3)


@pytest.mark.parametrize("text", ["1,2,3,4", "0:1,2,3,4", "1:5,5,5,5", "1:1,2,3", "-1:1,2,3,4", ":1,2,3,4"])
def test_what_is_no_calibration(text: str) -> None:
    with pytest.raises(UsageError):
        values.line(text)


def test_parameters_have_the_types_of_toml() -> None:
    assert values.parameters(["pose.people=2", "pose.far=false", "angles.source=world", "angles.cutoff_hz=6.5"]) == {
        "pose": {"people": 2, "far": False},
        "angles": {"source": "world", "cutoff_hz": 6.5},
    }


@pytest.mark.parametrize("value", ["[" * 50_000, "9" * 10_000, "1" + "0" * 300, "1\nvalue=2"])
def test_a_value_that_toml_does_not_take_is_text(value: str) -> None:
    assert values.parameters([f"pose.people={value}"]) == {"pose": {"people": value}}


@pytest.mark.parametrize("text", ["people=2", "pose.people", "=", ".a=1", "pose.=1"])
def test_what_is_no_parameter(text: str) -> None:
    with pytest.raises(UsageError):
        values.parameters([text])
