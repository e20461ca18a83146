"""What is promised of messages: each in one comment of its own chat, with its files, in order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from local.promises.account import Album, Chat, Comment, Member, Said
    from local.promises.found import Found

from local.promises.notices import names_comment

ONE_ALBUM_WITHIN: Final = 3.0
"""Seconds from an album's first member, in which Telegram hands over the others that belong on the same comment."""


def messages(found: Found) -> Iterator[str]:
    """Each accepted message has exactly one comment, in a task of its chat."""
    said = [one for one in found.deeds.said if one.kind != "deletion" and one.text and not found.is_unknowable(one)]
    places: dict[str, set[Chat]] = {}
    for one in found.deeds.said:
        places.setdefault(one.text, set()).add(one.chat)
    for (chat, text), wanted in Counter((one.chat, one.text) for one in said).items():
        carried = found.carried[text]
        if len(places[text]) > 1:
            carried = [one for one in carried if found.chat_of(one) == chat]
        # What vanished with a deleted task is written again when nobody knows whether it had been written.
        standing = [one for one in carried if not found.is_lost(one)]
        if (
            not found.seen.can.reads_back
        ):  # what may be there already comes again and says so, or somebody is asked to look
            standing = [one for one in standing if not found.is_repeat(one)]
            wanted_at_least = max(0, wanted - found.doubts[chat])
        else:
            wanted_at_least = wanted
        if not len(standing) <= wanted or len(carried) < wanted_at_least:
            yield f"“{text}” of {chat.key} has {len(carried)} comments instead of {wanted}"
        for comment in carried:
            if found.chat_of(comment) != chat:
                where = f"task {comment.task} of {comment.host}"
                yield f"“{text}” of {chat.key} stands in {where}, which is another chat's"


def photos(found: Found) -> Iterator[str]:
    """Each file hangs on one comment; one that could not be had is named (and counted) instead."""
    missing = 0
    said = [one for one in found.deeds.said if not found.is_unknowable(one)]
    wanted = Counter(photo for one in said for photo in one.photos)
    for photo, times in wanted.items():
        if not found.seen.can.reads_back and _is_in_doubt(found, photo, said):
            continue
        missing += max(0, times - len(found.of_photo[photo]))
        if found.hanging[photo] > times:
            whose = next(one for one in said if photo in one.photos)
            yield f"a file of “{whose.text}” of {whose.chat.key} hangs on {found.hanging[photo]} comments instead of {times}"
    if missing > found.files_named:
        yield f"{missing} files are missing and {found.files_named} were named"


def _is_in_doubt(found: Found, photo: bytes, said: list[Said]) -> bool:
    """Whether nobody knows whether its message arrived, and somebody was asked to look: `messages` judges that."""
    return any(photo in one.photos and found.doubts[one.chat] and not found.carried[one.text] for one in said)


def albums(found: Found) -> Iterator[str]:
    """What Telegram sent of an album within three seconds hangs on one comment, whatever batches and repetitions it met."""
    for album in found.seen.albums:
        first = min(one.sent_at for one in album.members)
        together = [one for one in album.members if one.handed_at - first <= ONE_ALBUM_WITHIN]
        if any(one.update in found.buried or one.update in found.seen.unknowable for one in together):
            continue
        here = [one for one in together if found.of_photo.get(one.photo)]  # the others are named: `photos` counts them
        if not _have_one_comment(found, here):
            yield (
                f"album “{album.name}” of {album.chat.key}: {len(here)} files came within {ONE_ALBUM_WITHIN:g} s and hang "
                f"on several comments: {_hang_on(found, album, here)}"
            )


def _have_one_comment(found: Found, members: list[Member]) -> bool:
    shared: set[int] | None = None
    for one in members:
        on = {id(comment) for comment in found.of_photo[one.photo]}
        shared = on if shared is None else shared & on
    return shared is None or bool(shared)


def _hang_on(found: Found, album: Album, members: list[Member]) -> str:
    first = min(one.sent_at for one in album.members)
    return ", ".join(
        f"message {one.message_id} after {one.handed_at - first:.1f} s on "
        f"{'/'.join(str(comment.id) for comment in found.of_photo[one.photo])}"
        for one in sorted(members, key=lambda one: one.message_id)
    )


def deletions(found: Found) -> Iterator[str]:
    """One line names the comment of a message that was deleted, or counts it where the bridge never had it."""
    earlier: dict[Chat, list[Said]] = {}
    for one in found.deeds.said:
        before = earlier.setdefault(one.chat, [])
        if one.kind == "deletion" and not found.is_unknowable(one):
            yield from _deletion(found, one, list(before))
        before.append(one)


def _deletion(found: Found, deleted: Said, earlier: list[Said]) -> Iterator[str]:
    chat = deleted.chat
    of_it = [
        one for one in earlier if one.kind not in ("edit", "deletion") and one.message_ids[0] in deleted.message_ids
    ]
    shown = _shown(found, deleted, of_it)
    lines = [words for comment, words in found.deletions if found.chat_of(comment) == chat]
    is_nameless = any(not one.text and not one.photos for one in of_it) or not found.seen.can.reads_back
    naming = sum(is_nameless or names_comment(words, shown) for words in lines)
    said_once = all(len([one for one in earlier if one.text == its.text]) == 1 for its in of_it)
    if naming > 1 and of_it and said_once and not is_nameless:
        yield f"the deletion of {deleted.text} in {chat.key} is noticed {naming} times"
    silenced = set(found.deeds.lost_tasks) | found.seen.refused_notices
    if naming or not earlier or any(found.chat_of_task(*task) == chat for task in silenced):
        return
    if not any(map(found.was_buried, earlier)):
        yield f"the deletion of {deleted.text} in {chat.key} is not noticed"


def _shown(found: Found, deleted: Said, of_it: list[Said]) -> set[int]:
    """The comments of what was deleted: a message's, a file's, an answer's."""
    carried = [one for said in of_it for one in found.carried[said.text]]
    carried += [one for said in of_it for photo in said.photos for one in found.of_photo[photo]]
    answers = {
        one.comment
        for one in found.deeds.answers
        if one.chat == deleted.chat
        and any(set(sent.message_ids) & set(deleted.message_ids) for sent in found.sent(one))
    }
    return answers | {one.id for one in carried if _is_of(found, one, deleted.chat)}


def _is_of(found: Found, comment: Comment, chat: Chat) -> bool:
    owner = found.chat_of(comment)
    return owner is None or owner == chat


def order(found: Found) -> Iterator[str]:
    """Comments of a chat stand in the order in which its messages were written."""
    of_chat: dict[Chat, list[Said]] = {}
    for one in found.deeds.said:
        if one.kind != "deletion" and one.text:
            of_chat.setdefault(one.chat, []).append(one)
    for chat, said in of_chat.items():
        albums = [one.message_ids for one in said if len(one.message_ids) > 1]
        skipped = {one.text for one in said if found.was_buried(one) or _is_within(one, albums)}
        wanted = [one.text for one in said if one.text not in skipped]
        stand = [
            (comment.id, mark)
            for mark in set(wanted)
            for comment in found.carried[mark]
            if found.chat_of(comment) == chat and not found.is_lost(comment)
        ]
        # One that has too many comments or too few (`messages` says so where it may not) has no place to be judged by.
        times, wanted_times = Counter(mark for _, mark in stand), Counter(wanted)
        got = [mark for _, mark in sorted(stand) if times[mark] == wanted_times[mark]]
        wanted = [mark for mark in wanted if times[mark] == wanted_times[mark]]
        if got != wanted:
            place = next(number for number, (one, other) in enumerate(zip(got, wanted, strict=True)) if one != other)
            yield f"in {chat.key} “{got[place]}” stands where “{wanted[place]}” should: {got[place : place + 4]}"


def _is_within(said: Said, albums: Sequence[tuple[int, ...]]) -> bool:
    """Whether it was written between two members of an album: it stands before or after the album's one comment."""
    return any(min(album) < said.message_ids[0] < max(album) for album in albums)


def contacts(found: Found) -> Iterator[str]:
    """No client has two contacts."""
    for (host, telegram_id), number in Counter(found.seen.contacts).items():
        if number > 1:
            yield f"client {telegram_id} has {number} contacts in {host}"
