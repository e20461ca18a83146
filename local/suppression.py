"""Takes effects away from the fakes, unseen by the bridge: it is told "done", and nothing is done.

A demo that still passes without an effect would not have looked at it: the tests run it without each.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Json = dict[str, Any]
Change = Callable[[Json], Json | None]
"""Gets a request's body; gives the body to pass on, or None: nothing is passed on, and "done" is answered."""


def _drop(_body: Json) -> Json | None:
    return None


@dataclass(frozen=True, slots=True)
class Effect:
    """What is taken away: of these requests, those after the first ``skip``, at most ``times`` of them.

    ``change`` is done to a JSON request; with ``alter`` the request passes and its answer is altered instead; with
    ``spoil`` the raw body of an upload is changed.
    """

    service: Literal["telegram", "planfix"]
    path_ends: str
    applies: Callable[[Json], bool] = lambda _body: True
    change: Change = _drop
    alter: Callable[[Json], Json] | None = None
    spoil: Callable[[bytes], bytes] | None = None
    skip: int = 0
    times: int = 1000


def _by_contact(body: Json) -> bool:
    return str(body.get("owner", {}).get("id", "")).startswith("contact:")


def _by_user(body: Json) -> bool:
    return str(body.get("owner", {}).get("id", "")).startswith("user:")


def _by_bridge(body: Json) -> bool:
    return "owner" not in body


def _without(name: str) -> Change:
    return lambda body: {key: value for key, value in body.items() if key != name}


def _without_signature(body: Json) -> Json:
    """The text from its second line on; entities before it are lost with their line."""
    first, _, rest = body["text"].partition("\n")
    cut = len(first.encode("utf-16-le")) // 2 + 1
    moved = [{**one, "offset": one["offset"] - cut} for one in body.get("entities", [])]
    return {**body, "text": rest, "entities": [one for one in moved if one["offset"] >= 0]}


def _without_remedy(body: Json) -> Json:
    """The notice without the sentence that says what to press."""
    return {**body, "description": re.sub(r"[^.]*Старт[^.]*\.", "", body["description"])}


def _without_link(body: Json) -> Json:
    return {**body, "description": body["description"].partition("<br>")[0]}


def _with_clients_notified(answer: Json) -> Json:
    """As if every comment had been written for the client."""
    comments = answer["comments"]
    clients = [one["owner"] for one in comments if one["owner"]["id"].startswith("contact:")]
    changed = [{**one, "recipients": {"users": clients, "groups": [], "roles": []}} for one in comments]
    return {**answer, "comments": changed}


def _says(words: str) -> Callable[[Json], bool]:
    return lambda body: words in body.get("description", "")


def _spoilt_bytes(raw: bytes) -> bytes:
    return raw.replace(FILE_MARK, FILE_MARK[::-1])


def _spoilt_names(raw: bytes) -> bytes:
    return raw.replace(b'filename="', b'filename="not-')


def _comment(words: str) -> Effect:
    return Effect("planfix", _COMMENTS, _says(words))


FILE_MARK = b"demo-file-mark"
"""Stands in every file of a demo, so that what is spoilt is the file and not the request around it."""

_COMMENTS = "/comments/"

CONVERSATION = {
    "contact": Effect("planfix", "/contact/"),
    "contact-template": Effect("planfix", "/contact/", change=_without("template")),
    "task": Effect("planfix", "/task/"),
    "template": Effect("planfix", "/task/", change=_without("template")),
    "assignees": Effect("planfix", "/task/", lambda body: "assignees" in body, _without("assignees")),
    "comment": Effect("planfix", _COMMENTS, _by_contact, times=1),
    "notified": Effect("planfix", _COMMENTS, _by_contact, _without("recipients")),
    "second": Effect("planfix", _COMMENTS, _by_contact, skip=1, times=1),
    "internal": Effect("planfix", "/comments/list", alter=_with_clients_notified),
    "answer": Effect("telegram", "/sendMessage", times=1),
    "formatting": Effect("telegram", "/sendMessage", change=_without("entities")),
    "signature": Effect("telegram", "/sendMessage", change=_without_signature),
    "owner": Effect("planfix", _COMMENTS, _by_user),
    "source": Effect("planfix", _COMMENTS, lambda body: "promo-" in body["description"]),
    "own-bot-answer": Effect("telegram", "/sendMessage", lambda body: "business_connection_id" not in body),
    "notice": Effect("planfix", _COMMENTS, _by_bridge),
    "remedy": Effect("planfix", _COMMENTS, _by_bridge, _without_remedy),
    "new-task": Effect("planfix", "/task/", skip=2, times=1),
    "former": Effect("planfix", "/task/", change=_without_link),
    "side-by-side": Effect("planfix", "/task/", skip=3),
}
"""The effects of the conversation. It makes four tasks: the account's, the bot's, the one after closing (the third), and
the first client's at the bot."""

KINDS = {
    "in-text": _comment("Жирно"),
    "in-photo": _comment("Это фото"),
    "in-video": _comment("Это видео"),
    "in-video_note": _comment("[Видеосообщение"),
    "in-animation": _comment("Это гифка"),
    "in-voice": _comment("[Голосовое"),
    "in-audio": _comment("[Аудио"),
    "in-document": _comment("Это договор"),
    "in-sticker": _comment("[Стикер"),
    "in-album": _comment("Это альбом"),
    "in-location": _comment("[Геопозиция]"),
    "in-venue": _comment("[Место"),
    "in-contact": _comment("[Контакт"),
    "in-phone": Effect("planfix", "", lambda body: "phones" in body),
    "in-poll": _comment("[Опрос"),
    "in-dice": _comment("[🎲"),
    "in-reply": _comment("Отвечаю на цитату"),
    "in-forward": _comment("Пересылаю"),
    "in-live_location": _comment("[Геопозиция в реальном времени"),
    "in-game": _comment("[Игра]"),
    "in-story": _comment("[Переслана история"),
    "in-checklist": _comment("[Чек-лист]"),
    "in-paid_media": _comment("[Платное медиа"),
    "in-gift": _comment("[Подарок"),
    "in-rich_message": _comment("Накладная"),
    "in-service": _comment("[Розыгрыш"),
    "in-live_photo": _comment("Это живое фото"),
    "in-unknown": _comment("hologram"),
    "in-owner": _comment("От владельца"),
    "in-edit": _comment("Исправлено"),
    "in-deletion": Effect("planfix", _COMMENTS, lambda body: _by_bridge(body) and "Последний" not in str(body)),
    "out-text": Effect("telegram", "/sendMessage", lambda body: "Список" in body["text"], _without("entities")),
    "out-photo": Effect("telegram", "/sendPhoto"),
    "out-document": Effect("telegram", "/sendDocument"),
    "out-voice": Effect("telegram", "/sendVoice"),
    "out-audio": Effect("telegram", "/sendAudio"),
    "out-video": Effect("telegram", "/sendVideo"),
    "out-animation": Effect("telegram", "/sendAnimation"),
    "out-album": Effect("telegram", "/sendMediaGroup"),
    "out-quote": Effect(
        "telegram", "/sendMessage", lambda body: "reply_parameters" in body, _without("reply_parameters")
    ),
    "out-edit": Effect("telegram", "/editMessageText"),
    "out-delete": Effect("telegram", "/deleteBusinessMessages"),
}
"""The effects of the second act: each has a line of the same name."""

FILES = {
    "in-bytes": Effect("planfix", "/file/", spoil=_spoilt_bytes),
    "in-names": Effect("planfix", "/file/", spoil=_spoilt_names),
    "out-bytes": Effect("telegram", "", spoil=_spoilt_bytes),
    "out-names": Effect("telegram", "", spoil=_spoilt_names),
}
"""What spoils every file of one direction in the second act."""

EFFECTS = CONVERSATION | KINDS | FILES


class Suppression:
    """Stands before both fakes and takes effects away.

    Args:
        names: of the effects.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._effects = [EFFECTS[name] for name in names]
        self._seen = [0] * len(self._effects)

    def telegram(self, app: WSGIApplication) -> WSGIApplication:
        """The fake Telegram without the effects."""
        return self._before(app, "telegram")

    def planfix(self, app: WSGIApplication) -> WSGIApplication:
        """The fake Planfix without the effects."""
        return self._before(app, "planfix")

    def _before(self, app: WSGIApplication, service: str) -> WSGIApplication:
        if service not in {effect.service for effect in self._effects}:
            return app

        def passing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            request = Request(environ)
            data = request.get_data(cache=True)
            body = _body(request, data)
            effect = None if body is None else self._due(service, request.path, body)
            if effect is None or body is None:
                return app(_with(environ, data), start_response)
            if effect.spoil:
                return app(_with(environ, effect.spoil(data)), start_response)
            if effect.alter:
                return _altered(effect.alter, Response.from_app(app, _with(environ, data)))(environ, start_response)
            changed = effect.change(body)
            if changed is None:
                return _done(service, request.path, body)(environ, start_response)
            return app(_with(environ, json.dumps(changed).encode()), start_response)

        return passing

    def _due(self, service: str, path: str, body: Json) -> Effect | None:
        """The effect that this request is to be without."""
        for number, effect in enumerate(self._effects):
            if effect.service == service and path.endswith(effect.path_ends) and effect.applies(body):
                self._seen[number] += 1
                if effect.skip < self._seen[number] <= effect.skip + effect.times:
                    return effect
        return None


def _body(request: Request, data: bytes) -> Json | None:
    """What a request brings: JSON, or an upload's fields; None when it brings nothing."""
    if request.is_json and data:
        return dict(json.loads(data))
    return dict(request.form.items()) if request.mimetype == "multipart/form-data" else None


def _with(environ: WSGIEnvironment, data: bytes) -> WSGIEnvironment:
    """A request with this body."""
    return {**environ, "wsgi.input": io.BytesIO(data), "CONTENT_LENGTH": str(len(data))}


def _altered(alter: Callable[[Json], Json], response: Response) -> Response:
    if response.status_code == HTTPStatus.OK:
        response.set_data(json.dumps(alter(json.loads(response.get_data()))))
    return response


def _done(service: str, path: str, body: Json) -> Response:
    """The answer of a service that did it; its number is one that nothing has."""
    if service == "planfix":
        answer: Json = {"result": "success", "id": 999_999}
        return Response(json.dumps(answer), 201, content_type="application/json")
    chat = {"id": body.get("chat_id"), "type": "private"}
    message = {"message_id": 999_999, "date": 0, "chat": chat, "text": body.get("text", "")}
    result: Any = [message] * len(json.loads(body["media"])) if path.endswith("/sendMediaGroup") else message
    return Response(json.dumps({"ok": True, "result": result}), content_type="application/json")
