"""The separate process of test_kill: forks for every point, does a coach's evening of work, says what was saved.

Reads lines `root<TAB>point or -<TAB>work or rebuild` from stdin. For each, a forked copy of this process (its imports
are paid once) works in that root with COACHVISION_KILL_AT set to the point, writing `saved WHAT` lines to
`root/../said`. Answers `exit CODE` or `signal N` a line.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from coachvision.core.tagging import Clip, Moment
from coachvision.library import Library
from coachvision.library.records import Run
from tests.library.samples import FACTS, TIMELINE, example_result


def work(root: Path) -> None:
    base = root.parent
    said = (base / "said").open("a", encoding="utf-8")

    def say(what: str) -> None:
        # What the coach was told: on the disk before anything else happens.
        said.write(f"saved {what}\n")
        said.flush()

    with Library.open(root) as library:
        source = base / "clip.mp4"
        source.write_bytes(b"frames" * 5000)
        video = library.add_video(source, FACTS)
        say(f"video {video.sha256}")
        session = library.create_session(video, athlete="Anna", title="First")
        say(f"session {session}")
        library.save_run(session, "pose", "1", {}, example_result(), TIMELINE)
        say("run pose")
        library.save_run(session, "angles", "1", {}, example_result(90.0), TIMELINE)
        say("run angles")
        library.save_run(session, "angles", "2", {}, example_result(91.0), TIMELINE)
        say("again angles")
        library.people.tag(session, "technique")
        say("tag technique")
        library.moments.add(session, [Moment("Good", 7, 26)])
        say("moment Good")
        playlist = library.playlists.add("Best of", [Clip(session, 7, 26)])
        say(f"playlist {playlist}")
        (library.scratch / "proxy").mkdir()
        (library.scratch / "proxy" / "seg.mp4").write_bytes(b"proxy")
        runs = [Run("pose", "1", {}, example_result()), Run("angles", "1", {}, example_result(77.0))]
        files = {"proxy": library.scratch / "proxy"}
        whole = library.create_session(video, title="Whole", runs=runs, timeline=TIMELINE, files=files, tags=["all"])
        say(f"whole {whole}")
        other = library.create_session(None, title="Second")
        library.trash(other)
        library.purge_trash(older_than_days=-1)
        say(f"purge {other}")
        library.trash(session)
        say("trash yes")
    said.close()


def main() -> None:
    for line in sys.stdin:
        root, point, job = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            if point == "-":
                os.environ["COACHVISION_CHECKPOINT_LOG"] = str(Path(root).parent / "points")
            else:
                os.environ["COACHVISION_KILL_AT"] = point
            work(Path(root)) if job == "work" else Library.rebuild(Path(root))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        told = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"
        print(told, flush=True)


if __name__ == "__main__":
    main()
