"""What a moderator decides, and what it changes: the queue, files, Akismet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from intake.queue import DecisionError, Queue, QueueError, Waiting
from intake.spam import Akismet
from newsroom import comment_file, whole_file
from newsroom.problems import shown
from newsroom.text_file import typed_text
from newsroom.wording import same_name


@dataclass(frozen=True)
class Moderation:
    """The queue, Akismet, and the folder `content` in which comments are published."""

    queue: Queue
    akismet: Akismet
    content: Path

    def approve(self, row: Waiting) -> str:
        """Write the comment's file and erase its e-mail address; say so."""
        file = self.content / row.folder / comment_file.FOLDER / f"{_name(row)}.md"
        place = file.relative_to(self.content).as_posix()
        with self.queue.approving(row, place):
            self._publish(row, file)
        self._report(row)
        return f"Published {shown(file)}. Build the site to show it."

    def spam(self, row: Waiting) -> str:
        """Take the comment for spam, and off the site if it was published; say so."""
        with self.queue.marking_spam(row):
            if row.state == "spam":
                raise DecisionError(f"{row.id} is spam already.")
            self._unpublish(row)
        self._report(row)
        return f"Spam: {row.id}. It is deleted 15 days after it came."

    def delete(self, row: Waiting) -> str:
        """Forget the comment, and take it off the site if it was published; say so."""
        with self.queue.deleting(row):
            self._unpublish(row)
        return f"Deleted {row.id}."

    def purge(self) -> str:
        """Erase what was kept its time; tell Akismet what it is owed; say so."""
        for row in self.queue.owing():
            self._report(row)
        emails, spam_ = self.queue.purge(datetime.now(UTC))
        return f"Erased {emails} e-mail addresses and {spam_} spam comments."

    def forget(self, email: str, name: str = "") -> Iterator[str]:
        """Delete all that is kept of a person; yield what it was, and what may be left.

        Published comments have no e-mail address: those under exactly the name `name`
        are deleted too, those under a name sent with the address are listed. Raises
        DecisionError after all that can be done, if one could not be deleted.
        """
        rows = self.queue.of(email)
        left = 0
        for row in rows:
            fault = self._undeleted(row)
            left += bool(fault)
            yield (
                fault
                or f"Deleted {row.id}: {row.state}, of {row.received}, on {row.url}"
            )
        names = {row.name for row in rows}
        # An answer is newer than what it answers, and has to go first.
        for row in reversed(self.queue.rows("approved")):
            if name and same_name(row.name, name):
                fault = self._undeleted(row)
                left += bool(fault)
                yield fault or f"Deleted {row.id} and {shown(self.content / row.file)}"
            elif row.name in names:
                where = shown(self.content / row.file)
                yield (
                    f"Left {row.id}, published as {where} under the same name. If it "
                    f'is theirs: make comments DO="delete {row.id}"'
                )
        for file in self._mentions(email):
            yield f"Left {shown(file)}: the address stands in its words. Edit it."
        if not rows:
            yield f"The queue has nothing with {email}."
        if left:
            raise DecisionError(
                "Not all could be deleted. Do as is said above, and run it again."
            )

    def _undeleted(self, row: Waiting) -> str:
        """Delete a comment; say that it was left and why, if it cannot be."""
        try:
            self.delete(row)
        except (DecisionError, QueueError, OSError) as error:
            return f"Left {row.id}: {error}"
        return ""

    def _mentions(self, email: str) -> Iterator[Path]:
        for file in sorted(self.content.rglob(f"{comment_file.FOLDER}/*.md")):
            if email.lower() in typed_text(file).lower():
                yield file

    def _report(self, row: Waiting) -> None:
        """Tell Akismet what it is owed now of a row, which may have an address yet."""
        now = self.queue.get(row.id)
        if now and now.owed and self.akismet.report(row, now.owed):
            self.queue.settle(now)

    def _publish(self, row: Waiting, file: Path) -> None:
        if row.state == "approved":
            raise DecisionError(f"{row.id} is published already, as {row.file}.")
        story = self.content / row.folder
        if not story.is_dir():
            raise DecisionError(
                f"{shown(story)} is not there: the story was moved or taken down. Put "
                f'it back, or delete the comment: make comments DO="delete {row.id}"'
            )
        parent = row.parent
        if parent and not file.with_name(f"{parent}.md").exists():
            parent = ""  # it was taken down meanwhile
        whole_file.write(file, _text(row, parent).encode())

    def _unpublish(self, row: Waiting) -> None:
        if not row.file:
            return
        file = self.content / row.file
        for other in sorted(file.parent.glob("*.md")):
            if _answers(other, file.stem):
                raise DecisionError(
                    f"{shown(other)} answers this comment. Decide on that one first."
                )
        file.unlink(missing_ok=True)


def _text(row: Waiting, parent: str) -> str:
    received = datetime.fromisoformat(row.received)
    comment = comment_file.Comment(row.name, received, row.website, parent, row.text)
    try:
        return comment_file.render(comment)
    except ValueError as error:
        raise DecisionError(f"{row.id} cannot be published: {error}.") from error


def _answers(file: Path, name: str) -> bool:
    comment, _ = comment_file.parse(typed_text(file))
    return comment.parent == name


def _name(row: Waiting) -> str:
    """Return a comment's name, the same however often it is written."""
    moment = datetime.fromisoformat(row.received)
    return f"{moment:%Y-%m-%d-%H%M%S}-{row.digest[:6]}"
