"""Moments exchanged with other programs: what is written is read again as it was, and what attacks is refused."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision.core.interchange import TimedMoment, placed, seconds_text, timed
from coachvision.core.momentcsv import MomentCsvError, read_csv, write_csv
from coachvision.core.sportscode import SportscodeError, read_xml, write_xml
from coachvision.core.tagging import COLOURS, Moment
from coachvision.core.time import Timeline

PTS = 7 + np.cumsum(np.array([0] + [2999 + i % 5 for i in range(199)], dtype=np.int64))
FILM = Timeline(PTS, Fraction(1, 90_000), 0.125)


def as_the_library_keeps_it(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if c in "\n\t" or unicodedata.category(c)[0] != "C").strip()


WORDS = st.text(max_size=20).map(as_the_library_keeps_it)
NAMES = WORDS.filter(bool)
COLOUR = st.from_regex(r"\A#[0-9a-f]{6}\Z")


@st.composite
def moment_lists(draw: st.DrawFn) -> list[Moment]:
    """A category has one colour, as on a board."""
    colours = draw(st.dictionaries(NAMES, COLOUR, min_size=1, max_size=4))
    found = []
    for category in draw(st.lists(st.sampled_from(sorted(colours)), max_size=8)):
        first, last = sorted(draw(st.tuples(*[st.sampled_from(PTS.tolist())] * 2)))
        descriptors = tuple(draw(st.lists(NAMES, max_size=3)))
        end = last if last > first else None
        found.append(Moment(category, first, end, colours[category], descriptors, draw(WORDS)))
    return found


@given(moment_lists())
def test_what_is_written_as_xml_is_read_again_to_the_tick(moments: list[Moment]) -> None:
    told = read_xml(write_xml([timed(one, FILM) for one in moments]).encode())
    # A group of nothing but blanks is no group to other programs, nor are a label's outer blanks part of it.
    assert placed(told, FILM) == ([_as_labels(one) for one in moments], 0)


def _as_labels(moment: Moment) -> Moment:
    words = []
    for word in moment.descriptors:
        group, _, text = (part.strip() for part in word.rpartition(": "))
        words.append(f"{group}: {text}" if group and text else group or text)
    return Moment(
        moment.category, moment.start_pts, moment.end_pts, moment.colour, tuple(filter(None, words)), moment.note
    )


@given(moment_lists())
def test_what_is_written_as_a_table_is_read_again_to_the_tick(moments: list[Moment]) -> None:
    told = read_csv(write_csv([timed(one, FILM) for one in moments]))
    assert placed(told, FILM) == (moments, 0)


@given(st.lists(st.floats(0, 1e6), max_size=5))
def test_times_are_told_finer_than_any_tick(times: list[float]) -> None:
    for time in times:
        assert abs(float(seconds_text(time)) - time) < 1e-9 + time * 1e-15
        assert "e" not in seconds_text(time)


SPORTSCODE = b"""<?xml version="1.0" encoding="utf-8"?>
<file>
  <SORT_INFO><sort_type>color</sort_type></SORT_INFO>
  <ALL_INSTANCES>
    <instance><ID>1</ID><start>0.1</start><end>0.15</end><code>Serve &amp; volley</code>
      <label><group>Side</group><text>Left</text></label><label><text>Ace</text></label></instance>
    <instance><ID>2</ID><start>0.2</start><end>0.2</end><code>Fault</code></instance>
    <instance><ID>3</ID><start>99</start><end>101</end><code>Fault</code></instance>
  </ALL_INSTANCES>
  <ROWS>
    <row><sort_order>1</sort_order><code>Serve &amp; volley</code><R>65535</R><G>0</G><B>32896</B></row>
    <row><code>Fault</code><R>lots</R><G>0</G><B>0</B></row>
  </ROWS>
</file>
"""


def test_a_file_of_another_program_is_read_with_labels_and_colours() -> None:
    moments, outside = placed(read_xml(SPORTSCODE), FILM)
    assert outside == 1
    serve, fault = moments
    assert (serve.category, serve.colour, serve.descriptors) == ("Serve & volley", "#ff0080", ("Side: Left", "Ace"))
    assert abs(FILM.seconds_of(serve.start_pts) - 0.1) < FILM.frame_interval_s
    assert (fault.category, fault.end_pts, fault.colour) == ("Fault", None, COLOURS[0])
    utf16 = SPORTSCODE.decode().replace("utf-8", "utf-16").encode("utf-16")
    assert read_xml(utf16) == read_xml(SPORTSCODE)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('<!DOCTYPE file [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><file><ALL_INSTANCES/></file>', "document type"),
        ('<!DOCTYPE file SYSTEM "file:///etc/passwd"><file/>', "document type"),
        ("<file><ALL_INSTANCES><instance>", "not XML"),
        ("category,start_s\n", "not XML"),
        ("<html></html>", "no <ALL_INSTANCES>"),
        ("<file><ALL_INSTANCES><instance><code>x</code></instance></ALL_INSTANCES></file>", "has no start"),
        (
            "<file><ALL_INSTANCES><instance><start>nan</start><end>1</end></instance></ALL_INSTANCES></file>",
            "no number",
        ),
        ("<file><ALL_INSTANCES><instance><start>2</start><end>1</end></instance></ALL_INSTANCES></file>", "from 2 s"),
        ("<file>" + "<a>" * 40 + "</a>" * 40 + "</file>", "nested deeper"),
    ],
)
def test_xml_that_is_none_of_ours_is_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(SportscodeError, match=why):
        read_xml(text.encode())


def test_an_outside_file_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    entity = f'<!DOCTYPE file [<!ENTITY s SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    body = "<file><ALL_INSTANCES><instance><start>0</start><code>&s;</code></instance></ALL_INSTANCES></file>"
    with pytest.raises(SportscodeError, match="document type"):
        read_xml((entity + body).encode())
    with pytest.raises(SportscodeError, match="not XML"):
        read_xml(body.encode())


def test_a_spreadsheet_with_semicolons_and_comma_numbers_is_read() -> None:
    text = "\ufeffCategory;Start_s;End_s;mine\r\nTry;1,5;2,25;x\r\n;;;\r\nScrum;3;;\r\n"
    assert read_csv(text) == [TimedMoment("Try", 1.5, 2.25), TimedMoment("Scrum", 3.0)]


def test_a_cell_that_a_spreadsheet_would_run_is_written_harmless() -> None:
    text = write_csv([TimedMoment("=HYPERLINK(1)", 0.0, None, "", ("+1",), "@x")])
    assert text.splitlines()[1] == "'=HYPERLINK(1),0.0,,'+1,'@x,"
    assert read_csv(text) == [TimedMoment("=HYPERLINK(1)", 0.0, None, "", ("+1",), "@x")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no column category and no column start_s"),
        ("time_s,angle.left_knee\n0,1\n", "no column category"),
        ("category,start_s\nx,soon\n", "Line 2 has no usable times"),
        ("category,start_s,end_s\nok,1,2\nx,2,1\n", "Line 3 .*from 2 s to 1 s"),
        ("category,start_s\n,1\n", "Line 2 has no category"),
        ("category,start_s\nx,inf\n", "no number"),
    ],
)
def test_a_table_that_is_none_of_ours_is_refused_with_its_line(text: str, why: str) -> None:
    with pytest.raises(MomentCsvError, match=why):
        read_csv(text)
