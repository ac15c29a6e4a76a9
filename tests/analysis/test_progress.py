"""Time left is told from the pace, once there is one."""

from __future__ import annotations

from coachvision.analysis.progress import Forecast


def test_no_forecast_before_there_is_a_pace() -> None:
    forecast = Forecast()
    assert forecast.seconds_left(0.0, 10.0) is None
    assert forecast.seconds_left(0.1, 12.0) is None
    assert forecast.seconds_left(0.2, 12.5) is None, "half a second is too short to judge by"


def test_time_left_follows_the_pace_since_the_first_frame() -> None:
    forecast = Forecast()
    forecast.seconds_left(0.1, 100.0)
    assert forecast.seconds_left(0.3, 104.0) == 14.0
