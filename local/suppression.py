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
from urllib.parse import parse_qsl, urlencode

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from local.fakes.planfix_chats import PlanfixChats

Json = dict[str, Any]
Change = Callable[[Json], Json | None]
"""Gets a request's body; gives the body to pass on, or None: nothing is passed on, and "done" is answered."""


def _drop(_body: Json) -> Json | None:
    return None


@dataclass(frozen=True, slots=True)
class Effect:
    """What is taken away: of these requests, those after the first ``skip``, at most ``times`` of them.

    ``change`` is done to a JSON request, or to a form; with ``alter`` the request passes and its answer is altered instead; with
    ``spoil`` the raw body of an upload is changed, or what Planfix fetches.
    """

    service: Literal["telegram", "planfix", "fetches"]
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


def _without_said_remedy(body: Json) -> Json:
    """The same of what is shown beside an answer."""
    return {**body, "messageStatusText": re.sub(r"[^.]*Старт[^.]*\.", "", body["messageStatusText"])}


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


def _message(words: str, *, skip: int = 0, times: int = 1000) -> Effect:
    """What is written into a chat with these words."""
    return Effect(
        "planfix", _CHATS, lambda body: "message" in body and words in body["message"], skip=skip, times=times
    )


def _state(state: str, *, change: Change = _drop, times: int = 1000) -> Effect:
    """What is shown beside an answer."""
    return Effect("planfix", _CHATS, lambda body: body.get("messageStatus") == state, change, times=times)


FILE_MARK = b"demo-file-mark"
"""Stands in every file of a demo, so that what is spoilt is the file and not the request around it."""

_COMMENTS = "/comments/"
_FORM = "application/x-www-form-urlencoded"
_FORMS = ("multipart/form-data", _FORM)

_CHATS = "/webchat/api"

_CONVERSATION_AT_TELEGRAM = {
    "answer": Effect("telegram", "/sendMessage", times=1),
    "signature": Effect("telegram", "/sendMessage", change=_without_signature),
    "own-bot-answer": Effect("telegram", "/sendMessage", lambda body: "business_connection_id" not in body),
}

_CONVERSATION_BY_REST = {
    "contact": Effect("planfix", "/contact/"),
    "contact-template": Effect("planfix", "/contact/", change=_without("template")),
    "task": Effect("planfix", "/task/"),
    "template": Effect("planfix", "/task/", change=_without("template")),
    "assignees": Effect("planfix", "/task/", lambda body: "assignees" in body, _without("assignees")),
    "comment": Effect("planfix", _COMMENTS, _by_contact, times=1),
    "notified": Effect("planfix", _COMMENTS, _by_contact, _without("recipients")),
    "second": Effect("planfix", _COMMENTS, _by_contact, skip=1, times=1),
    "internal": Effect("planfix", "/comments/list", alter=_with_clients_notified),
    "formatting": Effect("telegram", "/sendMessage", change=_without("entities")),
    "owner": Effect("planfix", _COMMENTS, _by_user),
    "source": Effect("planfix", _COMMENTS, lambda body: "promo-" in body["description"]),
    "notice": Effect("planfix", _COMMENTS, _by_bridge),
    "remedy": Effect("planfix", _COMMENTS, _by_bridge, _without_remedy),
    "new-task": Effect("planfix", "/task/", skip=2, times=1),
    "former": Effect("planfix", "/task/", change=_without_link),
    "side-by-side": Effect("planfix", "/task/", skip=3),
}
"""It makes four tasks: the account's, the bot's, the one after closing (the third), and the first client's at the bot."""

_CONVERSATION_BY_CHATS = {
    "contact-data": Effect("planfix", _CHATS, change=_without("contactData")),
    "comment": _message("", times=1),
    "second": _message("", skip=1, times=1),
    "owner": Effect("planfix", _CHATS, lambda body: "isEcho" in body),
    "author": Effect("planfix", _CHATS, change=_without("userEmail")),
    "source": _message("promo-"),
    "tick": _state("sent"),
    "mark-of-error": _state("error"),
    "remedy": _state("error", change=_without_said_remedy),
    "new-task": _message("Теперь нужен ещё один"),
    "side-by-side": _message("Пишу теперь боту"),
}
"""Planfix itself makes contacts and tasks: templates, assignees and notified ones are no effects of the bridge."""

CONVERSATION: dict[str, dict[str, Effect]] = {
    "rest": _CONVERSATION_AT_TELEGRAM | _CONVERSATION_BY_REST,
    "chat_api": _CONVERSATION_AT_TELEGRAM | _CONVERSATION_BY_CHATS,
}
"""The effects of the conversation, by route."""

_INCOMING = {
    "in-text": "Жирно",
    "in-photo": "Это фото",
    "in-video": "Это видео",
    "in-video_note": "[Видеосообщение",
    "in-animation": "Это гифка",
    "in-voice": "[Голосовое",
    "in-audio": "[Аудио",
    "in-document": "Это договор",
    "in-sticker": "[Стикер",
    "in-album": "Это альбом",
    "in-location": "[Геопозиция]",
    "in-venue": "[Место",
    "in-contact": "[Контакт",
    "in-poll": "[Опрос",
    "in-dice": "[🎲",
    "in-reply": "Отвечаю на цитату",
    "in-forward": "Пересылаю",
    "in-live_location": "[Геопозиция в реальном времени",
    "in-game": "[Игра]",
    "in-story": "[Переслана история",
    "in-checklist": "[Чек-лист]",
    "in-paid_media": "[Платное медиа",
    "in-gift": "[Подарок",
    "in-rich_message": "Накладная",
    "in-service": "[Розыгрыш",
    "in-live_photo": "Это живое фото",
    "in-unknown": "hologram",
    "in-owner": "От владельца",
    "in-edit": "Исправлено",
}
"""Words by which each kind is recognised in Planfix."""

_KINDS_AT_TELEGRAM = {
    "out-photo": Effect("telegram", "/sendPhoto"),
    "out-document": Effect("telegram", "/sendDocument"),
    "out-voice": Effect("telegram", "/sendVoice"),
    "out-audio": Effect("telegram", "/sendAudio"),
    "out-video": Effect("telegram", "/sendVideo"),
    "out-animation": Effect("telegram", "/sendAnimation"),
    "out-album": Effect("telegram", "/sendMediaGroup"),
    "out-edit": Effect("telegram", "/editMessageText"),
    "out-delete": Effect("telegram", "/deleteBusinessMessages"),
    "out-text": Effect("telegram", "/sendMessage", lambda body: "Список" in body["text"], _without("entities")),
}

KINDS: dict[str, dict[str, Effect]] = {
    "rest": {name: _comment(words) for name, words in _INCOMING.items()}
    | _KINDS_AT_TELEGRAM
    | {
        "in-phone": Effect("planfix", "", lambda body: "phones" in body),
        "in-deletion": Effect("planfix", _COMMENTS, lambda body: _by_bridge(body) and "Последний" not in str(body)),
        "out-quote": Effect(
            "telegram", "/sendMessage", lambda body: "reply_parameters" in body, _without("reply_parameters")
        ),
    },
    "chat_api": {name: _message(words) for name, words in _INCOMING.items()}
    | _KINDS_AT_TELEGRAM
    | {
        "in-phone": Effect("planfix", _CHATS, lambda body: "contactPhone" in body),
        "in-deletion": _message("🗑 В Telegram"),
        "out-quote": Effect("telegram", "/sendMessage", lambda body: "Именно" in body["text"], _without("entities")),
        "out-ticks": _state("sent", times=1),
    },
}
"""The effects of the second act by route: each has a line of the same name."""

_FILES_AT_TELEGRAM = {
    "out-bytes": Effect("telegram", "", spoil=_spoilt_bytes),
    "out-names": Effect("telegram", "", spoil=_spoilt_names),
}

FILES: dict[str, dict[str, Effect]] = {
    "rest": {
        "in-bytes": Effect("planfix", "/file/", spoil=_spoilt_bytes),
        "in-names": Effect("planfix", "/file/", spoil=_spoilt_names),
    }
    | _FILES_AT_TELEGRAM,
    "chat_api": {
        "in-bytes": Effect("fetches", "/files/", spoil=_spoilt_bytes),
        "in-names": Effect("planfix", _CHATS, spoil=lambda raw: raw.replace(b"%5Bname%5D=", b"%5Bname%5D=not-")),
    }
    | _FILES_AT_TELEGRAM,
}
"""What spoils every file of one direction in the second act, by route."""


def effects(route: str) -> dict[str, Effect]:
    """All effects of a route, by name."""
    return CONVERSATION[route] | KINDS[route] | FILES[route]


class Suppression:
    """Stands before both fakes and takes effects away.

    Args:
        names: of the effects.
        route: how Planfix is reached.

    Raises:
        KeyError: this route has no such effect.
    """

    def __init__(self, names: Iterable[str], route: str = "rest") -> None:
        known = effects(route)
        self._effects = [known[name] for name in names]
        self._seen = [0] * len(self._effects)

    def telegram(self, app: WSGIApplication) -> WSGIApplication:
        """The fake Telegram without the effects."""
        return self._before(app, "telegram")

    def planfix(self, app: WSGIApplication) -> WSGIApplication:
        """The fake Planfix without the effects."""
        return self._before(app, "planfix")

    def of_fetches(self, chats: PlanfixChats) -> None:
        """What Planfix fetches, without the effects."""
        fetch = chats.fetch
        spoils = [one.spoil for one in self._effects if one.service == "fetches" and one.spoil]

        def fetched(url: str) -> tuple[bytes, str]:
            data, mime = fetch(url)
            for spoil in spoils:
                data = spoil(data)
            return data, mime

        chats.fetch = fetched

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
            return app(_with(environ, _written(request, data, changed)), start_response)

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
    """What a request brings: JSON, or a form's fields (of one that is repeated the first); None when it brings nothing."""
    if request.is_json and data:
        return dict(json.loads(data))
    return dict(request.form.items()) if request.mimetype in _FORMS else None


def _written(request: Request, data: bytes, changed: Json) -> bytes:
    """The changed body, in the way that the request brought it."""
    if request.mimetype != _FORM:
        return json.dumps(changed).encode()
    pairs = [(name, value) for name, value in parse_qsl(data.decode(), keep_blank_values=True) if name in changed]
    was = dict(reversed(pairs))
    return urlencode([(name, value if changed[name] == was[name] else changed[name]) for name, value in pairs]).encode()


def _with(environ: WSGIEnvironment, data: bytes) -> WSGIEnvironment:
    """A request with this body."""
    return {**environ, "wsgi.input": io.BytesIO(data), "CONTENT_LENGTH": str(len(data))}


def _altered(alter: Callable[[Json], Json], response: Response) -> Response:
    if response.status_code == HTTPStatus.OK:
        response.set_data(json.dumps(alter(json.loads(response.get_data()))))
    return response


def _done(service: str, path: str, body: Json) -> Response:
    """The answer of a service that did it; its number is one that nothing has."""
    if path == _CHATS:
        return Response()
    if service == "planfix":
        answer: Json = {"result": "success", "id": 999_999}
        return Response(json.dumps(answer), 201, content_type="application/json")
    chat = {"id": body.get("chat_id"), "type": "private"}
    message = {"message_id": 999_999, "date": 0, "chat": chat, "text": body.get("text", "")}
    result: Any = [message] * len(json.loads(body["media"])) if path.endswith("/sendMediaGroup") else message
    return Response(json.dumps({"ok": True, "result": result}), content_type="application/json")
