"""Telegram and Planfix as the admin's command asks them: with a word while it waits, again when they are busy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, TypeVar

import httpx

from bridge.errors import BridgeError, Reason, RetryLater
from bridge.planfix.chat_api import ChatApi
from bridge.planfix.rest import PlanfixRest
from bridge.planfix.wire import Wire
from bridge.settings import PlanfixSettings
from bridge.telegram.client import BotApi
from bridge.transfer import TIMEOUT
from planfix_telegram.failures import explain_service
from planfix_telegram.outside import Outside
from planfix_telegram.pace import LocalPace
from planfix_telegram.problem import Problem
from planfix_telegram.screen import Screen
from planfix_telegram.texts import say

PATIENCE = 5
"""How often a call is repeated that its service was too busy for."""
BUSY = {Reason.PLANFIX_QUOTA, Reason.TOO_MANY_REQUESTS}
LONGEST_BUSY_WAIT = 15.0
"""Seconds that a person waits for a limit a second or a minute long; a daily one is further away than that."""

REFUSED_WITHOUT_TOKEN = {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}
"""The first is of Planfix (swagger 1.3.4, GET /ping); the second, of what stands before it."""

NOBODY = "nobody"
"""No chat of ours is called so (bridge/planfix/chat_ids.py)."""

CHAT_API_SAYS = ("invalid token", "invalid parameters", "task not found")
"""To who has no key: nothing else at an account's address says so (help page "Список команд API для чатов")."""

T = TypeVar("T")


class Services:
    """Both services, reached over one HTTP client that is opened when it is first needed."""

    def __init__(self, outside: Outside, screen: Screen) -> None:
        self._outside = outside
        self._screen = screen
        self._paces: dict[str, LocalPace] = {}

    def open(self) -> None:
        """Before several threads ask at once: there is one client."""
        self._http  # noqa: B018 - made by being read

    def close(self) -> None:
        if "_http" in self.__dict__:
            self._http.close()

    def ask(self, service: str, sentence: str, call: Callable[[], T]) -> T:
        """Call Telegram or Planfix, again when it is only busy: the bridge may use up the same limit at the moment.

        Args:
            service: its address, for the sentence when it fails.
            sentence: shown while it runs.
            call: may be repeated: what it did before it was refused, it does again.

        Raises:
            Problem: it refuses, cannot be reached, or stays busy.
        """
        with self._screen.progress(sentence):
            return self.call(service, call)

    def call(self, service: str, call: Callable[[], T]) -> T:
        """The same without a word."""
        try:
            return self.patient(call)
        except BridgeError as error:
            raise explain_service(error, service) from None

    def patient(self, call: Callable[[], T]) -> T:
        """The same, with errors of the bridge's own tree."""
        for _ in range(PATIENCE):
            try:
                return call()
            except RetryLater as later:
                if later.reason not in BUSY or later.after > LONGEST_BUSY_WAIT:
                    raise
                self._outside.sleep(later.after)
        return call()

    def bot(self, api_url: str, token: str) -> BotApi:
        return BotApi(self._http, api_url, token)

    def planfix(self, account: PlanfixSettings, token: str) -> PlanfixRest:
        return PlanfixRest(self._http, account.account_url, token, self._pace(account))

    def planfix_wire(self, account: PlanfixSettings, token: str) -> Wire:
        """Planfix's calls one by one."""
        return Wire(self._http, account.account_url, token, self._pace(account), self._outside.unix_time)

    def planfix_chat(self, account: PlanfixSettings, provider_id: str, token: str) -> ChatApi:
        """One chat of Planfix's API for chats."""
        return ChatApi(self._http, account.chat_url or "", provider_id, token, self._chat_pace(account))

    def post(self, address: str, headers: Mapping[str, str], form: Mapping[str, str]) -> int:
        """POST a form as Planfix's scenarios do; the answer's HTTP status.

        Raises:
            Problem: the address cannot be reached.
        """
        try:
            return self._http.post(
                address, headers=headers, data=form, timeout=TIMEOUT, follow_redirects=False
            ).status_code
        except (httpx.HTTPError, UnicodeError) as error:
            raise Problem("service_unreachable", service=address, detail=type(error).__name__) from None

    def _pace(self, account: PlanfixSettings) -> LocalPace:
        return self._paces.setdefault(
            account.host, LocalPace(account.requests_per_second, self._outside.clock, self._outside.sleep)
        )

    def _chat_pace(self, account: PlanfixSettings) -> LocalPace:
        """Apart from REST's, as in the bridge (bridge/planfix/chat_api.py)."""
        return self._paces.setdefault(
            f"{account.host} chats",
            LocalPace(account.chat_requests_per_second, self._outside.clock, self._outside.sleep),
        )

    def check_bot(self, api_url: str, token: str) -> dict[str, Any]:
        """The bot (`User`) behind the token; says its name and whether business accounts can connect it.

        Raises:
            Problem: Telegram does not know the token, or cannot be reached.
        """
        bot = self.ask(api_url, say("asking_telegram"), self.bot(api_url, token).get_me)
        self._screen.done(say("bot_found", name=bot.get("first_name", ""), username=bot.get("username", "")))
        if not bot.get("can_connect_to_business"):
            self._screen.warn(say("business_mode_off", username=bot.get("username", "")))
        return bot

    def check_chat(self, account: PlanfixSettings, provider_id: str, key: str) -> None:
        """Raises Problem when Planfix knows no chat by this id and key, or cannot be reached; nothing is written there."""
        chat = self.planfix_chat(account, provider_id, key)
        self.ask(account.chat_url or "", say("asking_planfix"), partial(chat.task, NOBODY))
        self._screen.done(say("chat_found", provider_id=provider_id))

    def is_chat_api(self, account: PlanfixSettings) -> bool:
        """Whether Planfix's API for chats is at its address: it refuses a key that nobody has."""
        with self._screen.progress(say("looking_for_planfix", address=account.chat_url or "")):
            try:
                self.planfix_chat(account, NOBODY, NOBODY).task(NOBODY)
            except BridgeError as error:
                return error.detail.casefold().endswith(CHAT_API_SAYS)
        return True

    def is_planfix(self, address: str) -> bool:
        """Whether a Planfix account is at an address: it refuses a call without a token."""
        with self._screen.progress(say("looking_for_planfix", address=address)):
            try:
                answer = self._http.get(f"{address}/rest/ping", timeout=TIMEOUT, follow_redirects=False)
            except (httpx.HTTPError, UnicodeError):
                return False
        return answer.status_code in REFUSED_WITHOUT_TOKEN

    def check_planfix(self, planfix: PlanfixRest) -> None:
        """Raises Problem when Planfix refuses the token or cannot be reached."""
        self.ask(planfix.host, say("asking_planfix"), planfix.ping)
        self._screen.done(say("planfix_found", host=planfix.host))

    @cached_property
    def _http(self) -> httpx.Client:
        return self._outside.http()
