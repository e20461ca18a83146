"""Ledger keys: what caused an effect. Each begins with the integration or the Planfix host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.model import Chat


def message_key(chat: Chat, message_id: int) -> str:
    """A Telegram message carried to Planfix; its outcome names the comment."""
    return f"message#{chat.key}#{message_id}"


def edit_key(message: str, edited_at: int | None, version: str) -> str:
    """A new wording of a carried message, by the message's key."""
    return f"edit#{message}#{edited_at}#{version}"


def version_key(message: str) -> str:
    """Of a message that was not carried, by its key: which wording of it was; the message's own row stays free."""
    return f"version#{message}"


def album_key(chat: Chat, album: str) -> str:
    """The messages of an album that were carried together; its outcome names the comment and which they were."""
    return f"album#{chat.key}#{album}"


def album_seen_key(album: str, received_at: float) -> str:
    """What was seen of an album, by its key, since it was received."""
    return f"look#{album}#{int(received_at * 1000)}"


def deletion_key(chat: Chat, messages: str) -> str:
    """A notice that these messages (a digest) were deleted."""
    return f"deletion#{chat.key}#{messages}"


def given_up_key(chat: Chat, message_id: int, update_id: int) -> str:
    """A notice that an update of this message was given up."""
    return f"given-up#{message_key(chat, message_id)}#{update_id}"


def greeting_key(integration: str, user_id: int) -> str:
    """Somebody was told that the bot reads nothing."""
    return f"greeting#{integration}#{user_id}"


def owner_told_key(integration: str, mark: str) -> str:
    """An account's owner was told that it is lost, or is back; ``mark`` says which time."""
    return f"tell-owner#{integration}#{mark}"


def care_key(host: str, conversation: int | str, mark: str) -> str:
    """The same, said in a task."""
    return f"care#{host}#{conversation}#{mark}"


def check_bot_key(integration: str, due: float) -> str:
    """A look at the bot's token is set for that time (whole Unix seconds)."""
    return f"check-bot#{integration}#{int(due)}"


def check_channel_key(integration: str, channel: str, due: float) -> str:
    """A look at what the admin has to put right for a channel is set for that time (whole Unix seconds)."""
    return f"check-channel#{channel}#{integration}#{int(due)}"


def contact_key(host: str, client_id: int, gone: int | None) -> str:
    """A client's contact was found or made; ``gone``: the one before it, which was deleted or merged."""
    return f"contact#{host}#{client_id}#{gone or 0}"


def doubt_key(message: str) -> str:
    """Employees were told that nobody knows whether a message arrived, by that message's key."""
    return f"unknown#{message}"


def telegram_id_key(host: str, client: int) -> str:
    """The client's Telegram id was written into the contact that Planfix made by itself."""
    return f"telegram-id#{host}#{client}"


def phone_key(message: str) -> str:
    """The phone that a message gave, by that message's key, was written to its contact."""
    return f"phone#{message}"


def task_key(host: str, chat: Chat, tasks_had: int) -> str:
    """A chat's task was found or made; ``tasks_had``: how often before, as a chat may return to a former one."""
    return f"task#{host}#{chat.key}#{tasks_had}"


def assignees_key(host: str, task_id: int) -> str:
    """A task was given to its people: whom an employee takes out later stays out."""
    return f"assignees#{host}#{task_id}"


def file_key(message: str, file: str) -> str:
    """A file of a message, by that message's key, in Planfix; its outcome is its number there, or the reason why it has none."""
    return f"file#{message}#{file}"


def comment_key(host: str, comment_id: int) -> str:
    """A comment that the bridge made; its outcome names the Telegram message, where there is one."""
    return f"comment#{host}#{comment_id}"


def part_key(host: str, comment_id: int, part: int) -> str:
    """One part of an employee's answer sent to the client; its outcome names the Telegram message."""
    return f"answer#{host}#{comment_id}#{part}"


def files_key(host: str, comment_id: int) -> str:
    """The files of an employee's answer; the outcome says what became of each."""
    return f"{part_key(host, comment_id, 0)}#files"


def file_at_key(host: str, comment_id: int, place: int) -> str:
    """The same of one file, by its place: until November 2026."""
    return f"{part_key(host, comment_id, 0)}#file#{place}"


def group_key(host: str, comment_id: int, files: Sequence[str]) -> str:
    """An attempt to send these files together; each is named by its number, and ``again`` where it is sent once more."""
    return f"{files_key(host, comment_id)}#{'-'.join(files)}"


def link_key(host: str, comment_id: int, file: int) -> str:
    """A link to a file of this number, in its place."""
    return f"{part_key(host, comment_id, 0)}#link#{file}"


def again_key(key: str) -> str:
    """The one repetition of what may have gone out, by its key."""
    return f"again#{key}"


def sent_key(chat: Chat, message_id: int) -> str:
    """A Telegram message that the bridge sent; its outcome names the comment. Also the guard against our own echo."""
    return f"sent#{chat.key}#{message_id}"


def quoted_key(host: str, comment_id: int) -> str:
    """What was decided about an answer that begins with a quotation; its outcome names the Telegram message, 0 for none."""
    return f"quoted#{host}#{comment_id}"


def noticed_key(host: str, task_id: int, words: str) -> str:
    """A notice with these words (a digest) is in this task, or is just being written; no number is known of it then."""
    return f"noticed#{host}#{task_id}#{words}"


def taken_back_key(host: str, comment_id: int) -> str:
    """An answer that an employee takes back; the outcome says which of its messages are gone."""
    return f"taken#{host}#{comment_id}"


def long_key(host: str, comment_id: int) -> str:
    """An answer of very many messages; its outcome says whether its author was asked, or said that it shall go out."""
    return f"long#{host}#{comment_id}"


def decided_key(host: str, comment_id: int) -> str:
    """An answer about which it was decided, and which did not go out."""
    return f"decided#{host}#{comment_id}"


def buried_key(host: str, comment_id: int, about: str) -> str:
    """An answer that lies with the dead letters."""
    return f"buried#{host}#{comment_id}#{about}"


def notice_key(host: str, comment_id: int, about: str) -> str:
    """A notice about an employee's comment."""
    return f"notice#{host}#{comment_id}#{about}"


def unreadable_key(host: str, comment_id: int) -> str:
    """A notice that this comment cannot be read."""
    return f"unreadable#{host}#{comment_id}"


def unnumbered_key(host: str, task_id: int) -> str:
    """A notice that a task has comments that cannot be read at all."""
    return f"unnumbered#{host}#{task_id}"


def unfound_key(host: str, task_id: int, day: int) -> str:
    """A notice of that day (since 1970) that a comment of which we were told is not to be found."""
    return f"unfound#{host}#{task_id}#{day}"


def command_key(host: str, comment_id: int) -> str:
    """A command that an employee gave by a comment."""
    return f"command#{host}#{comment_id}"
