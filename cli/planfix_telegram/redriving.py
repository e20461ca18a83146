"""Dead letters go back on their queues in the order in which they first came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bridge.aws.chats import Chats
from bridge.aws.queues import Queue
from planfix_telegram.context import CommandContext
from planfix_telegram.dead_letters import Letter, Words
from planfix_telegram.opened_letters import Found
from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.screen import shown_time
from planfix_telegram.texts import say


class Redrive:
    """Letters go back in the order in which they first came, each client's over the whole queue.

    For that all of them are read first, however many there are; what they say is kept aside meanwhile (dead_letters.py).

    Attributes:
        put_back: what went back.
        left: what was chosen and did not, by id.
    """

    def __init__(
        self, context: CommandContext, home: Mapping[str, Queue], chats_table: str | None, *, yes: bool
    ) -> None:
        self._context = context
        self._home = home
        self._chats_table = chats_table
        self._yes = yes
        self.put_back: list[Letter] = []
        self.left: dict[str, Letter] = {}
        self._waiting: set[Letter] = set()

    def put_back_in_order(self, found: Found, chosen: Sequence[Letter]) -> bool:
        """Put back what is sure to be next of its client; True when more can be read now, and be put back then."""
        if self._waiting:  # those, and what stood unseen before them; none that failed again since
            ids, lines = {one.message_id for one in self._waiting}, {one.line for one in self._waiting}
            chosen = [one for one in chosen if one.message_id in ids or (one.was_moved_by_sqs and one.line in lines)]
        chosen = [one for one in chosen if one.message_id not in self.left]
        self.left |= {one.message_id: one for one in chosen}
        waiting = _behind_unseen(found.letters) & set(chosen)
        next_ = [one for one in chosen if one not in waiting]
        declined = self._declined(next_)
        going = [one for one in next_ if one.group is not None and one not in declined]
        self._put_back(found, going)
        if not going:
            return False
        self._waiting = waiting
        for letter in waiting:
            del self.left[letter.message_id]
        return bool(waiting)

    def put_back_named(self, found: Found, chosen: Sequence[Letter]) -> None:
        """Put back these, whatever else of their clients lies there: the admin has chosen."""
        self.left |= {one.message_id: one for one in chosen}
        declined = self._declined(chosen)
        self._put_back(found, [one for one in chosen if one.group is not None and one not in declined])

    def _put_back(self, found: Found, going: Sequence[Letter]) -> None:
        for number, letter in enumerate(going, 1):
            found.check_time(self._context.outside.clock())
            with self._context.screen.progress(say("putting_back", count=number, total=len(going))):
                # Sent before it is deleted: who is stopped in between leaves it in both queues. SQS drops the second one for
                # five minutes, and what was done by then is in the ledger and is not done again.
                _send(self._home[letter.queue], letter, found.words, self._context.outside.unix_time())
                self.put_back.append(letter)
                del self.left[letter.message_id]
                found.queues[letter.queue].delete(letter)

    def _declined(self, letters: Sequence[Letter]) -> set[Letter]:
        """Answers that would reach the client after later ones, and that the admin does not want to go out so."""
        answers = [letter for letter in letters if letter.kind == "answer"]
        if self._yes or not answers:
            return set()
        screen = self._context.screen
        with screen.progress(say("reading")):
            chats = self._context.deployment.chats(self._chats_table)
            overtaken = [letter for letter in answers if _is_overtaken(chats, letter)]
        if overtaken and not screen.is_interactive:
            raise Problem("nobody_to_ask", exit_code=WRONG_USAGE)
        return {letter for letter in overtaken if not screen.confirm(_question(letter), default=False)}


def _behind_unseen(letters: Sequence[Letter]) -> set[Letter]:
    """Letters whose client may have earlier ones that SQS does not show yet.

    What SQS moved here lies in the client's own group, in order: while some of a group are hidden, the rest is not handed out.
    """
    last = {letter.line: letter.order for letter in letters if letter.was_moved_by_sqs}
    return {letter for letter in letters if letter.order > last.get(letter.line, letter.order)}


def _is_overtaken(chats: Chats, letter: Letter) -> bool:
    task = chats.task(letter.host, letter.task or 0)
    return task is not None and chats.state(task.chat).last_answer > (letter.comment or 0)


def _question(letter: Letter) -> str:
    when = shown_time(letter.first_received_at)
    return say("answer_overtaken", comment=letter.comment, task=letter.task, chat=letter.group, when=when)


def _send(home: Queue, letter: Letter, words: Words, now: float) -> None:
    home.client.send_message(
        QueueUrl=home.url,
        MessageBody=letter.to_carry_again(words, now),
        MessageGroupId=letter.group or "",
        # SQS drops an id that it saw within five minutes: so a letter that a stopped run sent and did not delete goes once.
        # One that failed again meanwhile is another letter, with an id of its own.
        MessageDeduplicationId=letter.message_id,
    )
