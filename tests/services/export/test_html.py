"""The report as a coach's browser shows it: whole, offline, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from coachvision.clock import SystemClock
from coachvision.core.results import Event, Metric, Result, Series
from coachvision.library import Library
from coachvision.library.records import Run
from coachvision.services.export.html import export_html, part_analyzed, report
from coachvision.services.export.keyframes import moments
from coachvision.services.export.numbers import cards, in_view
from coachvision.services.session import WholeSession, read_session
from tests.support import sessions

CHROMIUM = Path("/usr/bin/chromium")
DESK, PHONE = (1280, 900), (390, 844)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM.exists(), "these tests need Chromium: apt-get install chromium (make test does it on Debian)"
    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=quiet)
        yield started
        started.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    with Library.open(folder / "lib") as library:
        session = sessions.keep(library, folder / "squat.mp4")
        return export_html(library, session, folder / "report.html")


class Seen:
    """A page opened in the browser, with everything it asked for and complained about."""

    def __init__(self, browser: Browser, path: Path, size: tuple[int, int], scheme: str) -> None:
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,  # type: ignore[arg-type] # "light" or "dark"
        )
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())


@pytest.fixture
def see(browser: Browser) -> Iterator[object]:
    opened: list[Seen] = []

    def look(path: Path, size: tuple[int, int] = DESK, scheme: str = "light") -> Seen:
        opened.append(Seen(browser, path, size, scheme))
        return opened[-1]

    yield look
    for seen in opened:
        seen.context.close()


def write(path: Path, whole: WholeSession) -> Path:
    path.write_text(report(whole, {}, [], "", made=SystemClock().now()), "utf-8")
    return path


OVERFLOWING = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 0.5 || box.left < -0.5) && !e.closest('thead');
}).map(e => e.tagName + '.' + e.className)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_report_shows_whole_and_asks_nobody(see, written: Path, size: tuple[int, int], scheme: str) -> None:
    seen = see(written, size, scheme)
    assert seen.page.evaluate("document.documentElement.scrollWidth") == size[0]
    assert seen.page.evaluate(OVERFLOWING) == []
    assert [url for url in seen.asked if not url.startswith("data:")] == [written.as_uri()]
    assert seen.complaints == []
    images = seen.page.evaluate("[...document.images].map(i => [i.complete, i.naturalWidth, i.alt.length])")
    assert len(images) >= 3
    assert all(complete and width > 100 and alt > 20 for complete, width, alt in images)


CONTRAST = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  return [...document.querySelectorAll('body *')].filter(e => [...e.childNodes].some(
      n => n.nodeType === 3 && n.textContent.trim())).map(e => {
    const a = luminance(parse(getComputedStyle(e).color)), b = luminance(ground(e));
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), parseFloat(getComputedStyle(e).fontSize),
            e.tagName + '.' + e.className];
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_every_word_can_be_read(see, written: Path, size: tuple[int, int], scheme: str) -> None:
    texts = see(written, size, scheme).page.evaluate(CONTRAST)
    assert len(texts) > 50
    # WCAG 2 AA: 4.5 for text of any size. 13 px is the smallest type of the product.
    assert [text for text in texts if text[0] < 4.5] == []
    assert [text for text in texts if text[1] < 13] == []


def test_key_numbers_stand_first_with_their_uncertainty(see, written: Path) -> None:
    page = see(written).page
    cards = page.locator(".card").all_inner_texts()
    assert cards[0].split("\n")[:2] == ["Repetitions (squat)", "2"]
    knee = next(card for card in cards if card.startswith("Knee, most bent"))
    assert "110°" in knee
    assert "109°" in knee
    assert "±" in knee


def test_a_joint_that_was_hardly_seen_is_marked_on_its_card(see, written: Path) -> None:
    # The right wrist has a confidence of 0.3 throughout, so the right elbow is never sure; the left is till 1.5 s.
    elbow = next(c for c in see(written).page.locator(".card").all_inner_texts() if c.startswith("Elbow"))
    assert elbow.count("seen surely") == 1
    assert "right never seen surely" in elbow


def test_a_number_nobody_vouches_for_does_not_look_firm() -> None:
    kept = sessions.angles()
    doubtful = tuple(replace(m, uncertainty=None) if "left_knee" in m.name else m for m in kept.metrics)
    asked = sessions.whole(runs=(Run("angles", "1.0.0", {}, replace(kept, metrics=doubtful)),))
    knee = next(card for card in cards(asked, 1) if card.title.startswith("Knee"))
    assert {figure.side: figure.unsure for figure in knee.figures} == {"left": True, "right": False}
    page = report(asked, {}, [], "", made=SystemClock().now())
    assert page.count('class="value unsure"') == 1


def test_a_limb_that_was_seen_is_not_compared_with_one_that_was_not(see, written: Path) -> None:
    rows = see(written).page.locator("tr:has(td[data-head=Difference])").all_inner_texts()
    assert next(row for row in rows if row.startswith("Elbow")).endswith("right mostly hidden")
    knee = next(row for row in rows if row.startswith("Knee"))
    # The left knee's range is 110 degrees, the right one's 97 % of it. Right less left, as the symmetry index has it.
    assert "\u22123° ±" in knee.splitlines()[-1].replace("\u202f", " ")


def test_of_a_part_of_the_film_the_frames_of_that_part_are_counted(tmp_path: Path) -> None:
    with Library.open(tmp_path / "lib") as library:
        whole = read_session(library, sessions.keep(library, tmp_path / "squat.mp4"))
    subject = whole.main_subject
    found, of = in_view(whole, subject) or (0, 0)
    part = replace(whole, start_s=0.5, end_s=1.0)
    line = whole.film.timeline
    assert (found, of) == (len(line), len(line))
    assert part_analyzed(part) == "0.5 to 1.0 s"
    assert part_analyzed(whole) == ""
    assert in_view(part, subject) == (found, line.index_at(1.0) - line.index_at(0.5) + 1)


def test_what_could_not_be_measured_gets_no_key_frame_and_what_is_doubtful_the_last() -> None:
    kept = sessions.angles()
    elbows = tuple(m for m in kept.metrics if "elbow" not in m.name)
    unmeasured = sessions.whole(runs=(Run("angles", "1.0.0", {}, replace(kept, metrics=elbows, events=())),))
    assert not [m for m in moments(unmeasured, 1, most=9) if "elbow" in m.title.lower()]
    doubtful = tuple(replace(m, uncertainty=None) if "knee" in m.name else m for m in kept.metrics)
    asked = sessions.whole(runs=(Run("angles", "1.0.0", {}, replace(kept, metrics=doubtful, events=())),))
    # The knees move most; only as nobody vouches for them, the hip makes the one picture there is room for.
    assert [m.joint for m in moments(asked, 1, most=1)] == ["hip"]


def test_charts_mark_the_repetitions_and_speak_to_those_who_cannot_see(see, written: Path) -> None:
    page = see(written).page
    assert page.locator(".chart").count() == 3
    knee = page.locator(".chart").first
    assert knee.locator("rect.band").count() == 2
    assert knee.locator(".mark").all_inner_texts() == ["1", "2"]
    told = knee.locator("svg[role=img]").get_attribute("aria-label")
    assert told is not None
    assert "Left from 0° to 110°" in told
    assert "squat (2)" in told
    styles = [
        knee.locator(f"path.{side}").first.evaluate("e => getComputedStyle(e).strokeDasharray")
        for side in ("left", "right")
    ]
    assert styles[0] == "none"
    assert styles[1] != "none"


def test_the_unsure_stretch_is_faint(see, written: Path) -> None:
    elbow = see(written).page.locator(".chart", has_text="Elbow")
    assert elbow.locator("path.left.unsure").count() == 1
    assert elbow.locator("path.left:not(.unsure)").count() == 1
    assert elbow.locator("path.right:not(.unsure)").count() == 0
    assert "not seen surely" in elbow.inner_text()


def test_warnings_film_and_conventions_are_stated(see, written: Path) -> None:
    page = see(written).page
    warnings = page.locator(".warnings li").all_inner_texts()
    assert warnings == ["The film is short.", "The athlete's feet leave the picture at 1.9 s."]
    text = page.locator("body").inner_text()
    for told in ("Anna Müller", "squat.mp4", "320 × 240", "60 frames", "Left foot first.", "0 is straight"):
        assert told in text
    assert "/lib/" not in text, "a report that is handed on must not tell the coach's folders"


def test_on_paper_nothing_is_folded_away(see, written: Path) -> None:
    page = see(written).page
    page.emulate_media(media="print")
    assert page.locator("details td").first.evaluate("e => e.getBoundingClientRect().height") > 0


def test_names_are_text_not_markup(see, tmp_path: Path) -> None:
    evil = "<script>document.title='caught'</script><img src=x onerror=alert(1)>"
    odd = Result(
        metrics=(Metric(evil, 1, 1.0, evil, None, evil, evil),),
        events=(Event(evil, 1, 0, None, evil),),
        series=(Series(evil, 1, evil, sessions.timeline().pts, np.arange(60.0), label=evil),),
        warnings=(evil,),
    )
    seen = see(
        write(
            tmp_path / "r.html", sessions.whole(runs=(Run(evil, evil, {}, odd),), athlete=evil, title=evil, notes=evil)
        )
    )
    assert seen.page.locator("script, body img").count() == 0
    assert "caught" not in seen.page.title().replace(evil, "")
    assert seen.complaints == []


def test_a_film_that_is_gone_leaves_the_numbers(tmp_path: Path) -> None:
    with Library.open(tmp_path / "lib") as library:
        session = sessions.keep(library, tmp_path / "squat.mp4")
        found = library.session(session).video
        assert found is not None
        found.path.unlink()
        export_html(library, session, tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text("utf-8")
    assert "There are no pictures in this report" in text
    assert "Knee flexion" in text
    assert "<img" not in text


def test_a_film_in_which_nobody_was_found_still_makes_a_report(see, tmp_path: Path) -> None:
    nobody = Result(warnings=("No athlete was found in this video.",))
    seen = see(write(tmp_path / "r.html", sessions.whole(runs=(Run("pose", "1", {}, nobody),))), PHONE)
    assert "No athlete was found in this video." in seen.page.locator(".warnings").inner_text()
    assert seen.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]


def test_long_names_break_rather_than_widen_the_phone(see, tmp_path: Path) -> None:
    long = "Weltmeisterschaftsvorbereitungstrainingslager" * 4
    pts = sessions.timeline().pts
    many = Result(
        metrics=tuple(Metric(f"{long}.{i}", 1, 1e6 / 7 + i, "deg/s", 0.003, long) for i in range(12)),
        series=tuple(Series(f"{long}_{i}", 1, "m/s2", pts, np.linspace(-1e5, 1e5, 60)) for i in range(12)),
    )
    whole = sessions.whole(title=long, athlete=long, tags=(long,))
    whole = replace(whole, film=replace(whole.film, name=f"{long}.mp4"), runs=(*whole.runs, Run("x", "1", {}, many)))
    seen = see(write(tmp_path / "r.html", whole), PHONE)
    seen.page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
    assert seen.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    assert seen.page.evaluate(OVERFLOWING) == []


def test_an_hour_of_angles_keeps_its_peaks_and_stays_small(tmp_path: Path) -> None:
    line = sessions.timeline()
    pts = np.arange(108_000, dtype=np.int64) * sessions.STEP
    values = np.zeros(len(pts))
    values[77_777] = 90.0
    whole = sessions.whole(
        runs=(Run("angles", "1", {}, Result(series=(Series("angle.left_knee", 1, "deg", pts, values),))),)
    )
    long = type(line)(pts, line.time_base)
    path = write(tmp_path / "r.html", replace(whole, film=replace(whole.film, timeline=long)))
    text = path.read_text("utf-8")
    assert len(text) < 120_000
    drawn = re.search(r'<path class="left" d="([^"]+)"', text)
    assert drawn is not None
    heights = [float(point.split(" ")[1]) for point in drawn[1][1:].split("L")]
    top, bottom = min(heights), max(heights)
    assert (bottom - top) == pytest.approx(90.0 / 100.0 * 100, abs=10.1)  # the axis ends at the next round number
    assert heights.count(top) == 1
