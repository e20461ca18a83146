"""The playground's page over WSGI: its own files, the stage as JSON, what people do, the journal as a stream."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.utils import send_from_directory
from werkzeug.wrappers import Request, Response

from local.page_people import PagePeople
from local.page_state import PageState
from local.samples import Sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from local.stage import Stage

    Json = dict[str, Any]

_FILES = Path(__file__).with_name("page")
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
"""Stated, because what a machine knows of endings differs, and a browser runs no module of another type."""
_KEEP_ALIVE = 15
"""Seconds between two signs of life on a silent stream."""
_LARGEST_FILE = 100 * 1024 * 1024
"""Bytes that may be sent from the page: more than either service takes from the other, so that both refusals can be seen."""
_OCTETS = "application/octet-stream"
_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/", "video/")
"""Media types (or their beginnings) that a browser may show; any other could be a page that acts here."""


class PageApp:
    """WSGI application of the playground's page.

    Args:
        stage: what is shown and played on.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._state = PageState(stage)
        self._people = PagePeople(stage)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        request = Request(environ)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        # Other web sites must not act here: their requests come with their own host name, or without a body of our types.
        if request.host.partition(":")[0] not in {"127.0.0.1", "localhost"}:
            return _problem(HTTPStatus.FORBIDDEN, "This page is served on 127.0.0.1 only.")
        where, _, path = request.path.removeprefix("/").partition("/")
        match where:
            case "api":
                return self._api(path, request)
            case "files":
                return self._file(path, request)
        name = where or "index.html"
        try:
            return send_from_directory(
                _FILES, name, request.environ, max_age=0, mimetype=_TYPES.get(name.rpartition(".")[2])
            )
        except HTTPException:
            return _problem(HTTPStatus.NOT_FOUND, f"There is no {where} here.")

    def _api(self, path: str, request: Request) -> Response:
        match path:
            case "state":
                return _json(self._state.everything())
            case "steps":
                return self._steps()
            case "upload/phone" | "upload/employee":
                return self._upload(path.removeprefix("upload/"), request)
        return self._act(path, request)

    def _act(self, name: str, request: Request) -> Response:
        action = self._people.actions.get(name)
        if action is None or request.method != "POST":
            return _problem(HTTPStatus.NOT_FOUND, f"There is no {name} here.")
        if not request.is_json:
            return _problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON.")
        try:
            return _json(action(request.get_json()) or {})
        except TimeoutError as error:
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        except (KeyError, TypeError, ValueError, HTTPException) as error:
            return _problem(HTTPStatus.BAD_REQUEST, str(error))

    def _upload(self, to: str, request: Request) -> Response:
        """A file that somebody chose: the body is its bytes, the query says the rest."""
        # No form may have this type, so no other web site can send it without asking first.
        if request.method != "POST" or request.mimetype != _OCTETS:
            return _problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"POST {_OCTETS}.")
        request.max_content_length = _LARGEST_FILE
        try:
            file = _as_chosen(request.args["name"], request.args.get("mime") or _OCTETS, request.get_data())
            if to == "employee":
                return _json(self._people.put_file(file))
            self._people.send_file(file, request.args)
            return _json({})
        except RequestEntityTooLarge:
            limit = _LARGEST_FILE // 1024 // 1024
            return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"This page takes files of at most {limit} MB.")
        except (KeyError, ValueError, HTTPException) as error:
            return _problem(HTTPStatus.BAD_REQUEST, str(error))

    def _file(self, path: str, request: Request) -> Response:
        """A file of a message (``telegram/<file_id>``) or of a comment (``planfix/<number>``)."""
        where, _, key = path.partition("/")
        found: Any = None
        if where == "telegram":
            world = self._stage.telegram.world
            with world.lock:
                found = world.files.get(key)
        elif where == "planfix" and key.isdecimal():
            found = self._stage.planfix.files.get(int(key))
        if found is None:
            return _problem(HTTPStatus.NOT_FOUND, f"There is no file {path} here.")
        shown = found.mime.startswith(_SHOWN)
        response = Response(found.data, content_type=found.mime if shown else _OCTETS)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "sandbox"
        disposition = "inline" if shown else "attachment"
        response.headers["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(found.name)}"
        return response.make_conditional(request.environ, accept_ranges=True, complete_length=len(found.data))

    def _steps(self) -> Response:
        def stream() -> Iterator[str]:
            last = 0
            while True:
                steps = self._stage.journal.after(last, timeout=_KEEP_ALIVE)
                for step in steps:
                    last = step.number
                    yield f"data: {json.dumps(step.as_json())}\n\n"
                if not steps:
                    yield ": still here\n\n"

        return Response(stream(), content_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _as_chosen(name: str, mime: str, data: bytes) -> Sample:
    """A file as a phone sends it when somebody picks it: a picture as a photo, sound and films as such."""
    kinds = {
        "image/jpeg": "photo",
        "image/png": "photo",
        "audio/mpeg": "audio",
        "audio/mp4": "audio",
        "video/mp4": "video",
    }
    return Sample(kinds.get(mime, "document"), name, mime, data)


def _json(value: Json) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), content_type="application/json")


def _problem(status: HTTPStatus, sentence: str) -> Response:
    return Response(json.dumps({"error": sentence}, ensure_ascii=False), status, content_type="application/json")
