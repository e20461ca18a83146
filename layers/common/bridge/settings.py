"""What an admin can set, validated by one model. Read from SSM as two parameters an integration (see aws/parameters.py)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from bridge.model import OWN_BOT
from bridge.secret_keys import key_of_digests

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
ProviderId = Annotated[str, StringConstraints(pattern=r"^[^~\s]{1,64}$")]
"""Planfix keeps ``~`` for itself (help page "Список команд API для чатов")."""
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
TelegramName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{4,32}$")]
ChatToken = Annotated[str, StringConstraints(min_length=8, max_length=256)]
DigestKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""32 bytes in base64 for addresses, without its ``=``."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _check_channels(channels: Iterable[str]) -> None:
    for key in channels:
        if key != OWN_BOT and not key.isdecimal():
            raise PydanticCustomError(
                "channel_key", "channel {key}: a channel is own_bot or an owner's numeric Telegram id", {"key": key}
            )


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
    provider_id: ProviderId | None = None
    owner_email: Email | None = None
    telegram_name: TelegramName | None = None

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
    chat_url: ServiceAddress | None = None
    chat_requests_per_second: Annotated[float, AfterValidator(_pace)] = 5

    @property
    def host(self) -> str:
        """The account's host: numbers of tasks and contacts mean something only together with it, and keys begin with it.

        As it is stored: the command stores one spelling (`one_spelling`), and an account that was stored in another one
        before it did so keeps that, since everything of it is kept under it.
        """
        return urlsplit(self.account_url).netloc.lower()


class TaskFields(_Strict):
    """Which fields of a new task the bridge fills on the chat route: the name of each in Planfix, or "" for none.

    Attributes:
        start_source: what stood behind ``/start`` in the link by which the client came.
        channel_name: the channel's name.
        username: the client's @username.
        telegram_id: the client's Telegram id.
    """

    start_source: str = ""
    channel_name: str = ""
    username: str = ""
    telegram_id: str = ""


class Settings(_Strict):
    """One integration: what its channels share, and its channels.

    Attributes:
        route: how Planfix is reached: ``rest`` or ``chat_api``.
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
        file_links_live_for: days that Planfix may fetch a client's file by its address.
        task_fields: what goes into fields of new tasks on the chat route.
    """

    route: Literal["rest", "chat_api"] = "rest"
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
    file_links_live_for: int = Field(default=7, ge=1, le=30)
    telegram: TelegramSettings = TelegramSettings()
    planfix: PlanfixSettings
    task_fields: TaskFields = TaskFields()
    defaults: ChannelSettings = ChannelSettings()
    channels: dict[str, ChannelSettings] = {}

    @model_validator(mode="after")
    def _channels_are_owners_or_the_bot(self) -> Settings:
        _check_channels(self.channels)
        return self

    @model_validator(mode="after")
    def _each_channel_has_its_own_chat(self) -> Settings:
        if self.route == "chat_api" and not self.planfix.chat_url:
            raise PydanticCustomError("chat_url_missing", "the route chat_api needs planfix.chat_url")
        if self.defaults.provider_id:
            raise PydanticCustomError("provider_id_default", "provider_id is each channel's own and has no default")
        given = [one.provider_id for one in self.channels.values() if one.provider_id]
        if len(set(given)) < len(given):
            raise PydanticCustomError("provider_id_twice", "two channels have the same provider_id")
        return self

    def channel(self, key: str) -> ChannelSettings | None:
        """The channel's settings with defaults filled in, or None when it is not configured (not approved)."""
        own = self.channels.get(key)
        return own.inherit(self.defaults) if own else None


class ChatTokens(_Strict):
    """The two keys of a chat's window in Planfix; the chat works when both are there.

    Attributes:
        planfix_token: what Planfix made and shows there: the bridge shows it to Planfix.
        our_tokens: what somebody typed there: Planfix shows it to the bridge. Two are valid while they change, the newest first.
    """

    planfix_token: ChatToken = ""
    our_tokens: Annotated[tuple[SecretText, ...], Field(max_length=2)] = ()


class Secrets(_Strict):
    """What must never be shown. Two values of a webhook secret are valid while they rotate, the newest first.

    Attributes:
        chats: by channel, the keys of its chat in Planfix (route ``chat_api``).
        digest_key: of the digests by which versions are compared. It stays when the tokens change: else nothing that was
            begun before would be known again (docs/decisions/0018). None is of a time before there was one.
    """

    bot_token: Annotated[str, StringConstraints(pattern=r"^\d+:[A-Za-z0-9_-]{20,}$")]
    webhook_secrets: Annotated[tuple[TelegramSecret, ...], Field(min_length=1, max_length=2)]
    planfix_secrets: Annotated[tuple[SecretText, ...], Field(min_length=1, max_length=2)]
    planfix_token: Annotated[str, StringConstraints(min_length=8)]
    digest_key: DigestKey | None = None
    chats: dict[str, ChatTokens] = {}

    @model_validator(mode="after")
    def _chats_are_of_channels(self) -> Secrets:
        _check_channels(self.chats)
        return self

    @property
    def bot_id(self) -> int:
        """The bot's Telegram id is the token's public half (core.telegram.org/bots/api#authorizing-your-bot)."""
        return int(self.bot_token.partition(":")[0])

    @property
    def key_of_digests(self) -> bytes:
        """The bytes of ``digest_key``, or of what stands for it."""
        return key_of_digests({"digest_key": self.digest_key, "bot_token": self.bot_token})


class SecretsOfChats(Secrets):
    """Secrets of an integration whose route is ``chat_api``: it needs none of REST's, and may have them."""

    planfix_secrets: Annotated[tuple[SecretText, ...], Field(max_length=2)] = ()
    planfix_token: Annotated[str, StringConstraints(min_length=8)] = ""


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
    return _compact(model.model_dump(mode="json", exclude_unset=True))


def to_secret_parameters(secrets: Secrets, stored: Sequence[str | None] = ()) -> list[str]:
    """The JSON texts that secrets become: all of them in the first, and chats that find no room there in further ones.

    Each text is an object of its own and a chat stands in one of them, so that whoever reads while they are written finds
    each chat as it was or as it is. A chat stays where it is, as long as there is room.

    Args:
        secrets: all of them.
        stored: the present texts, as `aws.parameters.secrets_names` has them.

    Returns:
        As many as are needed and as are stored; what holds nothing any more is an empty object.
    """
    whole = secrets.model_dump(mode="json", exclude_unset=True)
    chats: dict[str, Any] | None = whole.pop("chats", None)
    place = {
        channel: number for number, text in enumerate(stored) for channel in json.loads(text or "{}").get("chats", {})
    }
    parts: list[dict[str, Any]] = [whole, *({} for _ in range(len(stored) - 1))]
    if chats == {}:
        whole["chats"] = {}
    for channel in sorted(chats or (), key=lambda one: one not in place):  # first those that are there
        order = sorted(range(len(parts)), key=lambda number: number != place.get(channel))
        added = {channel: (chats or {})[channel]}
        room = next((number for number in order if _size_with(parts[number], added) <= MAX_BYTES), None)
        if room is None:
            room = len(parts)
            parts.append({})
        parts[room].setdefault("chats", {}).update(added)
    return [_compact(part) for part in parts]


def _size_with(part: Mapping[str, Any], chats: Mapping[str, Any]) -> int:
    return len(_compact({**part, "chats": {**part.get("chats", {}), **chats}}).encode())


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parse_settings(raw: Any) -> Settings:
    """Settings from JSON; raises pydantic's ValidationError."""
    return Settings.model_validate(raw)


def parse_secrets(raw: Any, route: str = "rest") -> Secrets:
    """Secrets from JSON, as this route needs them; raises pydantic's ValidationError, whose text must not be shown: it quotes its input."""
    return (SecretsOfChats if route == "chat_api" else Secrets).model_validate(raw)
