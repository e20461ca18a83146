"""What an admin can set, validated by one model. Read from SSM as two parameters an integration (see aws/parameters.py)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from bridge.model import OWN_BOT

MAX_BYTES = 4096
"""A standard parameter holds at most 4 KB (AWS Systems Manager quotas); emulators do not enforce it, so we do."""

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_PORTS = {"https": 443, "http": 80}

SLOWEST, FASTEST = 0.1, 1000.0
"""Requests a second. At the slowest the five requests of a new client's first message take a minute, half of the sender's time
(template.yaml); slower still, some flows could not end in any invocation. The fastest is what one row of DynamoDB takes."""


def _service_address(value: str) -> str:
    """An address that begins as one must; what else is wrong with it shows when it is called."""
    try:
        parts, port = urlsplit(value), urlsplit(value).port
    except ValueError:  # of the port, or of brackets
        parts, port = urlsplit(""), None
    here = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or port == 0 or not (parts.scheme == "https" or here):
        raise PydanticCustomError("address", "must be an https address (http is allowed only on this machine)")
    return value.rstrip("/")


def _account_address(value: str) -> str:
    """An account has no other name and no questions: with a user name in it, our token would not even be sent."""
    address, parts = _service_address(value), urlsplit(value)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise PydanticCustomError("account_address", "must be the bare address, without a user name, ? and #")
    return address


def _pace(value: float) -> float:
    if not SLOWEST <= value <= FASTEST:  # nor is "not a number" between them
        raise PydanticCustomError("pace", "must be from {least} to {most}", {"least": SLOWEST, "most": int(FASTEST)})
    return value


ServiceAddress = Annotated[str, AfterValidator(_service_address)]
AccountAddress = Annotated[str, AfterValidator(_account_address)]
PlanfixUser = Annotated[str, StringConstraints(pattern=r"^user:\d+$")]
PlanfixPerson = Annotated[str, StringConstraints(pattern=r"^(user|contact|group):\d+$")]
TelegramSecret = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,256}$")]
SecretText = Annotated[str, StringConstraints(min_length=16, max_length=256)]
DigestKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""32 bytes in base64 for addresses, without its ``=``."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChannelSettings(_Strict):
    """What is set for one channel; anything absent is taken from ``defaults``."""

    name: str = ""
    task_template: int | None = None
    task_object: int | None = None
    contact_template: int | None = None
    extra_assignees: tuple[PlanfixPerson, ...] | None = None
    owner_user: PlanfixUser | None = None
    task_on_owner_message: bool | None = None
    mark_read: bool | None = None

    @model_validator(mode="after")
    def _one_way_to_make_a_task(self) -> ChannelSettings:
        if self.task_template and self.task_object:
            raise PydanticCustomError("two_ways", "set task_template or task_object, not both")
        return self

    def inherit(self, defaults: ChannelSettings) -> ChannelSettings:
        """This channel with every absent value taken from the integration's defaults."""
        values = {**defaults.model_dump(exclude_none=True), **self.model_dump(exclude_none=True)}
        if self.task_template:
            values.pop("task_object", None)
        elif self.task_object:
            values.pop("task_template", None)
        values["name"] = self.name or defaults.name
        return ChannelSettings(**values)


class TelegramSettings(_Strict):
    """Where the Bot API is."""

    api_url: ServiceAddress = "https://api.telegram.org"


class PlanfixSettings(_Strict):
    """Where Planfix is, and how fast it may be asked."""

    account_url: AccountAddress
    requests_per_second: Annotated[float, AfterValidator(_pace)] = 1
    file_hosts: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The account's host: numbers of tasks and contacts mean something only together with it, and keys begin with it.

        As it is stored: the command stores one spelling (`one_spelling`), and an account that was stored in another one
        before it did so keeps that, since everything of it is kept under it.
        """
        return urlsplit(self.account_url).netloc.lower()


class Settings(_Strict):
    """One integration: what its channels share, and its channels.

    Attributes:
        language: of what the bridge writes into tasks.
        new_task_if_none_active: a message after closing opens a new task (Planfix's own option of that name).
        send_as_employee: answers begin with the employee's name (Planfix's own option of that name).
        default_assignee: who gets a task that template and channel leave to nobody.
        on_unknown_delivery: what to do when Telegram's answer was lost: send again (better twice than never), or ask.
        hold_refused: keep an answer that Telegram refuses for now, and send it when the client writes.
        hold_for: hours that such an answer is kept.
        give_up_answers_after: hours after which an answer that cannot be delivered is given up: by default, those of
            a day's outage and of the drain after it (`make load`, telegram-day).
        give_up_incoming_after: hours after which a client's message that cannot be delivered is given up. Queues keep
            14 days, so 13 is the most.
        ledger_kept_for: days that the ledger remembers what was done; below 30 a redriven message could be done twice.
    """

    language: Literal["ru", "en"] = "ru"
    new_task_if_none_active: bool = True
    send_as_employee: bool = False
    default_assignee: PlanfixPerson | None = None
    on_unknown_delivery: Literal["resend", "ask"] = "resend"
    hold_refused: bool = True
    hold_for: int = Field(default=72, ge=1, le=24 * 13)
    give_up_answers_after: int = Field(default=30, ge=1, le=24 * 13)
    give_up_incoming_after: int = Field(default=240, ge=1, le=24 * 13)
    ledger_kept_for: int = Field(default=30, ge=30, le=3650)
    telegram: TelegramSettings = TelegramSettings()
    planfix: PlanfixSettings
    defaults: ChannelSettings = ChannelSettings()
    channels: dict[str, ChannelSettings] = {}

    @model_validator(mode="after")
    def _channels_are_owners_or_the_bot(self) -> Settings:
        for key in self.channels:
            if key != OWN_BOT and not key.isdecimal():
                raise PydanticCustomError(
                    "channel_key", "channel {key}: a channel is own_bot or an owner's numeric Telegram id", {"key": key}
                )
        return self

    def channel(self, key: str) -> ChannelSettings | None:
        """The channel's settings with defaults filled in, or None when it is not configured (not approved)."""
        own = self.channels.get(key)
        return own.inherit(self.defaults) if own else None


class Secrets(_Strict):
    """What must never be shown. Two values of a webhook secret are valid while they rotate, the newest first.

    Attributes:
        digest_key: of the digests by which versions are compared. It stays when the tokens change: else nothing that was
            begun before would be known again (docs/decisions/0018). None is of a time before there was one.
    """

    bot_token: Annotated[str, StringConstraints(pattern=r"^\d+:[A-Za-z0-9_-]{20,}$")]
    webhook_secrets: Annotated[tuple[TelegramSecret, ...], Field(min_length=1, max_length=2)]
    planfix_secrets: Annotated[tuple[SecretText, ...], Field(min_length=1, max_length=2)]
    planfix_token: Annotated[str, StringConstraints(min_length=8)]
    digest_key: DigestKey | None = None

    @property
    def bot_id(self) -> int:
        """The bot's Telegram id is the token's public half (core.telegram.org/bots/api#authorizing-your-bot)."""
        return int(self.bot_token.partition(":")[0])

    @property
    def key_of_digests(self) -> bytes:
        """The bytes of ``digest_key``, or of what stands for it."""
        return base64.urlsafe_b64decode((self.digest_key or digest_key_of(self.bot_token)) + "=")


def digest_key_of(bot_token: str) -> str:
    """The key of an integration that has none of its own: what its present token makes."""
    made = hashlib.sha256(b"digest of versions:" + bot_token.encode()).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def one_spelling(account_url: str, stored: str = "") -> str:
    """An account's address in the one way it is stored, so that keys of two integrations of an account begin alike.

    Args:
        account_url: valid; with any case of letters, the usual port, a dot at its end, national letters, Planfix's ``/rest``.
        stored: the integration's present one. Is it the same host, its spelling stays: what is known is kept under it.

    Raises:
        ValueError: it has a host that can be none.
    """
    parts, before = urlsplit(account_url), urlsplit(stored)
    host = _plain_host(account_url)
    if stored and "@" not in before.netloc and _plain_host(stored) == host:
        host = before.netloc
    path = parts.path.rstrip("/").removesuffix("/rest").rstrip("/")
    return urlunsplit((parts.scheme, host, path, "", ""))


def _plain_host(address: str) -> str:
    parts = urlsplit(address)
    name = (parts.hostname or "").rstrip(".")
    if ":" in name:
        name = f"[{name}]"
    else:
        try:
            name = name.encode("idna").decode().lower()
        except UnicodeError:
            name = ""
        if not _HOST.fullmatch(name):
            raise ValueError("no host's name")
    return name if parts.port in (None, _PORTS[parts.scheme]) else f"{name}:{parts.port}"


def to_parameter(model: BaseModel) -> str:
    """The JSON text that goes to SSM: only what was set, so that a later default still applies."""
    return json.dumps(model.model_dump(mode="json", exclude_unset=True), ensure_ascii=False, separators=(",", ":"))


def parse_settings(raw: Any) -> Settings:
    """Settings from JSON; raises pydantic's ValidationError."""
    return Settings.model_validate(raw)


def parse_secrets(raw: Any) -> Secrets:
    """Secrets from JSON; raises pydantic's ValidationError, whose text must not be shown: it quotes its input."""
    return Secrets.model_validate(raw)
