"""The questions of `setup`. Each is answered by an option, by the admin, or by what is stored already."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from bridge.model import OWN_BOT
from bridge.planfix.rest import PlanfixRest
from bridge.settings import PlanfixSettings, Settings, TelegramSettings
from planfix_telegram.catalogue import Catalogue
from planfix_telegram.choosing import Choice, choose, choose_several, named
from planfix_telegram.context import CommandContext
from planfix_telegram.files import read_secret
from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.store import Stored
from planfix_telegram.texts import say
from planfix_telegram.validation import account_address, check_address, check_secret, is_email, route_of

BOT_TOKEN = "PLANFIX_TELEGRAM_BOT_TOKEN"  # noqa: S105 - an environment variable's name
PLANFIX = ("planfix.ru", "planfix.com")
_BARE_WORD = re.compile(r"[A-Za-z0-9-]+(?<!localhost)")
ROUTES = get_args(Settings.model_fields["route"].annotation)
RECOMMENDED = "chat_api"
"""To whoever sets an integration up and can see both explained (docs/routes.md)."""
CHATS_PATH = "/webchat/api"
"""Where an account's API for chats usually is; the window of a chat shows it (help page "Список команд API для чатов")."""
LANGUAGES = get_args(Settings.model_fields["language"].annotation)
PLANFIX_TOKEN = "PLANFIX_TELEGRAM_PLANFIX_TOKEN"  # noqa: S105 - an environment variable's name


@dataclass(frozen=True, slots=True)
class Given:
    """What was said by options of `setup`; None was not."""

    bot_token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", allow_dash=True, help="help_bot_token_file")
    ] = None
    route: Annotated[str | None, typer.Option(metavar="chat_api|rest", help="help_route")] = None
    planfix_url: Annotated[str | None, typer.Option(metavar="URL", help="help_planfix_url")] = None
    planfix_chat_url: Annotated[str | None, typer.Option(metavar="URL", help="help_planfix_chat_url")] = None
    planfix_token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", allow_dash=True, help="help_planfix_token_file")
    ] = None
    task_template: Annotated[str | None, typer.Option(metavar="ID|NAME", help="help_task_template")] = None
    task_object: Annotated[str | None, typer.Option(metavar="ID|NAME", help="help_task_object")] = None
    contact_template: Annotated[str | None, typer.Option(metavar="ID|NAME", help="help_contact_template")] = None
    default_assignee: Annotated[str | None, typer.Option(metavar="ID|NAME", help="help_default_assignee")] = None
    extra_assignee: Annotated[list[str] | None, typer.Option(metavar="ID|NAME", help="help_extra_assignee")] = None
    notice_language: Annotated[str | None, typer.Option(metavar="ru|en", help="help_notice_language")] = None
    new_task: Annotated[
        bool | None, typer.Option("--new-task-if-none-active/--always-same-task", help="help_new_task")
    ] = None
    send_as_employee: Annotated[
        bool | None, typer.Option("--send-as-employee/--no-send-as-employee", help="help_send_as_employee")
    ] = None
    own_bot: Annotated[bool | None, typer.Option("--own-bot/--no-own-bot", help="help_own_bot")] = None
    telegram_api_url: Annotated[str | None, typer.Option(metavar="URL", help="help_telegram_api_url")] = None

    def of_rest(self) -> list[str]:
        """Options that were given and that the route by chats leaves to Planfix."""
        given = {
            "--task-template": self.task_template,
            "--task-object": self.task_object,
            "--contact-template": self.contact_template,
            "--default-assignee": self.default_assignee,
            "--extra-assignee": self.extra_assignee,
            "--new-task-if-none-active": self.new_task,
        }
        return [option for option, value in given.items() if value is not None]


class SetupQuestions:
    """Fills `settings` and `secrets` of one integration, unvalidated as a whole.

    Args:
        context: this call's belongings.
        given: the options.
        stored: the integration as it is now.
        asks: whether the admin is asked for what no option said.
    """

    def __init__(self, context: CommandContext, given: Given, stored: Stored, *, asks: bool) -> None:
        self._context = context
        self._given = given
        self._asks = asks
        self.settings: dict[str, Any] = copy.deepcopy(stored.settings)
        self.secrets: dict[str, Any] = dict(stored.secrets)
        self._is_new = stored.settings_text is None
        self.bot: dict[str, Any] = {}

    def telegram(self) -> None:
        """The bot: its token, checked with getMe."""
        if self._given.telegram_api_url:
            address = check_address("telegram.api_url", self._given.telegram_api_url)
            self.settings["telegram"] = {**self.settings.get("telegram", {}), "api_url": address}
        api_url = TelegramSettings(**self.settings.get("telegram", {})).api_url
        given = _given_secret(self._given.bot_token_file, BOT_TOKEN)

        def attempt() -> None:
            token = given or self._secret("bot_token", "--bot-token-file", BOT_TOKEN)
            check_secret("bot_token", token)
            self.bot = self._context.services.check_bot(api_url, token)
            self.secrets["bot_token"] = token

        self._until_right(attempt, given is None)

    @property
    def by_chats(self) -> bool:
        """Whether Planfix is to be reached by its API for chats."""
        return route_of(self.settings) == "chat_api"

    def route(self) -> None:
        """How Planfix is reached; both ways are explained. A stored one stays where nobody says otherwise.

        Raises:
            Problem: an option was given that the chosen route has no use for.
        """
        before = route_of(self.settings)
        chosen = self._given.route or (
            self._asked_route(RECOMMENDED if self._is_new else before) if self._asks else before
        )
        if chosen != before or "route" in self.settings:
            self.settings["route"] = chosen
        if self.by_chats and self._given.of_rest():
            raise Problem("options_of_rest", exit_code=WRONG_USAGE, options=", ".join(self._given.of_rest()))

    def _asked_route(self, usual: str) -> str:
        screen = self._context.screen
        for key in ("route_chat_api_explained", "route_rest_explained"):
            screen.note(say(key))
            screen.note()
        while True:
            typed = screen.ask(say("ask_route"), usual).casefold()
            if typed in ROUTES:
                return typed
            screen.warn(say("answer_language", known=", ".join(ROUTES)))

    def planfix(self) -> None:
        """The Planfix account, and its tokens: REST's is checked with ping, and the route by chats can do without it."""
        section = self.settings.setdefault("planfix", {})
        given = _given_secret(self._given.planfix_token_file, PLANFIX_TOKEN)

        def attempt() -> None:
            typed = self._given.planfix_url or self._text("ask_planfix_url", section.get("account_url", ""))
            if not typed:
                raise _option_wanted("--planfix-url", "planfix.account_url")
            section["account_url"] = self._account(typed)
            if self.by_chats:
                self._chat_address(section)
            token = given or self._rest_token()
            if not token and self.by_chats:
                return
            check_secret("planfix_token", token)
            self.secrets["planfix_token"] = token
            self.__dict__.pop("_planfix", None)
            self._context.services.check_planfix(self._planfix)

        self._until_right(attempt, given is None or self._given.planfix_url is None)

    def _account(self, typed: str) -> str:
        """The account's address, tried; a bare word is an account of Planfix's own.

        Raises:
            Problem: no account is there, or there are two.
        """
        if not _BARE_WORD.fullmatch(typed.strip()):
            address = check_address("planfix.account_url", account_address(typed))
            if not self._context.services.is_planfix(address):
                raise Problem("planfix_not_there", tried=address)
            return address
        tried = [f"https://{typed.strip().lower()}.{ending}" for ending in PLANFIX]
        found = [one for one in tried if self._context.services.is_planfix(one)]
        if len(found) != 1:
            raise Problem("planfix_twice" if found else "planfix_not_there", tried=", ".join(found or tried))
        self._context.screen.done(say("planfix_is_at", address=found[0]))
        return found[0]

    def _chat_address(self, section: dict[str, Any]) -> None:
        """The address that each chat's window shows, tried; raises Problem when Planfix's API for chats is not there."""
        usual = section.get("chat_url") or f"{section['account_url']}{CHATS_PATH}"
        typed = self._given.planfix_chat_url or self._text("ask_chat_url", usual)
        address = check_address("planfix.chat_url", typed if "://" in typed else f"https://{typed}")
        account = PlanfixSettings(**{**section, "chat_url": address})
        if not self._context.services.is_chat_api(account):
            raise Problem("chat_url_not_there", tried=address)
        section["chat_url"] = address
        self._context.screen.done(say("chat_url_found", address=address))

    def _rest_token(self) -> str:
        """REST's token; "" where the route can do without and nobody gives one."""
        if not self.by_chats:
            return self._secret("planfix_token", "--planfix-token-file", PLANFIX_TOKEN)
        stored = str(self.secrets.get("planfix_token", ""))
        if not self._asks:
            return stored
        hint = say("enter_keeps") if stored else say("enter_leaves_out")
        return self._context.screen.ask_hidden(f"{say('ask_planfix_token_too')}{hint}") or stored

    def choices(self) -> None:
        """Templates, object and people, chosen by name. The route by chats leaves them to Planfix."""
        if self.by_chats:
            return
        if self._asks:
            self._catalogue.read_all()
        defaults = self.settings.setdefault("defaults", {})
        given = self._given
        if not given.task_object:
            self._thing(defaults, "task_template", given.task_template, lambda: self._catalogue.task_templates)
        if given.task_object or (self._asks and "task_template" not in defaults):
            self._thing(defaults, "task_object", given.task_object, lambda: self._catalogue.objects)
        if given.task_object:
            defaults.pop("task_template", None)
        elif "task_template" in defaults:
            defaults.pop("task_object", None)
        self._thing(defaults, "contact_template", given.contact_template, lambda: self._catalogue.contact_templates)
        self._default_assignee()
        self._extra_assignees(defaults)

    def shared(self) -> None:
        """What all channels share, and whether the bot itself is a channel."""
        self.settings["language"] = self._given.notice_language or self._language(self.settings.get("language", "ru"))
        if not self.by_chats:
            self._switch("new_task_if_none_active", self._given.new_task, default=True)
        self._switch("send_as_employee", self._given.send_as_employee, default=False)
        channels = self.settings.get("channels", {})
        wanted = self._yes_or_no("ask_own_bot", self._given.own_bot, stored=OWN_BOT in channels)
        if wanted and OWN_BOT not in channels:
            name, username = str(self.bot.get("first_name", "")), str(self.bot.get("username", ""))
            own = {"name": name, **({"telegram_name": username} if username else {})}
            self.settings["channels"] = {**channels, OWN_BOT: own}
        elif not wanted:
            channels.pop(OWN_BOT, None)

    def owner(self, name: str) -> dict[str, str]:
        """The employee of Planfix that an account's owner is, as the route knows employees; nothing unless the admin says so."""
        if not self._asks:
            return {}
        if self.by_chats:
            email = self._email(say("ask_owner_email", name=name))
            return {"owner_email": email} if email else {}
        employees = [one for one in self._catalogue.people if one.kind == "employee"]
        chosen = choose(self._context.screen, say("ask_owner_user", name=name), employees, None)
        return {"owner_user": chosen.key} if chosen else {}

    def _email(self, question: str) -> str:
        while True:
            typed = self._context.screen.ask(question)
            if not typed or is_email(typed):
                return typed
            self._context.screen.warn(say("invalid_owner_email"))

    # -- one question

    def _until_right(self, attempt: Callable[[], None], can_be_asked_again: bool) -> None:
        while True:
            try:
                attempt()
            except Problem as problem:
                if not (self._asks and can_be_asked_again):
                    raise
                self._context.screen.problem(str(problem))
            else:
                return

    def _secret(self, name: str, option: str, variable: str) -> str:
        stored = str(self.secrets.get(name, ""))
        if self._asks:
            hint = say("enter_keeps") if stored else ""
            return self._context.screen.ask_hidden(f"{say(f'ask_{name}')}{hint}") or stored
        if not stored:
            raise _option_wanted(option, name, variable)
        return stored

    def _text(self, question: str, stored: str) -> str:
        return self._context.screen.ask(say(question), stored) if self._asks else stored

    def _yes_or_no(self, question: str, given: bool | None, *, stored: bool) -> bool:
        if given is not None:
            return given
        return self._context.screen.confirm(say(question), default=stored) if self._asks else stored

    def _language(self, stored: str) -> str:
        while self._asks:
            language = self._context.screen.ask(say("ask_notice_language"), stored).casefold()
            if language in LANGUAGES:
                return language
            self._context.screen.warn(say("answer_language", known=", ".join(LANGUAGES)))
        return stored

    def _switch(self, key: str, given: bool | None, *, default: bool) -> None:
        self.settings[key] = self._yes_or_no(f"ask_{key}", given, stored=self.settings.get(key, default))

    def _thing(
        self, defaults: dict[str, Any], key: str, given: str | None, choices: Callable[[], list[Choice]]
    ) -> None:
        if given:
            chosen: Choice | None = named(choices(), given, f"--{key.replace('_', '-')}")
        elif self._asks:
            stored = defaults.get(key)
            chosen = choose(self._context.screen, say(f"ask_{key}"), choices(), str(stored) if stored else None)
        else:
            return
        if chosen:
            defaults[key] = int(chosen.key)
        else:
            defaults.pop(key, None)

    def _default_assignee(self) -> None:
        given, stored = self._given.default_assignee, self.settings.get("default_assignee")
        if given:
            chosen: Choice | None = named(self._catalogue.people, given, "--default-assignee")
        elif self._asks:
            chosen = choose(self._context.screen, say("ask_default_assignee"), self._catalogue.people, stored)
        else:
            return
        if chosen:
            self.settings["default_assignee"] = chosen.key
        else:
            self.settings.pop("default_assignee", None)

    def _extra_assignees(self, defaults: dict[str, Any]) -> None:
        given, stored = self._given.extra_assignee, defaults.get("extra_assignees") or []
        if given:
            chosen = [named(self._catalogue.people, one, "--extra-assignee") for one in given]
        elif self._asks:
            chosen = choose_several(self._context.screen, say("ask_extra_assignees"), self._catalogue.people, stored)
        else:
            return
        if chosen or stored:
            defaults["extra_assignees"] = [one.key for one in chosen]

    # -- what Planfix has to choose from

    @cached_property
    def _planfix(self) -> PlanfixRest:
        return self._context.services.planfix(
            PlanfixSettings(**self.settings["planfix"]), self.secrets["planfix_token"]
        )

    @cached_property
    def _catalogue(self) -> Catalogue:
        return Catalogue(self._context.services, self._planfix)


def _given_secret(file: Path | None, variable: str) -> str | None:
    return read_secret(file) if file else os.environ.get(variable)


def _option_wanted(option: str, what: str, variable: str = "") -> Problem:
    if variable:
        return Problem("secret_option_wanted", exit_code=WRONG_USAGE, option=option, what=what, variable=variable)
    return Problem("option_wanted", exit_code=WRONG_USAGE, option=option, what=what)
