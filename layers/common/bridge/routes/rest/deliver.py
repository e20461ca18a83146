"""Post one comment for one Telegram message, once, in the task where its chat goes on."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import Reason, Refused
from bridge.keys import comment_key, message_key
from bridge.model import Author
from bridge.moment import moment
from bridge.planfix.route import NewComment, People
from bridge.routes.port import Delivered
from bridge.routes.rest.comment_list import CLOCKS_DIFFER, comments_from_newest
from bridge.routes.rest.contacts import ClientContact, find_contact
from bridge.routes.rest.files import carried_files, carry_files
from bridge.routes.rest.long_words import beginning, carry_whole
from bridge.routes.rest.notices import ASSIGNEES
from bridge.routes.rest.source import source_object_id
from bridge.routes.rest.tasks import find_task
from bridge.telegram.reading_html import from_html
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.model import ChatState, Lost
    from bridge.parts import Parts
    from bridge.planfix.route import Comment
    from bridge.routes.port import Place, Posting

_OF_ALBUM: Final = "messages#"
"""What a mark begins with that says which of an album's messages an attempt had."""

LATE: Final = 300.0
"""Seconds after which a message came so late (delivered late, or redriven) that the time of its comment misleads."""


def deliver(to: Parts, posting: Posting, *, tried: Sequence[Posting] = ()) -> Delivered | None:
    """Post it; None when this channel wants no task for it.

    ``tried``: of an album, what former attempts posted, where that may have been fewer messages.
    """
    chat, state = posting.place.chat, to.chats.state(posting.place.chat)
    if _stays_without_task(posting) and state.task_id is None:
        to.count("owner_message_without_task")
        return None
    posting, *tried = [_shortened_if_long(_with_its_time_if_late(to, one, state)) for one in (posting, *tried)]
    posted: dict[str, Any] = to.effects.once(
        posting.key,
        lambda: _found_anew_if_gone(to, posting, state, lambda now: _add(to, posting, now)),
        look=lambda lost: _look_for(to, tried or [posting], lost),
        marks=_marks(to, posting),
        also=lambda outcome: _also(to, posting, outcome),
    )
    if not posting.by_client:
        # an earlier attempt may have begun it in the task that the chat has left since
        for task in {posted["task"], state.task_id or posted["task"]}:
            to.chats.end_posting(to.planfix.host, task, posting.key)
    to.count("carried_to_planfix")
    to.log.info(
        "carried to Planfix",
        extra={
            "chat": chat.key,
            "message_id": posting.message.message_id,
            "author": posting.author.value,
            "task": posted["task"],
            "comment": posted["comment"],
        },
    )
    return Delivered(posted, state)


def _also(to: Parts, posting: Posting, outcome: dict[str, Any]) -> dict[str, Any]:
    """What replies, edits and deletions need later: comment -> message, and each message of an album -> comment."""
    chat = posting.place.chat
    known: dict[str, Any] = {
        comment_key(to.planfix.host, outcome["comment"]): {"chat": chat.key, "message": posting.message.message_id}
    }
    for member in posting.members:
        if member.message_id in outcome["members"]:
            row = {"task": outcome["task"], "comment": outcome["comment"], "date": member.date}
            row |= {"version": member.version, "files": member.files}
            known[message_key(chat, member.message_id)] = row
    return known


def _stays_without_task(posting: Posting) -> bool:
    """Whether it is the owner's and this channel opens no task for the owner's words."""
    return not posting.by_client and posting.place.channel.task_on_owner_message is False


def _with_its_time_if_late(to: Parts, posting: Posting, state: ChatState) -> Posting:
    """A message that came late, or after newer ones were carried, says when it was written; an edit says so anyway."""
    at = moment(posting.message.date)
    is_late = posting.received.at - posting.message.date > LATE or posting.newest_message < state.newest_carried
    if not at or not is_late or posting.is_edit:
        return posting
    written = to.texts.say(Say.WRITTEN_AT, time=at)
    return replace(posting, written=f"<i>{html.escape(written)}</i><br>")


def _shortened_if_long(posting: Posting) -> Posting:
    shown = beginning(posting.says)
    return posting if shown == posting.says else replace(posting, says=shown, whole=posting.says)


def _add(to: Parts, posting: Posting, state: ChatState) -> dict[str, Any]:
    place = posting.place
    contact = _contact_of(to, place, state)
    if _stays_without_task(posting) and state.task_id is not None:
        task = state.task_id
    else:
        task = find_task(to, place.chat, state, client=place.client, contact=contact, channel=place.channel)
    if not posting.by_client:
        to.chats.begin_posting(to.planfix.host, task, posting.key)
    files, sentences = carry_files(to, posting.attachments, key=posting.key, received_at=posting.received.at)
    if posting.whole:
        whole, said = carry_whole(to, posting.whole, key=posting.key, received_at=posting.received.at)
        files, sentences = (*whole, *files), [said, *sentences]
    if sentences:
        posting = replace(posting, says="<br>".join([posting.says, *sentences]))
    try:
        number = to.planfix.add_comment(task, replace(_comment(to, posting, contact.id), files=files))
    except Refused:
        if not posting.by_client:
            to.chats.end_posting(to.planfix.host, task, posting.key)
        raise
    return _outcome(posting, task, number, [member.message_id for member in posting.members])


def _contact_of(to: Parts, place: Place, state: ChatState) -> ClientContact:
    if state.contact_id is not None:
        return ClientContact(state.contact_id)
    return find_contact(to, place.client, place.channel.contact_template)


def _outcome(posting: Posting, task: int, number: int, members: list[int]) -> dict[str, Any]:
    outcome: dict[str, Any] = {
        "task": task,
        "comment": number,
        "date": posting.message.date,
        "version": posting.version,
        "files": posting.files,
    }
    return {**outcome, "members": members} if members else outcome


def _comment(to: Parts, posting: Posting, contact: int) -> NewComment:
    mark = source_object_id(posting.key)
    if posting.by_client:
        words = posting.written + posting.says
        return NewComment(words, owner=f"contact:{contact}", recipients=ASSIGNEES, source_object_id=mark)
    channel, lines = posting.place.channel, [posting.written + posting.says]
    if posting.author is Author.AUTOMATIC:
        lines.insert(0, f"<i>{html.escape(to.texts.say(Say.AUTOMATIC_ANSWER))}</i>")
    elif not channel.owner_user:
        name = posting.message.sender.full_name or channel.name
        lines.insert(0, f"<b>{html.escape(to.texts.say(Say.OWNER_WROTE, name=name))}</b>")
    # The client is among the notified: Planfix proposes whom the last comment notified, and must go on proposing them.
    recipients = People(users=(f"contact:{contact}",)) | ASSIGNEES
    return NewComment("<br>".join(lines), channel.owner_user, recipients, mark)


def _found_anew_if_gone(
    to: Parts, posting: Posting, state: ChatState, add: Callable[[ChatState], dict[str, Any]]
) -> dict[str, Any]:
    """Tasks are deleted and contacts merged in Planfix at any time: what is gone is found again, at most twice."""
    place = posting.place
    for _ in range(2):
        try:
            return add(state)
        except Refused as refused:
            if not (_forgot_task(to, place, refused) or _replaced_contact(to, place, refused)):
                raise
            state = to.chats.state(place.chat)
    return add(state)


def _forgot_task(to: Parts, place: Place, refused: Refused) -> bool:
    if refused.reason is not Reason.TASK_GONE:
        return False
    to.chats.drop_status(place.chat)
    return True


def _replaced_contact(to: Parts, place: Place, refused: Refused) -> bool:
    """Planfix does not document which code a comment by a vanished contact gets: ask whether the contact is there."""
    if refused.reason not in (Reason.CONTACT_GONE, Reason.PLANFIX_BAD_VALUE, Reason.PLANFIX_REFUSED):
        return False
    state = to.chats.state(place.chat)
    remembered = to.chats.contact(to.planfix.host, place.client.id)
    known = state.contact_id or (remembered.id if remembered else None)
    if known is None or to.planfix.contact_exists(known):
        return False
    found = find_contact(to, place.client, place.channel.contact_template, gone=known)
    to.chats.replace_contact(place.chat, state, found.id)
    return True


def _marks(to: Parts, posting: Posting) -> tuple[str, ...]:
    """A digest of the words that the comment will show; of an album, also which of its messages."""
    words = to.digest(from_html(_comment(to, posting, 0).html).text)
    members = ",".join(str(member.message_id) for member in posting.members)
    return (words, f"{_OF_ALBUM}{members}") if members else (words,)


def attempts_of(lost: Lost | None) -> list[frozenset[int]]:
    """Which messages of an album each attempt had whose outcome is still to come; several that had the same are one."""
    marks = [mark.removeprefix(_OF_ALBUM) for mark in (lost.marks if lost else ()) if mark.startswith(_OF_ALBUM)]
    return [frozenset(map(int, mark.split(","))) for mark in marks]


def _look_for(to: Parts, tried: Sequence[Posting], lost: Lost) -> dict[str, Any] | None:
    """The comment of an attempt whose answer was lost, if it was made; the chat may have left its task since."""
    state = to.chats.state(tried[0].place.chat)
    files = frozenset[int]().union(*(carried_files(to, one.attachments, key=one.key) for one in tried))
    for task in dict.fromkeys((state.task_id, *reversed(state.former_tasks))):
        if task is None:
            continue
        for found in _comments_of(to, task, lost.since):
            for posting in tried:
                if _is_the_same(to, found, posting, lost, files):
                    return _outcome(posting, task, found.id, _members_in(to, posting, found, is_known=len(tried) == 1))
    return None


def _members_in(to: Parts, posting: Posting, found: Comment, *, is_known: bool) -> list[int]:
    """Which of an album's messages that comment holds: those of its attempt; of several, those whose files it has.

    Whoever is left out follows as a comment of its own: rather a sentence twice than a message lost.
    """
    if is_known or not found.files:
        return [member.message_id for member in posting.members]
    there = {file.id for file in found.files}
    return [
        member.message_id
        for member in posting.members
        if carried_files(to, member.attachments, key=posting.key) & there
    ]


def _comments_of(to: Parts, task: int, since: float) -> Iterator[Comment]:
    try:
        yield from comments_from_newest(to, task, since)
    except Refused as refused:
        if refused.reason is Reason.TASK_GONE:
            return  # and the comment with it: the message goes on in another task
        raise


def _is_the_same(to: Parts, found: Comment, posting: Posting, lost: Lost, files: frozenset[int]) -> bool:
    """By its mark where Planfix gives it back; by its files; else by author's kind, words, time, and being nobody's.

    The author's number is not compared (contacts are merged), and the words are those of the lost attempts.
    """
    if found.source_object_id:
        return found.source_object_id == source_object_id(posting.key)
    if files:  # nobody else's comment has them
        return bool(files & {file.id for file in found.files})
    return (
        found.owner.startswith("contact:") == posting.by_client
        and (found.at is None or found.at >= lost.since - CLOCKS_DIFFER)
        and to.digest(_words_of(to, found, posting)) in lost.marks
        and to.effects.outcome(comment_key(to.planfix.host, found.id)) is None
    )


def _words_of(to: Parts, found: Comment, posting: Posting) -> str:
    """The words of a comment without the sentences about files that could not come along."""
    shown = from_html(found.html).text
    words = from_html(_comment(to, posting, 0).html).text
    has_sentences = shown.startswith(words) and shown[len(words) :].lstrip("\n").startswith("[")
    return words if has_sentences and (posting.attachments or posting.whole) else shown
