"""The Bot API over WSGI: tokens, bodies, answers. What a method does is in telegram_methods.py."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from local.fakes.faults import drop_connection
from local.fakes.telegram_media import MAX_UPLOAD
from local.fakes.telegram_messages import Upload
from local.fakes.telegram_methods import Answer, Methods
from local.fakes.telegram_model import Bot, Call, Json, RefusedError, bad_request
from local.fakes.telegram_schema import METHODS, checked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from local.fakes.faults import Fault
    from local.fakes.telegram_world import World

_METHOD = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>[^/]+)")
_FILE = re.compile(r"/file/bot(?P<token>[^/]+)/(?P<path>.+)")
_BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head></html>"
"""What stands before Telegram's servers answers no JSON."""


class _Request(Request):
    max_form_memory_size = None


class TelegramWire:
    """The WSGI application of one fake."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._methods = Methods(world)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with _Request(environ) as request:  # closes the uploads
            download = _FILE.fullmatch(request.path)
            response = self._download(download["token"], download["path"]) if download else self._method(request)
        return response(environ, start_response)

    def _bot(self, token: str) -> Bot:
        bot = self.world.bots.get(token)
        if bot is None or bot.revoked:
            raise RefusedError(401, "Unauthorized")
        return bot

    def _download(self, token: str, path: str) -> Response:
        with self.world.lock:
            try:
                bot = self._bot(token)
            except RefusedError as refusal:
                return _json(refusal.status, refusal.body)
            file = next((file for file in self.world.files.values() if file.path == path), None)
            if file is None or self.world.links.get((bot.id, path), 0) < self.world.clock():
                return _json(404, {"ok": False, "error_code": 404, "description": "Not Found"})
            return Response(file.data, mimetype="application/octet-stream")

    def _method(self, request: Request) -> Response:
        path = _METHOD.fullmatch(request.path)
        if path is None:
            return _json(404, {"ok": False, "error_code": 404, "description": "Not Found"})
        method = path["method"]
        params: Json = {}
        uploads: dict[str, Upload] = {}
        request.get_data(cache=True)  # before the lock: a slow upload must not stop the world
        with self.world.lock:
            bot = self.world.bots.get(path["token"])
            fault = self.world.faults.take(method)
            if fault and not fault.apply:
                status, body = fault.status, fault.body
            else:
                try:
                    known = self._bot(path["token"])
                    params, uploads = _params(request), _uploads(request)
                    status, body = 200, self._call(known, method, params, uploads)
                except RefusedError as refusal:
                    status, body = refusal.status, refusal.body
            shown = {**params, **{name: f"<{part.name}, {len(part.data)} bytes>" for name, part in uploads.items()}}
            at = self.world.clock()
            # A lasting copy: the fake goes on changing the message that it answered with.
            kept = json.loads(json.dumps(body))
            self.world.calls.append(Call(bot.id if bot else None, method, shown, status, kept, at))
        if fault and fault.apply:
            return self._lost(request, fault)
        return _json(status, kept) if kept is not None else Response(_BAD_GATEWAY, status, mimetype="text/html")

    def _lost(self, request: Request, fault: Fault) -> Response:
        drop_connection(request.environ)
        return Response(_BAD_GATEWAY, fault.status, mimetype="text/html")

    def _call(self, bot: Bot, method: str, params: Json, uploads: dict[str, Upload]) -> Json:
        if method not in METHODS:
            raise RefusedError(404, "Not Found: method not found")
        values = checked(method, params, frozenset(uploads))
        _check_uploads(values, uploads)
        result = self._methods.call(bot, method, values, uploads)
        if isinstance(result, Answer):
            return {"ok": True, "result": result.result, "description": result.description}
        return {"ok": True, "result": result}


def _params(request: Request) -> Json:
    params: Json = dict(request.args.items())
    if request.method == "GET":
        return params
    if request.mimetype == "application/json":
        body: Any = request.get_json(force=True, silent=True)
        if not isinstance(body, dict):
            raise bad_request("the body is no JSON object (fake)")
        params |= {name: value for name, value in body.items() if value is not None}
    elif request.mimetype in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        params |= request.form.items()
    elif request.get_data():
        raise bad_request(f"unsupported Content-Type {request.mimetype} (fake)")
    if re.search("[\ud800-\udfff]", json.dumps(params, ensure_ascii=False)):
        raise bad_request("strings must be encoded in UTF-8")
    return params


def _uploads(request: Request) -> dict[str, Upload]:
    if request.method == "GET":
        return {}
    parts = {
        name: Upload(part.filename or name, part.mimetype or "application/octet-stream", part.read())
        for name, part in request.files.items()
    }
    if any(len(part.data) > MAX_UPLOAD for part in parts.values()):
        raise RefusedError(413, "Request Entity Too Large")
    return parts


def _check_uploads(values: Json, uploads: dict[str, Upload]) -> None:
    """A part that nothing refers to is a bug of the caller's."""
    text = json.dumps(values)
    for name in uploads:
        if f'"attach://{name}"' not in text:
            raise bad_request(f"file part {name} is not referred to (fake)")


def _json(status: int, body: Json) -> Response:
    response = Response(json.dumps(body), status, mimetype="application/json")
    retry_after = body.get("parameters", {}).get("retry_after") if not body.get("ok") else None
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)  # HttpConnection.cpp
    return response
