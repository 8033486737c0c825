"""The moderator's desk: what each decision changes, by command and by key."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from intake_tools import FOLDER, SITE, SLUG, STORY, local_akismet, make_site, run

from intake.desk import Desk
from intake.moderation import Moderation
from intake.queue import DecisionError, Queue, Sent
from intake.spam import Akismet
from intake.stories import Story
from newsroom.problems import shown

SENT = Sent(SLUG, "", "Mia Reader", "mia@readers.test", "", "The quay *is* longer.")
RECEIVED = datetime(2026, 11, 24, 18, 0, 5, tzinfo=UTC)


@pytest.fixture
def site(tmp_path):
    return make_site(tmp_path / "site")


@pytest.fixture
def akismet():
    with local_akismet() as server:
        yield server


@pytest.fixture
def queue(site):
    queue = Queue(site / ".comments/queue.db", 64)
    yield queue
    queue.close()


@pytest.fixture
def moderation(site, queue, akismet):
    client = Akismet("a-key", SITE, "en", akismet.address)
    return Moderation(queue, client, site / "content")


def put(queue, *, verdict="ham", received=RECEIVED, **fields):
    """Put a comment into the queue; return its row."""
    sent = Sent(**(vars(SENT) | fields))
    state = "spam" if verdict in {"spam", "honeypot"} else "pending"
    assert queue.add(sent, Story(**STORY), verdict, state, received)
    return queue.rows(state)[-1]


def published(site):
    return sorted((site / "content" / FOLDER).glob("comments/*"))


def everything(site) -> bytes:
    """Return the bytes of all files of the site, the queue's among them."""
    return b"".join(file.read_bytes() for file in site.rglob("*") if file.is_file())


def test_approving_writes_the_file_and_erases_the_address(site, queue, moderation):
    """The file is named by moment and words; no e-mail address is left anywhere."""
    row = put(queue, website="https://mia.test/", parent="")
    assert b"mia@readers.test" in everything(site)
    said = moderation.approve(row)
    (file,) = published(site)
    assert file.name == f"2026-11-24-180005-{SENT.digest()[:6]}.md"
    assert said == f"Published {shown(file)}. Build the site to show it."
    assert file.read_text("utf-8").splitlines() == [
        "Author: Mia Reader",
        "Date: 2026-11-24 18:00:05 +00:00",
        "Url: https://mia.test/",
        "",
        "The quay *is* longer.",
    ]
    assert b"mia@readers.test" not in everything(site)
    assert queue.get(row.id).state == "approved"


def test_approving_again_after_a_kill_writes_the_same_file(site, queue, moderation):
    """Stopped between file and queue, the decision can be made again, to one file."""
    row = put(queue)
    moderation.approve(row)
    with queue.marking_spam(queue.get(row.id)):
        pass  # as if the queue had not heard of it
    moderation.approve(queue.get(row.id))
    assert len(published(site)) == 1


def test_an_answer_keeps_its_parent_while_that_is_there(site, queue, moderation):
    """Parent is written only if that comment's file exists."""
    first = put(queue)
    moderation.approve(first)
    (file,) = published(site)
    for words, parent in (("Yes", file.stem), ("No", "2026-01-01-000000-abcdef")):
        moderation.approve(put(queue, text=words, parent=parent))
    texts = {file.read_text("utf-8") for file in published(site)}
    assert sum(f"Parent: {file.stem}\n" in text for text in texts) == 1
    assert sum("Parent:" in text for text in texts) == 1


def test_a_comment_with_answers_is_not_taken_down_before_them(site, queue, moderation):
    """Otherwise the next build would fail for want of the parent."""
    first = put(queue)
    moderation.approve(first)
    (file,) = published(site)
    answer = put(queue, text="Yes", parent=file.stem)
    moderation.approve(answer)
    for decide in (moderation.delete, moderation.spam):
        with pytest.raises(DecisionError, match="answers this comment"):
            decide(queue.get(first.id))
    moderation.delete(queue.get(answer.id))
    moderation.delete(queue.get(first.id))
    assert published(site) == []


@pytest.mark.parametrize("second", ["approve", "spam", "delete"])
@pytest.mark.parametrize("first", ["approve", "spam", "delete"])
def test_what_another_moderator_decided_meanwhile_stands(
    site, queue, moderation, first, second
):
    """A decision on a comment as it no longer is changes nothing, and says why."""
    seen = put(queue)
    getattr(moderation, first)(seen)
    now, files = queue.get(seen.id), published(site)
    with pytest.raises(DecisionError, match="meanwhile"):
        getattr(moderation, second)(seen)
    assert (queue.get(seen.id), published(site)) == (now, files)


def test_no_number_is_given_twice(queue, moderation):
    """A command with the number of one that is gone meets no other."""
    seen = put(queue)
    moderation.delete(seen)
    assert put(queue, text="Unread").id > seen.id


def test_a_number_that_was_given_again_is_another_comments(queue, moderation):
    """As in a queue of an earlier version: nobody decides on what he has not read."""
    seen = put(queue)
    moderation.delete(seen)
    with sqlite3.connect(queue.path) as sql:
        sql.execute("DELETE FROM sqlite_sequence")
    sql.close()
    new = put(queue, text="Unread")
    assert new.id == seen.id
    with pytest.raises(DecisionError, match="was deleted meanwhile"):
        moderation.delete(seen)
    assert queue.get(new.id) == new


def test_of_two_decisions_at_once_one_is_carried_out(site, queue, moderation):
    """Queue and files agree afterwards, whichever of two moderators was the first."""
    other = Queue(queue.path, 64)
    colleague = Moderation(other, moderation.akismet, moderation.content)
    with ThreadPoolExecutor(2) as pool:
        for number in range(25):
            seen = put(queue, text=f"Words {number}")
            barrier = Barrier(2)

            def decide(act, seen=seen, barrier=barrier) -> bool:
                barrier.wait()
                try:
                    act(seen)
                except DecisionError:
                    return False
                return True

            done = list(pool.map(decide, [moderation.approve, colleague.delete]))
            assert sorted(done) == [False, True]
    other.close()
    assert len(queue.rows("approved")) == len(published(site))
    assert queue.rows("pending") == []


def test_a_story_that_was_moved_is_named(site, queue, moderation):
    """Without its folder nothing is written, and the comment waits on."""
    row = put(queue)
    (site / "content" / FOLDER).rename(site / "content/articles/moved")
    with pytest.raises(DecisionError, match="was moved or taken down"):
        moderation.approve(row)
    assert queue.get(row.id) == row


@pytest.mark.parametrize(
    ("verdict", "decision", "told"),
    [
        ("ham", "approve", None),
        ("spam", "approve", "submit-ham"),
        ("honeypot", "approve", None),
        ("unchecked: too slow", "approve", None),
        ("ham", "spam", "submit-spam"),
        ("unchecked: too slow", "spam", None),
        ("ham", "delete", None),
    ],
)
def test_akismet_is_told_of_its_mistakes(moderation, akismet, verdict, decision, told):
    """A wrong call is reported back, with the same fields; a right one is not."""
    getattr(moderation, decision)(put(moderation.queue, verdict=verdict))
    assert [name for name, _ in akismet.calls] == ([told] if told else [])
    for _, fields in akismet.calls:
        assert fields["comment_author_email"] == SENT.email
        assert fields["comment_content"] == SENT.text
        assert fields["comment_date_gmt"] == "2026-11-24T18:00:05Z"
        assert fields["permalink"] == STORY["url"]
        assert fields["user_ip"] == "0.0.0.0"


@pytest.mark.parametrize(
    ("verdict", "decisions", "told"),
    [
        ("spam", ["approve", "spam"], ["submit-ham", "submit-spam"]),
        ("ham", ["spam", "approve"], ["submit-spam", "submit-ham"]),
        ("ham", ["approve", "spam", "approve"], ["submit-spam", "submit-ham"]),
        ("honeypot", ["approve", "spam", "approve"], []),
    ],
)
def test_akismet_is_told_of_each_change_of_mind(
    moderation, akismet, verdict, decisions, told
):
    """What counts is what it was told last, and not its first verdict alone."""
    row = put(moderation.queue, verdict=verdict)
    for decision in decisions:
        getattr(moderation, decision)(moderation.queue.get(row.id))
    moderation.purge()
    assert [name for name, _ in akismet.calls] == told


def test_akismet_is_told_nothing_that_it_holds_already(queue, moderation, akismet):
    """A decision that it did not hear, and that was taken back, is no debt."""
    akismet.mode = "broken"
    row = put(queue, verdict="spam")
    moderation.approve(row)
    moderation.spam(queue.get(row.id))
    akismet.calls.clear()
    moderation.purge()
    assert akismet.calls == []


def test_akismet_may_be_told_between_a_look_and_a_decision(queue, moderation, akismet):
    """What the daily purge told it counts, though the moderator's list is older."""
    row = put(queue)
    akismet.mode = "broken"
    moderation.spam(row)
    seen = queue.get(row.id)
    akismet.mode = "ham"
    moderation.purge()
    akismet.calls.clear()
    moderation.approve(seen)
    assert [name for name, _ in akismet.calls] == ["submit-ham"]


def test_a_published_comment_can_still_be_spam(site, queue, moderation, akismet):
    """Its file goes, and Akismet hears of it."""
    row = put(queue)
    moderation.approve(row)
    moderation.spam(queue.get(row.id))
    assert published(site) == []
    assert [name for name, _ in akismet.calls] == ["submit-spam"]


def test_what_akismet_did_not_hear_is_told_later(queue, moderation, akismet):
    """While it is down the decision stands, and the daily purge makes up for it."""
    akismet.mode = "broken"
    row = put(queue, verdict="spam")
    moderation.approve(row)
    assert queue.get(row.id).owed == "ham"
    moderation.purge()
    assert queue.get(row.id).owed == "ham"
    akismet.mode = "ham"
    moderation.purge()
    assert queue.get(row.id).owed == ""
    assert [name for name, _ in akismet.calls] == ["submit-ham"] * 3


def test_a_queue_of_an_earlier_version_goes_on(queue, moderation, akismet):
    """Its file has a column more, for what Akismet was owed, which it still is."""
    with sqlite3.connect(queue.path) as sql:
        owed = "owed TEXT NOT NULL DEFAULT '' CHECK (owed IN ('', 'ham', 'spam'))"
        sql.execute(f"ALTER TABLE comments ADD COLUMN {owed}")
    sql.close()
    put(queue, verdict="spam")
    with sqlite3.connect(queue.path) as sql:
        sql.execute("UPDATE comments SET state = 'approved', owed = 'ham'")
    sql.close()
    moderation.purge()
    moderation.approve(put(queue, text="New"))
    assert [name for name, _ in akismet.calls] == ["submit-ham"]


def test_a_purge_erases_what_was_kept_its_time(site, queue, moderation):
    """E-mail addresses after 30 days, spam after 15, nothing a day earlier."""
    now = datetime.now(UTC)
    kinds = [("ham", 29), ("ham", 31), ("spam", 14), ("spam", 16)]
    for number, (verdict, days) in enumerate(kinds):
        put(
            queue,
            verdict=verdict,
            received=now - timedelta(days=days),
            text=f"{days}",
            email=f"reader-{number}@readers.test",
        )
    assert moderation.purge() == "Erased 1 e-mail addresses and 1 spam comments."
    left = everything(site)
    found = [f"reader-{n}@".encode() in left for n in range(4)]
    assert found == [True, False, True, False]
    assert [row.text for row in queue.rows("pending")] == ["29", "31"]
    assert [row.text for row in queue.rows("spam")] == ["14"]


def test_forgetting_removes_a_person_and_says_what(site, queue, moderation):
    """All with the address goes; what is published has none, and is listed by name."""
    moderation.approve(put(queue, text="Published"))
    put(queue, text="Waits", email="MIA@readers.test")
    put(queue, text="Is spam", verdict="spam")
    put(
        queue,
        text="Mine, mail me at mia@readers.test",
        email="tom@readers.test",
        name="T",
        received=RECEIVED + timedelta(minutes=1),
    )
    moderation.approve(queue.rows("pending")[-1])
    first, second = published(site)
    said = list(moderation.forget("mia@readers.test"))
    assert said == [
        f"Deleted 2: pending, of 2026-11-24 18:00:05 +00:00, on {STORY['url']}",
        f"Deleted 3: spam, of 2026-11-24 18:00:05 +00:00, on {STORY['url']}",
        f"Left 1, published as {first} under the same name. If it is theirs: "
        'make comments DO="delete 1"',
        f"Left {second}: the address stands in its words. Edit it.",
    ]
    assert published(site) == [first, second]
    said = list(moderation.forget("mia@readers.test", "mia  reader"))
    assert said[0] == f"Deleted 1 and {first}"
    assert len(published(site)) == 1
    assert list(moderation.forget("nobody@readers.test")) == [
        "The queue has nothing with nobody@readers.test."
    ]


def test_forgetting_goes_on_past_what_cannot_be_deleted(site, queue, moderation):
    """What was deleted is said, and what was left and why; the command then fails."""
    moderation.approve(put(queue, text="Answered"))
    (first,) = published(site)
    later = RECEIVED + timedelta(minutes=1)
    tom = {"name": "Tom", "email": "tom@readers.test", "received": later}
    moderation.approve(put(queue, text="Yes", parent=first.stem, **tom))
    later = RECEIVED + timedelta(minutes=2)
    moderation.approve(put(queue, text="On its own", received=later))
    put(queue, text="Waits")
    code, out, err = run(site, "forget", SENT.email, "--name", SENT.name)
    _, second = map(shown_there(site), published(site))
    lines = out.splitlines()
    assert lines[0].startswith("Deleted 4: pending")
    assert lines[1].startswith("Deleted 3 and content/")
    assert lines[2:] == [
        f"Left 1: {second} answers this comment. Decide on that one first."
    ]
    assert code == 1
    assert err == "Not all could be deleted. Do as is said above, and run it again.\n"


def shown_there(site):
    """Return how a command that is run in the site's folder names a file."""
    return lambda file: str(file.relative_to(site))


def test_forgetting_takes_answers_before_what_they_answer(site, queue, moderation):
    """Who answered their own comment is forgotten in one go."""
    moderation.approve(put(queue, text="Wait"))
    (first,) = published(site)
    later = RECEIVED + timedelta(minutes=1)
    moderation.approve(put(queue, text="Go", parent=first.stem, received=later))
    code, _, _ = run(site, "forget", SENT.email, "--name", SENT.name)
    assert (code, published(site)) == (0, [])


def test_forgetting_reads_files_that_are_no_utf_8(site, queue, moderation):
    """An old file is searched for the address, and no hindrance to deleting another."""
    moderation.approve(put(queue))
    (file,) = published(site)
    old = file.with_name("old.md")
    old.write_bytes(f"Author: Jürgen\n\n{SENT.email}\n".encode("latin-1"))
    code, out, err = run(site, "forget", SENT.email, "--name", SENT.name)
    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == [
        f"Deleted 1 and {shown_there(site)(file)}",
        f"Left {shown_there(site)(old)}: the address stands in its words. Edit it.",
    ]
    assert published(site) == [old]


def test_the_desk_in_plain_commands(site, queue):
    """List, approve, spam and delete work from a script, and name what is not there."""
    for words in ("One", "Two", "Three"):
        put(queue, text=words)
    code, out, _ = run(site, "list")
    assert code == 0
    assert [line.split("\t")[-1] for line in out.splitlines()] == [
        "One",
        "Two",
        "Three",
    ]
    assert run(site, "approve", "1")[1].startswith("Published content/")
    assert run(site, "spam", "2")[1].startswith("Spam: 2.")
    assert run(site, "delete", "3")[1] == "Deleted 3.\n"
    assert run(site, "purge")[1] == "Erased 0 e-mail addresses and 0 spam comments.\n"
    assert run(site, "list") == (0, "", "")
    assert run(site, "list", "--state", "approved")[1].startswith("1\t")
    for command, words in (
        (("approve", "1"), "1 is published already"),
        (("spam", "2"), "2 is spam already"),
        (("delete", "99"), "There is no comment 99. The list: make comments DO=list"),
    ):
        code, _, err = run(site, *command)
        assert code == 1
        assert words in err
        assert "Traceback" not in err
    code, _, err = run(site, "approve")
    assert code == 2
    assert err.startswith('usage: make comments DO="approve 12 13"\n')
    code, out, _ = run(site, "forget", "mia@readers.test")
    assert code == 0
    assert out.startswith("Deleted 2: spam, of 2026-11-24 18:00:05 +00:00, on ")


# --- in the terminal ----------------------------------------------------------------


def drive(moderation, *keys: str) -> dict[str, str]:
    """Press keys at the desk; return what it then shows, by widget."""
    shown = {}

    async def press() -> None:
        desk = Desk(moderation)
        async with desk.run_test(size=(100, 30)) as pilot:
            await pilot.press(*keys)
            await pilot.pause()
            for name in ("about", "words", "said"):
                shown[name] = str(desk.query_one(f"#{name}").render())
            shown["title"] = desk.sub_title

    asyncio.run(press())
    return shown


def test_the_desk_shows_what_a_decision_needs(queue, moderation):
    """Story, name, addresses, moment, words, Akismet's verdict, the sender's others."""
    put(queue, text="Before", verdict="spam")
    moderation.approve(put(queue, text="And before"))
    put(queue, website="https://mia.test/", verdict="unchecked: too slow")
    shown = drive(moderation)
    assert shown["title"] == "1 of 1 waiting"
    assert shown["words"] == SENT.text
    for words in (
        STORY["title"],
        STORY["url"],
        SENT.name,
        SENT.email,
        "https://mia.test/",
        "2026-11-24 18:00:05",
        "unchecked: too slow",
        "Of this sender: 1 spam, 1 published",
        "2026-11-24 published: And before",
    ):
        assert words in shown["about"]


def test_one_key_decides(site, queue, moderation):
    """`a` publishes, `s` is spam, `d` deletes, and each time the next is shown."""
    for words in ("One", "Two", "Three", "Four"):
        put(queue, text=words)
    shown = drive(moderation, "a", "s", "d")
    assert shown["words"] == "Four"
    assert shown["title"] == "1 of 1 waiting"
    assert shown["said"] == "Deleted 3."
    assert len(published(site)) == 1
    assert [row.text for row in queue.rows("spam")] == ["Two"]
    assert queue.get(3) is None


def test_the_arrows_decide_nothing(queue, moderation):
    """They go on and back, and stop at both ends."""
    for words in ("One", "Two"):
        put(queue, text=words)
    assert drive(moderation, "right")["words"] == "Two"
    assert drive(moderation, "right", "n", "n")["words"] == "Two"
    assert drive(moderation, "right", "left", "p")["words"] == "One"
    assert len(queue.rows("pending")) == 2


def test_spam_and_published_can_be_looked_through(queue, moderation):
    """`v` shows the other parts; there too a key decides."""
    put(queue, text="Buy", verdict="spam")
    assert drive(moderation)["words"] == "No comment is waiting."
    assert drive(moderation, "v")["words"] == "Buy"
    drive(moderation, "v", "a")
    assert drive(moderation, "v", "v")["title"] == "1 of 1 published"


def test_a_decision_that_fails_is_said_and_the_comment_stays(site, queue, moderation):
    """What went wrong stands at the foot of the screen."""
    put(queue)
    (site / "content" / FOLDER).rename(site / "content/articles/moved")
    shown = drive(moderation, "a")
    assert "was moved or taken down" in shown["said"]
    assert shown["title"] == "1 of 1 waiting"


def test_words_are_shown_as_they_are(queue, moderation):
    """Nothing in a comment is a command to the terminal or to the desk."""
    hostile = "[bold]x[/bold] [@click=app.quit]y[/] [/] [red"
    put(queue, text=hostile, name="[@click=app.quit]z[/]")
    shown = drive(moderation)
    assert shown["words"] == hostile
    assert "[@click=app.quit]z[/]" in shown["about"]
