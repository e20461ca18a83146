"""Where the bridge's processes meet the world: every call passes here, and here the faults happen."""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

import httpx
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from local.fakes.planfix_chats import PATH as CHATS
from tests.simulation import faults as f
from tests.simulation.faults import Faults
from tests.simulation.story import Story
from tests.simulation.timeline import Timeline
from tests.simulation.transfers import WORTH_TIMING, slowly, take_body
from tests.simulation.watch import Watch

Result = TypeVar("Result")
Message = TypeVar("Message", httpx.Request, httpx.Response)

SENDER_TIMEOUT: Final = 300.0
DOOR_TIMEOUT: Final = 10.0
"""Seconds of the functions (template.yaml)."""
READ_TIMEOUT: Final = 25.0
"""Seconds that the bridge waits for an answer (telegram/client.py, planfix/rest.py)."""
AWS_READ_TIMEOUT: Final = 10.0
"""The same for AWS (runtime.py)."""
ENOUGH: Final = 34.5
"""Seconds: no call may begin with less left than its timeouts (5 to connect, 25 to read) and 5 more (design section 4).
Half a second is what AWS's calls take between the bridge's own check and the call."""
DISTANCE: Final = 0.01
"""Seconds from the bridge to a service, so that a call's own slot is kept to a hundredth."""


RETRY_AFTER: Final = (1, 1, 3, 5, 30, 120, 900, 5_000, 50_000)
"""Seconds that Telegram asks for; more than 12 hours too, which no visibility timeout can hold."""
TIME_TO_RESET: Final = (300, 2_000, 30_000, 600_000, 4_000_000, 46_000_000)
"""Milliseconds that Planfix asks for."""


PUT_FILE: Final = "planfix POST file/"
FETCHES: Final = ("planfix file", "telegram file")
_TOLD: Final = frozenset(
    {"chatId", "contactId", "message", "messageId", "messageStatus", "messageStatusText", "attachments[name]"}
)
"""Fields of a form that the story tells."""
LEDGER_WRITES: Final = ("dynamodb put_item", "dynamodb update_item", "dynamodb transact_write_items")


class Killed(BaseException):
    """The process is gone: nothing after this runs, and nothing catches it."""


@dataclass(eq=False)
class Sent:
    """A message that Telegram took from the bridge.

    Attributes:
        confirmed: the ledger knows of it.
        disturbed: the fault that came between it and the ledger.
    """

    account: int
    client: int
    text: str
    message_ids: tuple[int, ...]
    at: float
    confirmed: bool = False
    disturbed: str = ""


@dataclass(eq=False)
class Container:
    """A process of the bridge: a sender's or a door's container.

    Attributes:
        name: who it is in the story.
        prefix: of its calls' names: ``door`` for a door.
        limit: seconds that one invocation may take.
        offset: how many seconds its clock is ahead.
        disturbed: whether a fault of AWS came since the last call over HTTP.
        is_untroubled: whether none came in this invocation.
        carries: the kind of the message that it works on.
        ready_at: since when it could make its next call over HTTP.
    """

    name: str
    timeline: Timeline
    limit: float
    offset: float = 0.0
    prefix: str = ""
    busy: bool = False
    alive: bool = True
    started: float = 0.0
    disturbed: bool = False
    is_untroubled: bool = True
    carries: str = ""
    ready_at: float = 0.0
    last_sent: Sent | None = None

    def clock(self) -> float:
        return self.timeline.read() + self.offset

    @property
    def left(self) -> float:
        """Seconds that this invocation still has."""
        return self.started + self.limit - self.timeline.now

    def begin(self, carries: str = "") -> None:
        """A new invocation."""
        self.busy, self.alive, self.started = True, True, self.timeline.now
        self.disturbed, self.is_untroubled, self.last_sent = False, True, None
        self.carries, self.ready_at = carries, self.timeline.now

    def sleep(self, seconds: float) -> None:
        """Wait; whoever would wait beyond the time limit is killed at it.

        Raises:
            Killed: the time is over.
        """
        self.check()
        self.timeline.sleep(min(seconds, max(self.left, 0.0)))
        self.check()

    def check(self) -> None:
        """Raises Killed when this process is gone, or its time is over."""
        if self.alive and self.left <= 0:
            self.alive = False
            raise Killed("its time is over")
        if not self.alive:
            raise Killed("it is dead")

    def die(self) -> None:
        self.alive = False
        raise Killed("by the fault")


Rule = Callable[[Container, str, httpx.Request], httpx.Response | None]
"""Who asks, what (as `Boundary` names calls) and the request to a refusal, or None where this rule has nothing to say."""


@dataclass
class Boundary:
    """All calls of all processes.

    Attributes:
        violations: what must never happen and did, found at a call.
        dead_letters: bodies of all that ever went to a dead-letter queue.
        strange: calls that the matrix does not know.
        outages: services that do not answer at all, and until when.
        slowness: services that take long for every answer, and until when.
        rules: who is refused, by whatever befalls him.
        speed: bytes a second of each transfer, both ways; 0: a transfer takes no time.
        watch: looks at every call.
        asked: told of every call before it is made: who and what; may raise.
        told: told after its effect.
    """

    timeline: Timeline
    faults: Faults
    story: Story
    chance: random.Random
    violations: list[str] = field(default_factory=list)
    outages: dict[str, float] = field(default_factory=dict)
    slowness: dict[str, float] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    speed: float = 0.0
    strange: set[str] = field(default_factory=set)
    dead_letter_urls: set[str] = field(default_factory=set)
    dead_letters: list[dict[str, Any]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    asked: Callable[[Container, str], None] | None = None
    told: Callable[[Container, str], None] | None = None
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = Watch(self.violations)

    def _fault_at(self, who: Container, call: str) -> str | None:
        if call not in self.faults.matrix.calls and call not in self.strange:
            self.strange.add(call)
            self.violations.append(f"the matrix of faults does not know the call “{call}”: add it to faults.CALLS")
        fault = self.faults.take(call)
        if fault:
            self.note_fault(who, call, fault)
        return fault

    def note_fault(self, who: Container, call: str, fault: str) -> None:
        self.story.add(who.name, f"{call}: FAULT {fault} ({f.EXPLAINED[fault]})")
        self.watch.hindered(self.timeline.now)
        if not call.startswith(("telegram", "planfix")):
            who.disturbed, who.is_untroubled = True, False
        if who.last_sent is not None and not who.last_sent.confirmed:
            who.last_sent.disturbed = who.last_sent.disturbed or fault

    # -- AWS

    def aws(self, who: Container, call: str, effect: Callable[[], Result]) -> Result:
        """One call of AWS."""
        who.check()
        fault = self._fault_at(who, call)
        if self.asked:
            self.asked(who, call)
        try:
            self._aws_before(who, call, fault)
        except BaseException:  # whoever is killed here did not note it either
            if call in LEDGER_WRITES:
                self.watch.could_not_note(who)
            raise
        who.sleep(self.chance.uniform(0.001, 0.005))
        try:
            answer = effect()
        finally:  # a condition that does not hold is an answer too
            if "sqs " in call:
                self.timeline.stir()
            if self.told:
                self.told(who, call)
        if call in LEDGER_WRITES:
            self.watch.notes(who)
        return self._aws_after(who, fault, answer, effect)

    def _aws_before(self, who: Container, call: str, fault: str | None) -> None:
        if fault == f.KILLED_BEFORE:
            who.die()
        elif fault == f.REFUSED:
            who.sleep(self.chance.uniform(0.1, 3.0))
            raise EndpointConnectionError(endpoint_url=f"https://{call.split()[-2]}")
        elif fault in {f.ERROR_BEFORE, f.SLOWER}:
            who.sleep(self.chance.uniform(0.1, 2.0))
            code = "ThrottlingException" if fault == f.SLOWER else "InternalServerError"
            raise ClientError({"Error": {"Code": code, "Message": "injected"}}, call)

    def _aws_after(self, who: Container, fault: str | None, answer: Result, effect: Callable[[], Result]) -> Result:
        if fault == f.KILLED_AFTER:
            who.die()
        elif fault == f.TIMEOUT_AFTER:
            who.sleep(AWS_READ_TIMEOUT)
            raise ReadTimeoutError(endpoint_url="https://aws")
        elif fault == f.REPEATED:
            who.sleep(self.chance.uniform(0.1, 2.0))
            answer = effect()
        elif fault == f.LATE:
            who.sleep(self.chance.uniform(1.0, 9.0))
        return answer

    # -- HTTP

    def http(
        self, who: Container, service: str, call: str, request: httpx.Request, effect: Callable[[], httpx.Response]
    ) -> httpx.Response:
        """One call of Telegram or Planfix."""
        who.check()
        if who.left < ENOUGH and not who.disturbed:
            self.violations.append(f"{who.name} began {call} with {who.left:.1f} s left of its invocation")
        fault = self._fault_at(who, call)
        if fault is None and self.timeline.now < self.outages.get(service, 0.0):
            fault = self.chance.choice((f.REFUSED, f.CUT_BEFORE, f.ERROR_BEFORE))
        if self.asked:
            self.asked(who, call)
        if service != "telegram":
            self.watch.takes_slot(who, service, request, self.timeline.now)
        failed = self._http_before(who, service, fault, request)
        if failed is not None:
            self.story.add(who.name, call, "->", failed.status_code, failed.text[:120])
            return failed
        who.sleep(DISTANCE)
        take_body(who, request, self.speed)
        response = self._refusal(who, call, request) or effect()
        self.timeline.stir()
        asked, answer = _told_later(request, _brief), _told_later(response, lambda one: one.text[:160])
        self.story.add(who.name, call, asked, "->", response.status_code, answer)
        who.disturbed = False
        if self.told:
            self.told(who, call)
        if fault is None and self.timeline.now < self.slowness.get(service, 0.0):
            fault = f.LATE
        response = self._http_after(who, call, fault, request, response)
        who.ready_at = self.timeline.now
        return slowly(who, response, self.speed)

    def _refusal(self, who: Container, call: str, request: httpx.Request) -> httpx.Response | None:
        return next((refused for rule in self.rules if (refused := rule(who, call, request)) is not None), None)

    def _http_before(
        self, who: Container, service: str, fault: str | None, request: httpx.Request
    ) -> httpx.Response | None:
        if fault == f.KILLED_BEFORE:
            who.die()
        if fault == f.REFUSED:
            raise httpx.ConnectError("injected", request=request)
        if fault == f.CUT_BEFORE:
            who.sleep(self.chance.uniform(0.1, 5.0))
            raise httpx.RemoteProtocolError("injected", request=request)
        if fault == f.ERROR_BEFORE:
            who.sleep(self.chance.uniform(0.1, 5.0))
            return _html(self.chance.choice((500, 502, 503, 504)), request)
        if fault == f.SLOWER:
            return self._slower(service, request)
        if fault == f.DENIED:
            return _denied(service, request)
        return None

    def _http_after(
        self, who: Container, call: str, fault: str | None, request: httpx.Request, response: httpx.Response
    ) -> httpx.Response:
        if call in f.SENDS and response.status_code == httpx.codes.OK:
            self._note_sent(who, response, fault)
        elif call in FETCHES and response.status_code == httpx.codes.OK:
            self.watch.fetches(who, call, response.content)
        elif call == PUT_FILE and response.status_code < httpx.codes.MULTIPLE_CHOICES and not fault:
            self.watch.puts(who, request)
        if fault == f.KILLED_AFTER:
            who.die()
        if fault == f.CUT_AFTER:
            raise httpx.ReadError("injected", request=request)
        if fault == f.TIMEOUT_AFTER:
            who.sleep(READ_TIMEOUT)
            raise httpx.ReadTimeout("injected", request=request)
        if fault == f.ERROR_AFTER:
            return _html(502, request)
        who.sleep(self.chance.uniform(3.0, READ_TIMEOUT - 1) if fault == f.LATE else self.chance.uniform(0.03, 0.2))
        return response

    def _note_sent(self, who: Container, response: httpx.Response, fault: str | None) -> None:
        result = response.json()["result"]
        messages = result if isinstance(result, list) else [result]
        first = messages[0]
        text = " ".join(map(_shown, messages))
        ids = tuple(one["message_id"] for one in messages)
        who.last_sent = Sent(first["from"]["id"], first["chat"]["id"], text, ids, self.timeline.now)
        if fault and fault != f.LATE:
            who.last_sent.disturbed = fault
        self.sent.append(who.last_sent)
        self.watch.sends(who.last_sent)

    def _slower(self, service: str, request: httpx.Request) -> httpx.Response:
        if service == "telegram":
            after = self.chance.choice(RETRY_AFTER)
            self.watch.hindered(self.timeline.now + after)
            return too_many_requests(request, after)
        if request.url.path == CHATS:  # no source states a quota: as the web says "slower"
            self.watch.hindered(self.timeline.now)
            return httpx.Response(429, request=request)
        reset = self.chance.choice(TIME_TO_RESET)
        self.watch.hindered(self.timeline.now + reset / 1000)
        said = {"result": "fail", "code": 22, "error": "Request limit exceeded", "timeToReset": reset}
        return httpx.Response(403, json=said, request=request)


def too_many_requests(request: httpx.Request, seconds: float) -> httpx.Response:
    """Telegram's 429."""
    after = max(int(seconds + 0.999), 1)
    said: dict[str, Any] = {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {after}"}
    return httpx.Response(429, json=said | {"parameters": {"retry_after": after}}, request=request)


def gateway_timeout(request: httpx.Request) -> httpx.Response:
    """What a server in front of Planfix says."""
    return httpx.Response(504, html="<html><title>504 Gateway Time-out</title></html>", request=request)


def _told_later(one: Message, tell: Callable[[Message], str]) -> Callable[[], str]:
    """What the story will tell of it, which keeps no file."""
    size = int(one.headers.get("content-length", 0))
    if size < WORTH_TIMING:
        return lambda: tell(one)
    return lambda: f"{size} bytes"


def _shown(message: Mapping[str, Any]) -> str:
    """What the client reads: the text, or the file's name, which is what people here write into their files."""
    return str(message.get("text") or message["document"]["file_name"].removesuffix(".txt"))


def _denied(service: str, request: httpx.Request) -> httpx.Response:
    if request.url.path == CHATS:
        return httpx.Response(400, json={"error": "Invalid parameters"}, request=request)
    if service == "telegram":
        said: dict[str, Any] = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
        return httpx.Response(403, json=said, request=request)
    return httpx.Response(400, json={"result": "fail", "code": 6, "error": "Access denied"}, request=request)


def _html(status: int, request: httpx.Request) -> httpx.Response:
    return httpx.Response(status, html="<html><title>Bad Gateway</title></html>", request=request)


def _json(request: httpx.Request) -> dict[str, Any]:
    return dict(json.loads(request.content))


def _brief(request: httpx.Request) -> str:
    if request.url.path == CHATS:
        told = [(name, value) for name, value in parse_qsl(request.content.decode()) if name in _TOLD]
        return ", ".join(f"{name} {value}" for name, value in told)[:200]
    if request.headers.get("content-type") == "application/json" and request.content:
        return json.dumps(_json(request), ensure_ascii=False)[:200]
    return request.url.path.rpartition(":")[2]  # without the half of a token that stands in Telegram's addresses


class AwsClient:
    """A client of one of AWS's services, as one container has it."""

    def __init__(self, boundary: Boundary, who: Container, service: str, double: Any) -> None:
        self.exceptions = getattr(double, "exceptions", None)
        self._boundary = boundary
        self._who = who
        self._name = f"{who.prefix} {service}".strip()
        self._double = double

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        real = getattr(self._double, operation)
        call = f"{self._name} {operation}"

        def make(**request: Any) -> Any:
            def effect() -> Any:
                answer = real(**request)
                if operation == "transact_write_items" and self._who.last_sent is not None:
                    _confirm(self._who.last_sent, request)
                elif operation == "send_message" and request["QueueUrl"] in self._boundary.dead_letter_urls:
                    self._boundary.dead_letters.append(json.loads(request["MessageBody"]))
                return answer

            return self._boundary.aws(self._who, call, effect)

        setattr(self, operation, make)
        return make


def _confirm(sent: Sent, request: Mapping[str, Any]) -> None:
    """The ledger is told of the message that was sent last: flows/keys.py, sent_key."""
    for write in request["TransactItems"]:
        key = write["Put"]["Item"]["pk"]["S"]
        if key.startswith("sent#") and key.endswith(f"#{sent.message_ids[-1]}"):
            sent.confirmed = True


_NUMBER: Final = re.compile(r"/\d+")


class Client(httpx.Client):
    """httpx's client without what nobody here has: cookies, redirects, authentication, proxies. It takes half the time."""

    def build_request(self, method: str, url: Any, **parts: Any) -> httpx.Request:
        parts.pop("timeout", None)
        return httpx.Request(method, url, **parts)

    def send(self, request: httpx.Request, *, stream: bool = False, **_: Any) -> httpx.Response:
        response = self._transport.handle_request(request)
        response.request = request
        if not stream:
            response.read()
        return response


class Wire(httpx.BaseTransport):
    """From httpx straight into the fakes' WSGI applications.

    httpx's own WSGITransport does the same with more copies; here only what the fakes look at is built.
    """

    def __init__(self, boundary: Boundary, who: Container, services: Mapping[str, tuple[str, Any]]) -> None:
        self._boundary = boundary
        self._who = who
        self._services = services

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        service, app = self._services[request.headers["host"]]  # files are asked for by address
        path = request.url.path
        if service == "telegram":
            call = "telegram file" if path.startswith("/file/") else f"telegram {path.rpartition('/')[2]}"
        elif path.startswith(("/download/", "/file/")):
            call = "planfix file"
        elif path == CHATS:
            call = f"planfix {request.content[4:].partition(b'&')[0].decode()}"  # cmd=newMessage&…
        else:
            rest = _NUMBER.sub("/N", path.removeprefix("/rest"))[1:]
            call = f"planfix {request.method} {rest}"
        return self._boundary.http(self._who, service, call, request, lambda: _through(app, request))


def _through(app: Any, request: httpx.Request) -> httpx.Response:
    body = request.read()
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.url.path,
        "QUERY_STRING": request.url.query.decode("ascii"),
        "SERVER_NAME": request.url.host,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": request.headers["host"],
        "HTTP_AUTHORIZATION": request.headers.get("authorization", ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    said: list[Any] = []
    content = b"".join(app(environ, lambda status, headers, *_: said.append((status, headers))))
    status, headers = said[0]
    return httpx.Response(int(status.split()[0]), headers=headers, content=content, request=request)
