"""API Gateway on one machine: HTTP in, a payload 2.0 event to the handler, its answer out.

Format: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import json
import logging
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from bridge.planfix.chat_ids import chat_of
from local.journal import REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from wsgiref.types import StartResponse, WSGIEnvironment

    from bridge.clock import Clock
    from local.invocation import Handler
    from local.journal import Journal

_log = logging.getLogger(__name__)

_MAX_BODY = 10 * 1024 * 1024
"""Payload limit of an HTTP API (API Gateway quotas)."""

_TEXT_TYPES = ("application/json", "application/javascript", "application/xml")


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the HTTP API and the handler behind it."""

    method: str
    path: str
    handler: Handler


class Gateway:
    """WSGI application with the template's routes and ``GET /health``.

    Args:
        routes: what the template's functions answer.
        health: gives the body of ``GET /health``.
        journal: is told of each call.
        clock: gives Unix seconds.
    """

    def __init__(
        self,
        routes: Iterable[Route],
        health: Callable[[], dict[str, Any]],
        journal: Journal,
        clock: Clock = time.time,
    ) -> None:
        self._routes = {f"{route.method} {route.path}": route for route in routes}
        rules = [
            Rule(route.path.replace("{", "<").replace("}", ">"), methods=[route.method], endpoint=key)
            for key, route in self._routes.items()
        ]
        rules.append(Rule("/health", methods=["GET"], endpoint="health"))
        self._map = Map(rules, strict_slashes=True, redirect_defaults=False, merge_slashes=False)
        self._health = health
        self._journal = journal
        self._clock = clock

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            endpoint, arguments = self._map.bind_to_environ(request.environ).match()
        except (NotFound, MethodNotAllowed):
            return _message(404, "Not Found")  # an HTTP API answers an unknown method so, too
        except HTTPException:
            return _message(400, "Bad Request")
        if endpoint == "health":
            return Response(json.dumps(self._health()), content_type="application/json")
        if (request.content_length or 0) > _MAX_BODY:
            return _message(413, "Request Entity Too Large")
        return self._invoke(self._routes[endpoint], request, arguments)

    def _invoke(self, route: Route, request: Request, arguments: Mapping[str, str]) -> Response:
        event = build_event(request, f"{route.method} {route.path}", arguments, self._clock())
        request_id = event["requestContext"]["requestId"]
        self._journal.add("gateway.received", request=request_id, path=request.path, **_ids(event))
        answering = REQUEST.set(request_id)
        try:
            answer = _response(route.handler(event))
        except Exception:  # noqa: BLE001 - whatever the handler raises becomes 500, as at AWS
            _log.exception("The handler of %s %s failed", route.method, route.path)
            answer = _message(500, "Internal Server Error")
        finally:
            REQUEST.reset(answering)
        self._journal.add("gateway.answered", request=request_id, path=request.path, status=answer.status_code)
        return answer


def build_event(request: Request, route_key: str, arguments: Mapping[str, str], now: float) -> dict[str, Any]:
    """The payload 2.0 event of a request at ``now``: names in lower case, binary and form bodies in base64."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": request.path,
        "rawQueryString": request.query_string.decode("ascii"),
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": request.host,
            "domainPrefix": "local",
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": request.environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
                "sourceIp": request.remote_addr,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": route_key,
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": False,
    }
    if arguments:
        event["pathParameters"] = dict(arguments)
    if request.args:
        event["queryStringParameters"] = {name: ",".join(values) for name, values in request.args.lists()}
    body = request.get_data()
    if body:
        is_text = request.mimetype.startswith("text/") or request.mimetype in _TEXT_TYPES
        event["body"] = body.decode("utf-8", "replace") if is_text else base64.b64encode(body).decode("ascii")
        event["isBase64Encoded"] = not is_text
    return event


def _response(answer: object) -> Response:
    """The HTTP answer to a handler's result; a result without ``statusCode`` is itself the JSON body of a 200."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(json.dumps(answer), content_type="application/json")
    body = answer.get("body") or ""
    data = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    return Response(data, answer["statusCode"], answer.get("headers") or {"content-type": "text/plain"})


def _message(status: int, text: str) -> Response:
    return Response(json.dumps({"message": text}), status, content_type="application/json")


def _ids(event: dict[str, Any]) -> dict[str, str | int]:
    """What the journal may know of a request: which update or answer of which client, which task."""
    body = event.get("body", "")
    raw = base64.b64decode(body) if event["isBase64Encoded"] else body.encode()
    try:
        content = json.loads(raw)
    except ValueError:
        content = dict(parse_qsl(raw.decode("utf-8", "replace")))
    if not isinstance(content, dict):
        return {}
    if "messageId" in content:
        return _push_ids(content)
    return _update_ids(content) if "update_id" in content else _task_ids(content)


def _update_ids(update: dict[str, Any]) -> dict[str, str | int]:
    kind = next((name for name in update if name != "update_id"), "")
    content = update.get(kind)
    chat = content.get("chat") if isinstance(content, dict) else None
    client = chat.get("id") if isinstance(chat, dict) else None
    return _plain({"update": update["update_id"], "what": kind, "client": client})


def _task_ids(request: dict[str, Any]) -> dict[str, str | int]:
    return _plain({"task": request.get("task"), "what": request.get("event")})


def _push_ids(push: dict[str, Any]) -> dict[str, str | int]:
    chat = chat_of(str(push.get("chatId", "")))
    return _plain({"answer": push["messageId"], "client": chat.client_id if chat else None})


def _plain(facts: dict[str, Any]) -> dict[str, str | int]:
    return {name: fact for name, fact in facts.items() if isinstance(fact, str | int)}
