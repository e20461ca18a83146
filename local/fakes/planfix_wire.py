"""Planfix over WSGI: token, rate, faults, bodies, files. What a call does is in planfix_methods.py and planfix_chat_commands.py."""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter, Map, RequestRedirect, Rule
from werkzeug.wrappers import Request, Response

from local.fakes.faults import drop_connection
from local.fakes.planfix_chat_commands import read_form
from local.fakes.planfix_chat_model import ChatRefusedError, wrong
from local.fakes.planfix_chats import PATH as CHATS
from local.fakes.planfix_methods import Incoming, Methods, Reply, Route
from local.fakes.planfix_model import Call, Json, RefusedError, bad_value, missing, over_limit
from local.fakes.planfix_schema import check_body

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from local.fakes.planfix_chats import PlanfixChats
    from local.fakes.planfix_world import World

MAX_FILE = 100 * 1024 * 1024
"""Of a paid account (Planfix help, Файлы)."""
DAILY = 20_000
"""Requests a day of the smallest plan (Planfix help, REST API)."""
_BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head></html>"


class _ContactNumber(BaseConverter):
    """``12`` or ``contact:12``."""

    regex = r"(?:contact:)?\d+"

    def to_python(self, value: str) -> int:
        return int(value.removeprefix("contact:"))


class _Request(Request):
    max_form_memory_size = None


class Rate:
    """A sliding window: ``rate`` requests a second, or one in ``1 / rate`` seconds when that is less than one.

    Args:
        rate: requests a second; 0 and less are unlimited.
        tolerance: seconds by which a request may come too early: a network's jitter.
    """

    def __init__(self, rate: float, tolerance: float) -> None:
        self._most = max(1, int(rate))
        self._window = self._most / rate - tolerance if rate > 0 else 0.0
        self._taken: deque[float] = deque()
        self._seen: deque[float] = deque()
        self.peak = 0

    def take(self, now: float) -> int:
        """Count a request; 0 when it may pass, else the milliseconds until one may."""
        self._seen.append(now)
        while now - self._seen[0] >= 1:
            self._seen.popleft()
        self.peak = max(self.peak, len(self._seen))
        while self._taken and now - self._taken[0] >= self._window:
            self._taken.popleft()
        if self._window > 0 and len(self._taken) >= self._most:
            return max(1, round((self._taken[0] + self._window - now) * 1000))
        self._taken.append(now)
        return 0


class PlanfixWire:
    """The WSGI application of one account."""

    def __init__(self, world: World, rate: Rate, chats: PlanfixChats) -> None:
        self._world = world
        self._chats = chats
        self._rate = rate
        self._accepted = 0
        self._routes = {
            f"{route.method} {route.rule}": route
            for route in [
                *Methods(world).routes(),
                Route("POST", "/file/", "file_add", frozenset(), lambda _: Reply()),
                Route("GET", "/file/<int:id>/download", "file_readonly", frozenset(), lambda _: Reply()),
            ]
        }
        self._map = _map_of(tuple((key, route.method, route.rule) for key, route in self._routes.items()))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with _Request(environ) as request:  # closes the uploads
            response = self._answered(request)
        return response(environ, start_response)

    def _answered(self, request: Request) -> Response:
        if request.path == CHATS:
            return self._chat(request)
        if request.path.startswith("/file/"):
            return self._pushed(request)
        return self._stored(request.path) if request.path.startswith("/download/") else self._rest(request)

    def _chat(self, request: Request) -> Response:
        """The API for chats: a form in, an empty answer or JSON out. No quota is documented, so it has none."""
        content_type, data = request.headers.get("Content-Type", ""), request.get_data(cache=True)
        with self._world.lock:
            self._world.settle()
            fault, path, shown = None, CHATS, None
            try:
                if request.method != "POST":
                    raise wrong()
                form = read_form(content_type, data)
                path, shown = f"{CHATS}?cmd={form['cmd']}", form.shown()
                fault = self._world.faults.take("POST", path)
                if fault and not fault.apply:
                    response = _json(fault.status, fault.body)
                else:
                    body = self._chats.commands.answer(form)
                    response = Response() if body is None else _json(200, body)
            except ChatRefusedError as refusal:
                response = _json(refusal.status, refusal.body)
            response.date = datetime.fromtimestamp(self._world.clock(), UTC)
            self._record(request, path, shown, response)
        if fault and fault.apply:
            drop_connection(request.environ)
            return Response(_BAD_GATEWAY, fault.status, mimetype="text/html")
        return response

    def _pushed(self, request: Request) -> Response:
        """A file of an answer: its address opens for whoever has it."""
        with self._world.lock:
            fault = self._world.faults.take(request.method, request.path)
            file = self._world.files.get(self._chats.file_key(request.path) or 0)
            if fault or file is None:
                response = Response("Not Found", fault.status if fault else 404, mimetype="text/plain")
            else:
                response = Response(file.data, mimetype=file.mime)
            response.date = datetime.fromtimestamp(self._world.clock(), UTC)
            self._record(request, request.path, None, response)
        return response

    def _stored(self, path: str) -> Response:
        """Where a download is redirected to: outside the API, without a token."""
        with self._world.lock:
            for file in self._world.files.values():
                if path == f"/download/{self._key(file.id)}":
                    return Response(file.data, mimetype=file.mime)
        return Response("Not Found", 404, mimetype="text/plain")

    def _key(self, file_id: int) -> str:
        return hashlib.sha256(f"{self._world.token}/{file_id}".encode()).hexdigest()[:24]

    def _rest(self, request: Request) -> Response:
        path = request.path.removeprefix("/rest")
        body: Json | None = None
        request.get_data(cache=True)  # before the lock: a slow upload must not stop the world
        with self._world.lock:
            self._world.settle()
            fault = None
            try:
                self._admit(request)
                fault = self._world.faults.take(request.method, path)
                if fault and not fault.apply:
                    response = _json(fault.status, fault.body)
                else:
                    route, ids = self._match(request)
                    self._check_scope(route)
                    body = _body(request)
                    response = self._answer(request, route, ids, body)
            except RefusedError as refusal:
                response = _json(refusal.status, refusal.body)
            response.date = datetime.fromtimestamp(self._world.clock(), UTC)
            response.headers["X-RateLimit-Remaining"] = str(max(0, DAILY - self._accepted))
            self._record(request, path, body, response)
        if fault and fault.apply:
            drop_connection(request.environ)
            return Response(_BAD_GATEWAY, fault.status, mimetype="text/html")
        return response

    def _admit(self, request: Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token != self._world.token:
            raise RefusedError(401, 1, "Access denied, unknown token")
        wait = self._rate.take(self._world.clock())
        if wait:
            raise over_limit(wait)
        self._accepted += 1

    def _match(self, request: Request) -> tuple[Route, dict[str, int]]:
        adapter = self._map.bind_to_environ(request.environ)
        try:
            endpoint, ids = adapter.match()
        except MethodNotAllowed:
            raise RefusedError(405, 5, "Scope denied, method not allowed") from None
        except (NotFound, RequestRedirect):
            # A path without its trailing slash is another path: nothing is redirected.
            raise RefusedError(404, 0, "Not found") from None
        return self._routes[endpoint], dict(ids)

    def _check_scope(self, route: Route) -> None:
        if route.scope and self._world.scopes is not None and route.scope not in self._world.scopes:
            raise RefusedError(405, 5, "Scope denied, method not allowed")

    def _answer(self, request: Request, route: Route, ids: dict[str, int], body: Json | None) -> Response:
        for name in request.args:
            if name not in route.query:
                raise bad_value(f"Unknown query parameter {name}")
        if route.rule == "/file/":
            return self._upload(request)
        if route.rule.endswith("/download"):
            return self._redirect(request, ids["id"])
        if route.method == "POST":
            check_body(_call_name(route), body or {})
        reply = route.handle(Incoming(ids, _query(request), body or {}))
        return _json(reply.status, reply.body) if reply.body is not None else Response(status=reply.status)

    def _upload(self, request: Request) -> Response:
        unknown = [name for name in (*request.files, *request.form) if name != "file"]
        if unknown:
            raise bad_value(f"Unknown field {unknown[0]}")
        part = request.files.get("file")
        if part is None:
            raise missing("file")
        data = part.read()
        if len(data) > MAX_FILE:
            raise RefusedError(400, 7002, "File is too big")
        file = self._world.put_file(data, part.filename or "file", part.mimetype or "application/octet-stream")
        return _json(200, {"result": "success", "id": file.id})

    def _redirect(self, request: Request, file_id: int) -> Response:
        file = self._world.live_file(file_id)
        return Response(status=302, headers={"Location": f"{request.host_url}download/{self._key(file.id)}"})

    def _record(self, request: Request, path: str, body: Json | None, response: Response) -> None:
        if not self._world.remembers_calls:
            return
        answer = json.loads(response.get_data()) if response.mimetype == "application/json" else None
        query = dict(request.args.items())
        at = self._world.clock()
        self._world.calls.append(Call(request.method, path, query, body, response.status_code, answer, at))


@cache
def _map_of(routes: tuple[tuple[str, str, str], ...]) -> Map:
    """The same for every account, and slow to make."""
    return Map(
        [Rule(f"/rest{rule}", methods=[method], endpoint=key) for key, method, rule in routes],
        converters={"contact": _ContactNumber},
        merge_slashes=False,
    )


def _call_name(route: Route) -> str:
    """As planfix_schema.json names the call."""
    return f"{route.method} " + re.sub(r"<\w+:(\w+)>", r"{\1}", route.rule)


def _query(request: Request) -> Json:
    query: Json = dict(request.args.items())
    for name, most in (("offset", None), ("pageSize", 100)):
        if name in query and not (query[name].isdecimal() and (most is None or 1 <= int(query[name]) <= most)):
            raise bad_value(f"{name} is out of range")
    return query


def _body(request: Request) -> Json | None:
    if request.method != "POST" or request.mimetype == "multipart/form-data":
        return None
    parsed: Any = request.get_json(force=True, silent=True) if request.mimetype == "application/json" else None
    if not isinstance(parsed, dict):
        raise RefusedError(500, 30, "Request body is not a valid JSON object")
    return parsed


def _json(status: int, body: Json | None) -> Response:
    if body is None:
        return Response(_BAD_GATEWAY, status, mimetype="text/html")
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/json")
