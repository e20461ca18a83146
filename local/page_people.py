"""What people do on the playground's page: on the phone, in the task, to the connection."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from local.page_state import CHANNELS, number_in, stored_file
from local.phone import Phone, contact, dice, location, poll, unknown_kind, venue
from local.samples import Sample, samples
from local.stage import OWNER_ID, RIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.stage import Route, Stage

    Json = dict[str, Any]

_DAY_AND_MORE = 25 * 3600
"""Seconds: Telegram lets a business bot answer for 24 hours after the client's last message."""
_ACTIVE_STATUS = 2
"""The fake's status "in work"."""
_ALBUM = ("photo", "photo_green", "photo_red")
_WHERE = (55.76503, 37.60565)
"""Of the sample location: a boulevard in Moscow."""
_PHONE = "79161234567"


class PagePeople:
    """Whoever acts on the page.

    Args:
        stage: where.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._samples = samples()
        self.actions: dict[str, Callable[[Json], Json | None]] = {
            "client/start": self._client_starts,
            "phone/write": self._phone_writes,
            "phone/send": self._phone_sends,
            "phone/edit": self._phone_edits,
            "phone/delete": self._phone_deletes,
            "employee/sample": self._employee_takes_sample,
            "employee/comment": self._employee_comments,
            "task/status": self._set_status,
            "refuse": self._refuse,
            "time/skip": self._time_passes,
            "route": self._take_route,
        }

    def send_file(self, file: Sample, given: Mapping[str, Any]) -> None:
        """Somebody sends an own file from the phone."""
        self._phone(given).send_file(file, given.get("text", ""), **_reply(given))

    def put_file(self, file: Sample) -> Json:
        """An employee uploads a file for a comment."""
        number = self._stage.planfix.put_file(file.data, file.name, file.mime)
        return stored_file(self._stage.planfix.files[number])

    def _phone(self, given: Mapping[str, Any]) -> Phone:
        """The client's phone, or the owner's, in the chat that is shown."""
        owner_id, _ = CHANNELS[given["channel"]]
        by_owner = given["as"] == "owner" and owner_id is not None
        return Phone(self._stage.telegram, self._stage.bot, int(given["client"]), owner_id, by_owner=by_owner)

    def _phone_writes(self, given: Json) -> None:
        self._phone(given).send(str(given["text"]), **_reply(given))

    def _phone_edits(self, given: Json) -> None:
        self._phone(given).edit(int(given["message"]), str(given["text"]))

    def _phone_deletes(self, given: Json) -> None:
        self._phone(given).delete(*map(int, given["messages"]))

    def _phone_sends(self, given: Json) -> None:
        """One of the samples, or something that is no file."""
        phone, what, caption = self._phone(given), given["what"], str(given.get("text", ""))
        if what == "album":
            phone.send_album([self._samples[name] for name in _ALBUM], caption)
        elif what in self._samples:
            phone.send_file(self._samples[what], caption, **_reply(given))
        else:
            phone.send(**self._without_file(what, phone, caption), **_reply(given))

    def _without_file(self, what: str, phone: Phone, caption: str) -> Json:
        sender = self._stage.telegram.world.user(OWNER_ID if phone.by_owner else phone.client_id)
        match what:
            case "location":
                return location(*_WHERE)
            case "venue":
                return venue(*_WHERE, self._stage.cast.company, "Тверской бульвар, 26А")
            case "contact":
                return contact(sender.id, sender.first_name, sender.last_name, _PHONE)
            case "poll":
                return poll("Когда удобно?", "Утром", "Днём", "Вечером")
            case "dice":
                return dice(secrets.randbelow(6) + 1)
            case "unknown":
                return unknown_kind(caption)
            case unknown:
                raise ValueError(f"No phone here sends {unknown!r}.")

    def _employee_takes_sample(self, given: Json) -> Json:
        return self.put_file(self._samples[given["what"]])

    def _client_starts(self, given: Json) -> None:
        self._stage.telegram.start(self._stage.bot, int(given["client"]), str(given.get("payload", "")))

    def _employee_comments(self, given: Json) -> None:
        self._stage.planfix.employee_comments(
            int(given["task"]),
            number_in(given["employee"]),
            str(given["html"]),
            notify=[str(one) for one in given["notify"]],
            files=[int(one) for one in given.get("files", ())],
        )

    def _set_status(self, given: Json) -> None:
        if given["active"]:
            self._stage.planfix.set_status(int(given["task"]), _ACTIVE_STATUS)
        else:
            self._stage.planfix.close_task(int(given["task"]))

    def _time_passes(self, given: Json) -> Json:  # noqa: ARG002 - as every action
        self._stage.skip(_DAY_AND_MORE)
        return {"hours": round(_DAY_AND_MORE / 3600), "now": self._stage.clock()}

    def _take_route(self, given: Json) -> None:
        route: Route = "chat_api" if given["route"] == "chat_api" else "rest"
        if route != self._stage.route:
            self._stage.take_route(route)

    def _refuse(self, given: Json) -> None:
        telegram, client, switched_on = self._stage.telegram, int(given["client"]), bool(given["on"])
        owner_id, _ = CHANNELS[given["channel"]]
        match given["what"]:
            case "blocked":
                (telegram.block if switched_on else telegram.unblock)(client, owner_id, bot=self._stage.bot)
            case "paused":
                (telegram.pause_chat if switched_on else telegram.resume_chat)(OWNER_ID, client)
            case "reply":
                rights = [right for right in RIGHTS if right != "can_reply" or not switched_on]
                telegram.change_connection(OWNER_ID, rights)
            case "change":
                telegram.change_connection(OWNER_ID)
            case "connected" if switched_on:
                telegram.disconnect(OWNER_ID)
            case "connected":
                telegram.connect(self._stage.bot, OWNER_ID, RIGHTS)
            case unknown:
                raise ValueError(f"Telegram has no refusal {unknown!r} here.")


def _reply(given: Mapping[str, Any]) -> Json:
    """The message that is answered, if any."""
    return {"reply_to_message": int(given["reply_to"])} if given.get("reply_to") else {}
