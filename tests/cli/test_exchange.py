"""Out of the library and in again, by the command line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from coachvision.library import Library
from tests.cli.conftest import Run
from tests.support.clips import write_clip

BEGINNINGS = {
    "csv": b"time_s,",
    "json": b'{"schema":1',
    "html": b"<!doctype html>",
    "png": b"\x89PNG",
    "mp4": b"\0\0\0",
    "xml": b"<?xml version",
}


@pytest.mark.parametrize("ending", sorted(BEGINNINGS))
def test_every_format_is_written_by_its_ending(run: Run, kept: str, tmp_path: Path, ending: str) -> None:
    target = tmp_path / "new folder" / f"out.{ending}"
    result = run("export", kept[:8], "-o", target)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert str(target) in result.stderr
    assert target.read_bytes().startswith(BEGINNINGS[ending])
    assert not list(tmp_path.rglob("*.part"))


def test_the_format_can_be_named_and_a_folder_given(run: Run, kept: str, tmp_path: Path) -> None:
    assert run("export", kept, "--format", "csv", "-o", tmp_path).exit_code == 0
    assert (tmp_path / "squat.csv").exists()


@pytest.mark.parametrize("form", ["csv", "json", "html", "xml", "moments"])
def test_text_goes_to_standard_output_where_that_is_asked_for(
    run: Run, kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    result = run("export", kept, "--format", form, "-o", "-")
    assert result.exit_code == 0, result.stderr
    assert set(tmp_path.iterdir()) == before
    run("export", kept, "--format", form, "-o", "file")
    assert result.stdout_bytes == (tmp_path / "file").read_bytes()
    assert len(result.stdout_bytes) > 30


@pytest.mark.parametrize("form", ["mp4", "png"])
def test_a_film_or_picture_does_not_go_to_standard_output(
    run: Run, kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("export", kept, "--format", form, "-o", "-")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"No {form} on standard output" in result.stderr
    assert not Path("-").exists()


@pytest.mark.parametrize(
    "args",
    [["-o", "out.docx"], ["-o", "out"], ["--format", "pdf", "-o", "x.pdf"], ["-o", "x.csv", "--at", "1"],
     ["-o", "x.png", "--from", "1"], ["-o", "x.png", "--at", "soon"]],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_code_two(run: Run, kept: str, args: list[str]) -> None:
    result = run("export", kept, *args)
    assert result.exit_code == 2
    assert result.stdout == ""


@pytest.mark.parametrize("ending", ["csv", "json", "html", "png", "mp4", "xml", "moments"])
def test_an_export_never_writes_over_the_library(run: Run, kept: str, library: Path, ending: str) -> None:
    database = (library / "library.db").read_bytes()
    result = run("export", kept, "--format", ending, "-o", library / "library.db")
    assert result.exit_code == 2
    assert "belongs to the library" in result.stderr
    assert (library / "library.db").read_bytes() == database


def test_an_export_never_writes_over_the_coachs_own_film(run: Run, counter: str, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=5)
    before = clip.read_bytes()
    told = run("analyze", clip, "--with", counter, "--in-place", "--json", "-")
    (session,) = json.loads(told.stdout)["sessions"]
    (tmp_path / "link").symlink_to(tmp_path)
    for target in (clip, tmp_path / "link" / "clip.mp4"):
        assert run("export", session["id"], "-o", target).exit_code == 2
    again = run("analyze", clip, "--with", counter, "--in-place", "--json", clip)
    assert again.exit_code == 3
    assert clip.read_bytes() == before


def test_a_csv_comes_with_the_convention_in_words(run: Run, kept: str, tmp_path: Path) -> None:
    assert "0 is straight" in run("export", kept, "-o", tmp_path / "out.csv").stderr


def test_an_exported_session_can_be_imported_elsewhere(run: Run, kept: str, tmp_path: Path) -> None:
    run("export", kept, "-o", tmp_path / "out.json")
    result = run("--library", tmp_path / "other", "import", tmp_path / "out.json")
    assert result.exit_code == 0, result.stderr
    new = result.stdout.strip()
    assert "not in this library" in result.stderr
    before, after = (
        json.loads(run("--library", library, "show", session, "--json").stdout)["sessions"][0]
        for library, session in ((tmp_path / "library", kept), (tmp_path / "other", new))
    )
    for field in ("athlete", "title", "tags", "notes", "exercise", "runs", "subjects", "metrics", "events", "series"):
        assert before[field] == after[field]


def test_importing_some_of_several_is_code_three(run: Run, kept: str, tmp_path: Path) -> None:
    run("export", kept, "-o", tmp_path / "out.json")
    (tmp_path / "bad.json").write_text("{")
    result = run("import", tmp_path / "bad.json", tmp_path / "out.json", tmp_path / "none.json")
    assert result.exit_code == 3
    assert "bad.json" in result.stderr
    assert "none.json" in result.stderr
    assert len(result.stdout.split()) == 1


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("metrics", "subject", 10**30),
        ("events", "start_pts", 2**63),
        ("events", "start_s", 1e300),
        ("subjects", "id", -(2**70)),
    ],
)
def test_a_number_that_no_library_could_keep_is_refused_by_name(
    run: Run, kept: str, tmp_path: Path, part: str, field: str, value: float
) -> None:
    run("export", kept, "-o", tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    one = document["sessions"][0][part][0]
    one[field] = value
    if field == "start_s":
        one.pop("start_pts", None)
    (tmp_path / "bad.json").write_text(json.dumps(document), "utf-8")
    result = run("--library", tmp_path / "other", "import", tmp_path / "bad.json")
    assert result.exit_code == 1
    assert "bad.json" in result.stderr
    assert "64 bits" in result.stderr


def test_a_pipe_is_not_waited_for(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    result = run("import", tmp_path / "pipe.json")
    assert result.exit_code == 1
    assert "pipe.json" in result.stderr


def test_importing_nothing_is_code_one(run: Run, tmp_path: Path) -> None:
    assert run("import", tmp_path / "none.json").exit_code == 1


TABLE = "category,start_s,end_s\nGood,0.5,1.0\nFoot down,1.5,\nToo late,99,\n"


@pytest.mark.parametrize(("format_", "ending"), [("xml", "xml"), ("moments", "csv")])
def test_moments_go_into_a_session_out_of_it_and_into_another(
    run: Run, kept: str, tmp_path: Path, format_: str, ending: str
) -> None:
    (tmp_path / "tags.csv").write_text(TABLE)
    result = run("import", tmp_path / "tags.csv", "--into", kept)
    assert (result.exit_code, result.stdout.strip()) == (0, kept)
    assert "2 moments" in result.stderr
    assert "beyond the end of the film: 1 moment." in result.stderr
    assert run("export", kept, "--format", format_, "-o", tmp_path / f"out.{ending}").exit_code == 0
    assert run("import", tmp_path / f"out.{ending}", "--into", kept).exit_code == 0
    with Library.open(tmp_path / "library") as library:
        moments = [row.moment for row in library.moments.all(kept)]
    assert [m.category for m in moments] == ["Good", "Good", "Foot down", "Foot down"]
    assert moments[0] == moments[1]
    assert moments[2] == moments[3]


def test_what_the_analyzers_found_can_go_with_it(run: Run, kept: str, tmp_path: Path) -> None:
    assert run("export", kept, "--found", "-o", tmp_path / "out.xml").exit_code == 0
    assert (tmp_path / "out.xml").read_text().count("<code>Squat</code>") == 3  # two repetitions and their row
    assert run("export", kept, "-o", tmp_path / "alone.xml").exit_code == 0
    assert "Squat" not in (tmp_path / "alone.xml").read_text()


def test_moments_without_a_session_are_code_two_and_unreadable_ones_code_one(
    run: Run, kept: str, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_text('<!DOCTYPE x [<!ENTITY e "e">]><file><ALL_INSTANCES/></file>')
    assert run("import", bad).exit_code == 2
    result = run("import", bad, "--into", kept)
    assert result.exit_code == 1
    assert "document type" in result.stderr
    late = tmp_path / "late.csv"
    late.write_text("category,start_s\nx,99\n")
    assert "beyond the end" in run("import", late, "--into", kept).stderr
    assert run("import", late, "--into", "000000").exit_code == 1
    assert run("export", kept, "--found", "-o", tmp_path / "x.json").exit_code == 2
    with Library.open(tmp_path / "library") as library:
        assert library.moments.all(kept) == ()
