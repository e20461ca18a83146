"""The Bot API over HTTP: one method a call, errors of our tree, and a token that never leaves this module.

The token stands in every address, so nothing here may put an address into an error or a log line (httpx does both by
itself: its logger is silenced in runtime.py and ``raise_for_status`` is never called).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, Final, cast
from urllib.parse import quote

import httpx

from bridge.errors import BridgeError, OutcomeUnknown, Reason, Refused, RetryLater
from bridge.files import OpenedFile
from bridge.model import CALL, FormattedText, Slots
from bridge.telegram.failures import NOT_MODIFIED, SERVER_DOWN_WAIT, failure
from bridge.telegram.files import MAX_DOWNLOAD, Kind, OutgoingFile
from bridge.transfer import (
    AS_IT_IS,
    PASSING_ON,
    TIMEOUT,
    TRANSFER,
    Clock,
    Deadline,
    Sending,
    after_a_moment,
    nothing_was_done,
    pieces_of,
    size_of,
    too_big,
)

ALLOWED_UPDATES: Final = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
)
"""Asked for explicitly: a list that was ever set sticks (core.telegram.org/bots/api#setwebhook)."""

JSON: Final = {"content-type": "application/json"}

AS_DOCUMENT: Final = frozenset({Reason.FILE_REFUSED, Reason.VOICE_FORBIDDEN})
"""Refusals of what a file was sent as, not of the file itself."""


class BotApi:
    """One bot's methods.

    Args:
        http: the container's one HTTP client.
        api_url: ``https://api.telegram.org`` or a local Bot API server, without a trailing slash.
        token: the bot's token.
        slots: the right to make one more call, shared by every container; None for an admin's few calls.
        monotonic: seconds, for the time that a file may take.
    """

    def __init__(
        self,
        http: httpx.Client,
        api_url: str,
        token: str,
        slots: Slots | None = None,
        *,
        monotonic: Clock = time.monotonic,
    ) -> None:
        self._http = http
        self._api_url = api_url
        self._token = token
        self._slots = slots
        self._monotonic = monotonic

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method; parameters that are None are left out.

        Raises:
            BridgeError: the leaf that the answer means; OutcomeUnknown when the answer was lost.
        """
        body = {name: value for name, value in parameters.items() if value is not None}
        return self._paced(method, parameters, content=json.dumps(body).encode(), headers=JSON)

    def _upload(self, method: str, files: Mapping[str, OutgoingFile], parameters: Mapping[str, Any]) -> Any:
        """Call a method with files as parts of multipart form data, each under its name."""
        return self._paced(
            method,
            parameters,
            needs=TRANSFER,
            data={name: _form_value(value) for name, value in parameters.items() if value is not None},
            files={
                name: (file.name, Sending(file.content, self._monotonic).as_file(), file.mime)
                for name, file in files.items()
            },
        )

    def _paced(self, method: str, parameters: Mapping[str, Any], *, needs: float = CALL, **content: Any) -> Any:
        """One request in its slot; ``content`` as httpx takes it."""
        if self._slots is None:
            return self._ask(method, content)
        return after_a_moment(lambda: self._asked(method, parameters, needs, content))

    def _asked(self, method: str, parameters: Mapping[str, Any], needs: float, content: Mapping[str, Any]) -> Any:
        slots = cast("Slots", self._slots)
        slots.take(needs)
        try:
            result = self._ask(method, content)
        except OutcomeUnknown:
            slots.failed()
            raise
        except RetryLater as wait:
            if wait.reason is Reason.UNREACHABLE:
                slots.failed()
            elif wait.reason is not Reason.TOO_MANY_REQUESTS:
                slots.answered()
            else:
                # A limit is of one chat or of the bot, and Telegram does not say of which (docs/decisions/0024).
                is_of_one_chat = any(parameters.get(name) is not None for name in ("chat_id", "business_connection_id"))
                (slots.slow_down if is_of_one_chat else slots.hold_off)(wait.after, wait.reason)
            raise
        except BridgeError:
            slots.answered()
            raise
        slots.answered()
        return result

    def _ask(self, method: str, content: Mapping[str, Any]) -> Any:
        try:
            response = self._http.post(f"{self._api_url}/bot{self._token}/{method}", timeout=TIMEOUT, **content)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.WriteTimeout) as error:
            # what was not written whole was not carried out either
            raise RetryLater(SERVER_DOWN_WAIT, Reason.UNREACHABLE, type(error).__name__) from None
        except httpx.HTTPError as error:
            raise OutcomeUnknown(Reason.UNREACHABLE, type(error).__name__) from None
        return _result(response)

    def check_open(self) -> None:
        """Raises RetryLater while Telegram is known to take nothing, without asking it."""
        if self._slots:
            self._slots.check_open()

    def get_me(self) -> dict[str, Any]:
        """The bot itself (``User``)."""
        result: dict[str, Any] = self.call("getMe")
        return result

    def get_business_connection(self, connection_id: str) -> dict[str, Any]:
        """A ``BusinessConnection`` by its id."""
        result: dict[str, Any] = self.call("getBusinessConnection", business_connection_id=connection_id)
        return result

    # -- what is sent, changed and taken back

    def send_text(
        self, chat_id: int, text: FormattedText, *, connection_id: str | None = None, reply_to: int | None = None
    ) -> int:
        """Send a text with entities (no parse mode: nothing to escape, nothing to mis-parse); returns its message id."""
        result = self.call(
            "sendMessage",
            business_connection_id=connection_id,
            chat_id=chat_id,
            text=text.text,
            entities=_entities(text),
            reply_parameters=_reply(reply_to),
        )
        return int(result["message_id"])

    def send_file(
        self,
        chat_id: int,
        file: OutgoingFile,
        *,
        caption: FormattedText | None = None,
        connection_id: str | None = None,
        reply_to: int | None = None,
    ) -> int:
        """Send a file as its kind, or as a document when Telegram does not take it so; returns its message id."""
        about = {
            "business_connection_id": connection_id,
            "chat_id": chat_id,
            "reply_parameters": _reply(reply_to),
            **_caption(caption),
        }
        try:
            return self._send_as(file.kind, file, about)
        except Refused as refused:
            if file.kind is Kind.DOCUMENT or refused.reason not in AS_DOCUMENT:
                raise
        return self._send_as(Kind.DOCUMENT, file, about)

    def _send_as(self, kind: Kind, file: OutgoingFile, about: Mapping[str, Any]) -> int:
        extra: dict[str, Any] = {}
        if kind is Kind.DOCUMENT:  # else the server makes a voice of it again, or a sticker
            extra["disable_content_type_detection"] = True
        elif kind is Kind.VIDEO:
            extra["supports_streaming"] = True
        result = self._upload(kind.method, {kind.value: file}, {**about, **extra})
        return int(result["message_id"])

    def send_album(
        self,
        chat_id: int,
        files: Sequence[OutgoingFile],
        *,
        caption: FormattedText | None = None,
        connection_id: str | None = None,
        reply_to: int | None = None,
    ) -> list[int]:
        """Send one group of ``group_for_albums`` in one message group; returns the message ids in order.

        The caption stands under the first: clients show it for the album when no other has one. A file that Telegram
        does not take refuses the whole album; then each may be sent on its own.
        """
        parts = {f"file{number}": file for number, file in enumerate(files)}
        media = [{"type": file.kind.value, "media": f"attach://{name}"} for name, file in parts.items()]
        media[0].update({name: value for name, value in _caption(caption).items() if value is not None})
        result = self._upload(
            "sendMediaGroup",
            parts,
            {
                "business_connection_id": connection_id,
                "chat_id": chat_id,
                "media": media,
                "reply_parameters": _reply(reply_to),
            },
        )
        return [int(message["message_id"]) for message in result]

    def send_chat_action(self, chat_id: int, action: str, *, connection_id: str | None = None) -> None:
        """Show for at most 5 s that something is on its way (``Kind.action``, or ``typing``)."""
        self.call("sendChatAction", business_connection_id=connection_id, chat_id=chat_id, action=action)

    def read_business_message(self, chat_id: int, message_id: int, *, connection_id: str) -> None:
        """Mark a message, and all before it, as read; needs the right ``can_read_messages``."""
        self.call("readBusinessMessage", business_connection_id=connection_id, chat_id=chat_id, message_id=message_id)

    def edit_text(
        self, chat_id: int, message_id: int, text: FormattedText, *, connection_id: str | None = None
    ) -> None:
        """Change a text message; an edit that changes nothing is done."""
        self._edit("editMessageText", chat_id, message_id, connection_id, text=text.text, entities=_entities(text))

    def edit_caption(
        self, chat_id: int, message_id: int, caption: FormattedText, *, connection_id: str | None = None
    ) -> None:
        """Change the caption of a file; an edit that changes nothing is done."""
        self._edit("editMessageCaption", chat_id, message_id, connection_id, **_caption(caption))

    def _edit(self, method: str, chat_id: int, message_id: int, connection_id: str | None, **content: Any) -> None:
        try:
            self.call(method, business_connection_id=connection_id, chat_id=chat_id, message_id=message_id, **content)
        except Refused as refused:
            if NOT_MODIFIED not in refused.detail.lower():
                raise

    def delete_messages(self, chat_id: int, message_ids: Sequence[int], *, connection_id: str | None = None) -> None:
        """Take messages back, at most 100.

        Raises:
            Refused: EDIT_IMPOSSIBLE: one of them cannot be deleted; in a business chat none is then, else the others
                are.
        """
        if connection_id is not None:
            self.call("deleteBusinessMessages", business_connection_id=connection_id, message_ids=list(message_ids))
            return
        impossible: Refused | None = None
        for message_id in message_ids:
            try:
                self.call("deleteMessage", chat_id=chat_id, message_id=message_id)
            except Refused as refused:
                impossible = refused
        if impossible:
            raise impossible

    # -- what people sent

    @contextmanager
    def open_file(self, file_id: str, *, max_bytes: int = MAX_DOWNLOAD) -> Iterator[OpenedFile]:
        """Receive a file that somebody sent. Its address holds the token, so nobody but us may see it.

        Raises:
            Refused: FILE_TOO_BIG, or FILE_GONE.
            RetryLater: not now; never OutcomeUnknown, since nothing is done.
        """
        with nothing_was_done():
            body = json.dumps({"file_id": file_id}).encode()
            found = self._paced("getFile", {}, needs=PASSING_ON, content=body, headers=JSON)
            path = str(found.get("file_path") or "")
            if not path:
                raise Refused(Reason.FILE_GONE, "getFile gives no path")
            said = found.get("file_size")
            if isinstance(said, int) and said > max_bytes:
                raise too_big(said)
            deadline = Deadline(self._monotonic)
            response = self._begin_download(path)
        with closing(response):
            yield OpenedFile(
                name=path.rpartition("/")[2],
                size=size_of(response) or (said if isinstance(said, int) else None),
                mime="",  # always application/octet-stream: the message knows better
                pieces=pieces_of(response, max_bytes=max_bytes, deadline=deadline),
            )

    def _begin_download(self, path: str) -> httpx.Response:
        """The answer with the file's bytes; its body not yet read.

        A local Bot API server gives the path on its own disk, ``/its/folder/<token>/documents/file_1.pdf``; a web server
        before it gives out what lies under the token's folder at the cloud's address.
        """
        inside = path.rpartition(f"/{self._token}/")[2].lstrip("/")
        request = self._http.build_request(
            "GET", f"{self._api_url}/file/bot{self._token}/{quote(inside)}", headers=AS_IT_IS, timeout=TIMEOUT
        )
        try:
            response = self._http.send(request, stream=True, follow_redirects=False)
            if response.status_code == httpx.codes.OK:
                return response
            with closing(response):
                response.read()
        except httpx.HTTPError as error:
            raise RetryLater(SERVER_DOWN_WAIT, Reason.UNREACHABLE, type(error).__name__) from None
        if response.status_code == httpx.codes.NOT_FOUND:
            raise Refused(Reason.FILE_GONE, "HTTP 404")
        _result(response)
        raise OutcomeUnknown(Reason.SERVICE_DOWN, f"HTTP {response.status_code} instead of a file")

    # -- how updates come

    def set_webhook(self, url: str, secret: str, *, max_connections: int = 40) -> None:
        """Point the bot at us. Always with everything: what is left out is reset (Client.cpp compares and replaces)."""
        self.call(
            "setWebhook",
            url=url,
            secret_token=secret,
            allowed_updates=list(ALLOWED_UPDATES),
            max_connections=max_connections,
        )

    def delete_webhook(self) -> None:
        """Drop the webhook; pending updates stay."""
        self.call("deleteWebhook")

    def get_webhook_info(self) -> dict[str, Any]:
        """``WebhookInfo``: address, pending updates, last error."""
        result: dict[str, Any] = self.call("getWebhookInfo")
        return result

    def get_updates(self, *, offset: int | None, timeout: int, allowed_updates: Sequence[str]) -> list[dict[str, Any]]:
        """Long poll; ``timeout`` in seconds, at most 20 (below the read timeout)."""
        result: list[dict[str, Any]] = self.call(
            "getUpdates", offset=offset, timeout=timeout, allowed_updates=list(allowed_updates)
        )
        return result


def _entities(text: FormattedText) -> list[dict[str, Any]] | None:
    return [entity.as_json() for entity in text.entities] or None


def _caption(caption: FormattedText | None) -> dict[str, Any]:
    if caption is None:
        return {}
    return {"caption": caption.text, "caption_entities": _entities(caption)}


def _reply(message_id: int | None) -> dict[str, Any] | None:
    """A message that is gone by now must not stop the answer to it."""
    return {"message_id": message_id, "allow_sending_without_reply": True} if message_id is not None else None


def _form_value(value: Any) -> str:
    """As multipart form data has it: text, anything else as JSON (core.telegram.org/bots/api#making-requests)."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair is no UTF-8


def _result(response: httpx.Response) -> Any:
    try:
        body = response.json()
    except ValueError:
        body = None
    if isinstance(body, Mapping):
        if response.is_success and body.get("ok") is True:
            return body.get("result")
        code = body.get("error_code")
        parameters = body.get("parameters")
        raise failure(
            code if isinstance(code, int) else response.status_code,
            str(body.get("description", "")),
            parameters if isinstance(parameters, Mapping) else None,
        )
    if response.is_success:  # 200 without JSON: a proxy answered; what happened behind it is not known
        raise OutcomeUnknown(Reason.SERVICE_DOWN, "an answer that is no JSON")
    raise failure(response.status_code, response.reason_phrase)
