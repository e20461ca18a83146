"""What people did, for a world that keeps no account of it: all that Telegram handed over, all that employees wrote in Planfix."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from local.promises.account import Answer, Chat, Deeds, Marks, Said
from local.promises.notices import words_of
from local.promises.of_fakes import chat_of_message, content_of, known_file, note_pushes, tasks_of_chats

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from local.fakes.planfix import FakePlanfix
    from local.fakes.planfix_model import Comment
    from local.fakes.telegram import FakeTelegram
    from local.fakes.telegram_model import Bot, Json
    from local.promises.account import Kind

RECOGNISED_BY: Final = 40
"""Characters of a first line by which a text is recognised: a notice quotes 80 of an answer."""

_BY_EMPLOYEE: Final = "Planfix"
"""Where the comments of people come from; the bridge's come by REST."""

_MADE_BY_PLANFIX: Final = "a chat's own"
"""Stands for the key of a task that no row is about."""

_QUOTATION: Final = re.compile(r"<blockquote>.*?</blockquote>", re.DOTALL)


def deeds_in(
    telegram: FakeTelegram,
    bots: Mapping[str, Bot],
    planfixes: Mapping[str, FakePlanfix],
    chats: Sequence[Json],
    marks: Marks | None = None,
) -> Deeds:
    """What people did.

    Args:
        telegram: the fake.
        bots: by integration.
        planfixes: by host, as the tables name it.
        chats: the rows of the table.
        marks: how people's words are recognised, if each message and answer has a mark of its own; without it each is
            recognised by its first line, so no two answers of a chat may begin alike.
    """
    deeds = Deeds(
        said=[one for alias, bot in bots.items() for one in _said(telegram, alias, bot, marks)],
        answers=[one for host, planfix in planfixes.items() for one in _answers(planfix, host, chats, marks)],
    )
    for host, planfix in planfixes.items():
        standing = {task.id for task in planfix.tasks() if not task.is_deleted}
        deeds.lost_tasks += [(host, number) for number in {one.task_id for one in planfix.all_comments()} - standing]
    return deeds


def marks_of(deeds: Deeds) -> Marks:
    """How the words of these deeds are recognised, where they have no marks of their own."""
    texts = {one.text: one.text for one in deeds.said if one.kind != "deletion"}
    for one in deeds.answers:
        words = one.words[1:] if one.command else one.words
        texts |= dict.fromkeys(words, words[0] if words else "")
    return Marks.of_texts(texts)


def _said(telegram: FakeTelegram, alias: str, bot: Bot, marks: Marks | None) -> Iterator[Said]:
    for handed in list(bot.handed):
        kind, content = content_of(handed.body)
        update = (alias, handed.body["update_id"])
        if kind == "deleted_business_messages":
            chat = chat_of_message(telegram, alias, content)
            for number in content["message_ids"]:
                yield Said("deletion", chat, str(number), update, (number,))
        elif kind.endswith("message") and "sender_business_bot" not in content:
            data = telegram.files_of(content)
            chat = chat_of_message(telegram, alias, content)
            text = _text_of(content, chat, marks)
            what = _kind(content, chat, is_edit=kind.startswith("edited"), has_file=bool(data))
            photos = () if what == "edit" else tuple(data)
            yield Said(what, chat, text, update, (content["message_id"],), photos)


def _kind(message: Json, chat: Chat, *, is_edit: bool, has_file: bool) -> Kind:
    if is_edit:
        return "edit"
    if message["from"]["id"] != chat.client_id:
        return "automatic" if message.get("is_from_offline") else "owner"
    return "photos" if has_file else "message"


def _text_of(message: Json, chat: Chat, marks: Marks | None) -> str:
    words = str(message.get("text") or message.get("caption") or "")
    if chat.is_own_bot and words.startswith("/start"):
        words = words.removeprefix("/start").strip()
    pieces = [_beginning(words)] if marks is None else sorted(marks.marks(words))
    return pieces[0] if pieces else ""


def _answers(planfix: FakePlanfix, host: str, chats: Sequence[Json], marks: Marks | None) -> Iterator[Answer]:
    tasks = {row["pk"]: row for row in chats} | _rows_of_chats(planfix, host)
    contacts = {f"contact:{one.id}": str(one.fields.get("telegramId") or "") for one in planfix.contacts()}
    in_task: dict[int, list[Comment]] = defaultdict(list)
    for one in planfix.all_comments():
        in_task[one.task_id].append(one)
    written = [one for one in planfix.all_comments() if one.from_type == _BY_EMPLOYEE]
    earliest = [*accumulate((one.visible_at for one in reversed(written)), min)][::-1]
    for comment, earliest_since in zip(written, earliest, strict=True):
        row = tasks.get(f"{host}#task#{comment.task_id}")
        if row is None or _is_history(comment, row["since"], in_task[comment.task_id]):
            continue
        answer = _answer(planfix, host, comment, row, marks)
        if not answer.words:
            continue
        answer.scheduled = earliest_since < comment.visible_at
        ticked = [one for one in comment.recipients.users if one.startswith("contact:")]
        answer.meant_for_client = any(contacts.get(one, row["client_id"]) == str(row["client_id"]) for one in ticked)
        answer.contact_deleted = bool(ticked) and all(one not in contacts for one in ticked)
        answer.meant_for_client |= answer.contact_deleted
        if row["pk"] == _MADE_BY_PLANFIX:
            note_pushes([answer], {host: planfix})
        yield answer


def _rows_of_chats(planfix: FakePlanfix, host: str) -> dict[str, Json]:
    """The tasks that Planfix made for chats, as rows: the bridge keeps none of them."""
    return {
        f"{host}#task#{number}": {
            "pk": _MADE_BY_PLANFIX,
            "integration": chat.integration,
            "channel": chat.channel,
            "client_id": chat.client_id,
            "since": 0,
        }
        for (_, number), chat in tasks_of_chats(planfix, host).items()
    }


def _is_history(comment: Comment, since: int, in_task: Sequence[Comment]) -> bool:
    """Whether it was seen before the task became the chat's, which the first comment of the bridge there tells."""
    if comment.id > since:
        return False
    carried = [one.visible_at for one in in_task if one.from_type != _BY_EMPLOYEE and one.id > since]
    return comment.visible_at <= min(carried, default=comment.visible_at)


def _answer(planfix: FakePlanfix, host: str, comment: Comment, row: Json, marks: Marks | None) -> Answer:
    chat = Chat(row["integration"], row["channel"], row["client_id"])
    words = words_of(_QUOTATION.sub("", comment.description)).strip() or words_of(comment.description).strip()
    command = words.split(maxsplit=1)[0].lower() if words.startswith("/") and not words.startswith("//") else ""
    said = words[len(command) :].strip() if command else words.removeprefix("/")  # "//" is no command, and sent as "/"
    pieces = [_beginning(said)] if marks is None else marks.pieces(said)
    for number in () if command else comment.files:
        file = planfix.files[number]
        pieces += [known_file(file.data)] if marks is None else marks.pieces(file.name)[:1]
    first = [command] if command else []
    return Answer(
        chat,
        host,
        comment.task_id,
        comment.id,
        [*first, *(one for one in pieces if one)],
        meant_for_client=False,
        at=comment.visible_at,
        command=command,
        deleted=comment.is_deleted,
    )


def _beginning(words: str) -> str:
    """The first line, cut between two words."""
    line = " ".join(next((one for one in words.split("\n") if one.strip()), "").split())
    cut = line.rfind(" ", 0, RECOGNISED_BY + 1)
    return line if len(line) <= RECOGNISED_BY or cut < 0 else line[:cut]
