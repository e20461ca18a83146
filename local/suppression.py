"""Takes one effect away from the fakes, unseen by the bridge: it is told "done", and nothing is done.

A demo that still passes without an effect would not have looked at it: the tests run it once without each.
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

    ``change`` is done to the request; with ``alter`` the request passes and its answer is altered instead.
    """

    service: Literal["telegram", "planfix"]
    path_ends: str
    applies: Callable[[Json], bool] = lambda _body: True
    change: Change = _drop
    alter: Callable[[Json], Json] | None = None
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


_COMMENTS = "/comments/"

EFFECTS = {
    "contact": Effect("planfix", "/contact/"),
    "contact-template": Effect("planfix", "/contact/", change=_without("template")),
    "task": Effect("planfix", "/task/"),
    "template": Effect("planfix", "/task/", change=_without("template")),
    "assignees": Effect("planfix", "", lambda body: "assignees" in body),
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
"""The effects that can be taken away. A demo makes four tasks: the account's, the bot's, the one after closing (the
third), and the first client's at the bot."""


class Suppression:
    """Stands before both fakes and takes one effect away.

    Args:
        name: of the effect; None takes nothing away.
    """

    def __init__(self, name: str | None) -> None:
        self._effect = EFFECTS[name] if name else None
        self._seen = 0

    def telegram(self, app: WSGIApplication) -> WSGIApplication:
        """The fake Telegram without the effect."""
        return self._before(app, "telegram")

    def planfix(self, app: WSGIApplication) -> WSGIApplication:
        """The fake Planfix without the effect."""
        return self._before(app, "planfix")

    def _before(self, app: WSGIApplication, service: str) -> WSGIApplication:
        effect = self._effect
        if effect is None or effect.service != service:
            return app

        def passing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            request = Request(environ)
            data = request.get_data()
            body = json.loads(data) if request.is_json and data else None
            environ["wsgi.input"] = io.BytesIO(data)
            if body is None or not request.path.endswith(effect.path_ends) or not self._is_due(effect, body):
                return app(environ, start_response)
            if effect.alter:
                return _altered(effect.alter, Response.from_app(app, environ))(environ, start_response)
            changed = effect.change(body)
            if changed is None:
                return _done(service, body)(environ, start_response)
            raw = json.dumps(changed).encode()
            environ["wsgi.input"] = io.BytesIO(raw)
            environ["CONTENT_LENGTH"] = str(len(raw))
            return app(environ, start_response)

        return passing

    def _is_due(self, effect: Effect, body: Json) -> bool:
        if not effect.applies(body):
            return False
        self._seen += 1
        return effect.skip < self._seen <= effect.skip + effect.times


def _altered(alter: Callable[[Json], Json], response: Response) -> Response:
    if response.status_code == HTTPStatus.OK:
        response.set_data(json.dumps(alter(json.loads(response.get_data()))))
    return response


def _done(service: str, body: Json) -> Response:
    """The answer of a service that did it; its number is one that nothing has."""
    if service == "planfix":
        answer: Json = {"result": "success", "id": 999_999}
        return Response(json.dumps(answer), 201, content_type="application/json")
    chat = {"id": body.get("chat_id"), "type": "private"}
    answer = {"ok": True, "result": {"message_id": 999_999, "date": 0, "chat": chat, "text": body.get("text", "")}}
    return Response(json.dumps(answer), content_type="application/json")
