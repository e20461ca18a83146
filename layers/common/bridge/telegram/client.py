"""The Bot API over HTTP: one method a call, errors of our tree, and a token that never leaves this module.

The token stands in every address, so nothing here may put an address into an error or a log line (httpx does both by
itself: its logger is silenced in runtime.py and ``raise_for_status`` is never called).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from bridge.errors import BridgeError, OutcomeUnknown, Reason, RetryLater
from bridge.model import FormattedText, Slots
from bridge.telegram.failures import SERVER_DOWN_WAIT, failure, without_token

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

TIMEOUT: Final = httpx.Timeout(connect=5, read=25, write=25, pool=5)
"""Seconds. The longest call must fit into what is left of a function's 120 s together with its follow-up."""


class BotApi:
    """One bot's methods.

    Args:
        http: the container's one HTTP client.
        api_url: ``https://api.telegram.org`` or a local Bot API server, without a trailing slash.
        token: the bot's token.
        slots: the right to make one more call, shared by every container; None for an admin's few calls.
    """

    def __init__(self, http: httpx.Client, api_url: str, token: str, slots: Slots | None = None) -> None:
        self._http = http
        self._address = f"{api_url}/bot{token}/"
        self._slots = slots

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method; parameters that are None are left out.

        Raises:
            BridgeError: the leaf that the answer means; OutcomeUnknown when the answer was lost.
        """
        if self._slots:
            self._slots.take()
        body = {name: value for name, value in parameters.items() if value is not None}
        try:
            result = self._ask(method, body)
        except OutcomeUnknown:
            self._tell_slots(failed=True)
            raise
        except RetryLater as wait:
            self._tell_slots(failed=wait.reason is Reason.UNREACHABLE)
            if self._slots and wait.reason is Reason.TOO_MANY_REQUESTS:
                self._slots.hold_off(wait.after)
            raise
        except BridgeError:
            self._tell_slots(failed=False)
            raise
        self._tell_slots(failed=False)
        return result

    def _ask(self, method: str, body: Mapping[str, Any]) -> Any:
        try:
            response = self._http.post(
                self._address + method,
                content=json.dumps(body).encode(),
                headers={"content-type": "application/json"},
                timeout=TIMEOUT,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise RetryLater(SERVER_DOWN_WAIT, Reason.UNREACHABLE, type(error).__name__) from None
        except httpx.HTTPError as error:
            raise OutcomeUnknown(Reason.UNREACHABLE, type(error).__name__) from None
        return _result(response)

    def _tell_slots(self, *, failed: bool) -> None:
        if self._slots is None:
            return
        if failed:
            self._slots.failed()
        else:
            self._slots.answered()

    def get_me(self) -> dict[str, Any]:
        """The bot itself (``User``)."""
        result: dict[str, Any] = self.call("getMe")
        return result

    def get_business_connection(self, connection_id: str) -> dict[str, Any]:
        """A ``BusinessConnection`` by its id."""
        result: dict[str, Any] = self.call("getBusinessConnection", business_connection_id=connection_id)
        return result

    def send_text(self, chat_id: int, text: FormattedText, *, connection_id: str | None = None) -> int:
        """Send a text with entities (no parse mode: nothing to escape, nothing to mis-parse); returns its message id."""
        result = self.call(
            "sendMessage",
            business_connection_id=connection_id,
            chat_id=chat_id,
            text=text.text,
            entities=[entity.as_json() for entity in text.entities] or None,
        )
        return int(result["message_id"])

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
    raise failure(response.status_code, without_token(response.reason_phrase))
