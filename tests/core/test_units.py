"""Lengths and speeds as the coach reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision.core.units import Units, length_in, show_length, show_speed, shown, speed_in


@pytest.mark.parametrize(
    ("metres", "unit", "text"),
    [
        (1.8288, "m", "1.83 m"),
        (1.8288, "cm", "182.9 cm"),
        (1.8288, "ft-in", "6 ft 0.0 in"),
        (1.82879, "ft-in", "6 ft 0.0 in"),  # never "5 ft 12.0 in"
        (0.2, "ft-in", "7.9 in"),
        (-0.5, "ft-in", "-1 ft 7.7 in"),
        (0.0, "ft-in", "0.0 in"),
    ],
)
def test_lengths_read_as_people_say_them(metres: float, unit: str, text: str) -> None:
    assert show_length(metres, unit) == text


@pytest.mark.parametrize(("unit", "text"), [("m/s", "10.00 m/s"), ("km/h", "36.0 km/h"), ("mph", "22.4 mph")])
def test_speeds_read_as_people_say_them(unit: str, text: str) -> None:
    assert show_speed(10.0, unit) == text


@given(st.floats(0, 1000))
def test_feet_and_inches_add_up(metres: float) -> None:
    words = show_length(metres, "ft-in").split()
    inches = float(words[-2]) + (12 * int(words[0]) if len(words) == 4 else 0)
    assert inches == pytest.approx(length_in(metres, "ft-in"), abs=0.0501)
    assert float(words[-2]) < 12


def test_stored_values_are_converted_only_where_the_unit_says() -> None:
    chosen = Units("ft-in", "mph")
    assert shown(0.3048, "m", chosen) == (pytest.approx(1.0), "ft")
    assert shown(1.0, "m", Units("cm")) == (pytest.approx(100.0), "cm")
    assert shown(10.0, "m/s", chosen) == (pytest.approx(speed_in(10.0, "mph")), "mph")
    assert shown(90.0, "deg", chosen) == (90.0, "deg")
