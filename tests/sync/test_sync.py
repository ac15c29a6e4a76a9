"""What a signed-in coach made lies in the cloud under the account, and comes back on another laptop."""

from __future__ import annotations

import hashlib

from tests.sync.conftest import Cloud, MakeLaptop
from tests.sync.laptop import Laptop


def test_sessions_lie_in_the_storage_under_the_users_own_prefix(laptop: Laptop, cloud: Cloud) -> None:
    session = laptop.add_session(size=12 << 20)
    assert laptop.state(session).words == "On this laptop"
    summary = laptop.sync()
    assert (summary.failed, summary.paused, summary.uploaded_files) == ([], None, 2)
    keys = cloud.keys(str(laptop.user_id))
    assert sorted(key.rpartition(".")[2] for key in keys) == ["mp4", "npz"]
    assert all(key.startswith(f"users/{laptop.user_id}/{session}/") for key in keys)
    with laptop.library() as library:
        video = library.session(session).video
        assert video is not None
    body = cloud.body(next(key for key in keys if key.endswith("mp4")))
    assert hashlib.sha256(body).hexdigest() == video.sha256
    assert laptop.state(session).words == "In the cloud"
    again = laptop.sync()
    assert (again.uploaded_files, again.sent_roots) == (0, 0)
    assert cloud.uploads(str(laptop.user_id)) == []


def test_a_second_laptop_restores_everything_and_its_edit_comes_back(make_laptop: MakeLaptop) -> None:
    one, two = make_laptop("one"), make_laptop("two")
    session = one.add_session("Kniebeuge", size=6 << 20)
    with one.library() as library:
        library.people.join("Anna", "U17")
        library.people.change("athlete", library.people.add("athlete", "Anna"), note="left knee")
    assert one.sync().failed == []
    assert two.sync(follow=True).failed == []
    with one.library() as here, two.library() as there:
        mine, theirs = here.session(session), there.session(session)
        assert (theirs.title, theirs.athlete, theirs.tags) == ("Kniebeuge", "Anna", ("test",))
        assert theirs.created == mine.created
        assert theirs.metrics[0] == mine.metrics[0]
        assert theirs.video is not None
        assert mine.video is not None
        assert theirs.video.path.read_bytes() == mine.video.path.read_bytes()
        assert [(p.name, p.note, p.teams) for p in there.people.all("athlete")] == [("Anna", "left knee", ("U17",))]
        assert [row.id for row in there.sessions("knie")] == [session]
        assert there.check(deep=True) == []
        there.update_session(session, note="deeper!")
    assert two.sync().failed == []
    assert one.sync().failed == []
    with one.library() as here:
        assert here.session(session).note == "deeper!"
        assert here.outbox.waiting() == []
    assert one.sync().sent_roots == 0
    assert two.sync().sent_roots == 0
