"""The bridge on one machine: the real handlers between a local API Gateway and local queues."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import boto3
from pydantic import ValidationError

from bridge.model import ALIAS
from bridge.quiet import quiet_libraries
from bridge.settings import Secrets, Settings, parse_secrets, parse_settings
from local.clock import Clock
from local.emulator import Emulator
from local.gate import Gate
from local.gateway import Gateway, Route
from local.invocation import environment, loaded
from local.journal import REQUEST, Journal
from local.poller import Poller
from local.problem import LocalProblem
from local.resources import (
    PARAMETERS,
    connect,
    connection_environment,
    create_buckets,
    create_queues,
    create_tables,
    put_parameters,
)
from local.serving import Server, listen, url_of
from local.signals import end_by_signal, wait_for_the_end
from local.template import Template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

    from local.invocation import Handler
    from local.template import Function

TEMPLATE = Path(__file__).parents[1] / "template.yaml"

_QUEUES = {
    "to-planfix": ("TO_PLANFIX_QUEUE_URL", "TO_PLANFIX_DLQ_URL"),
    "to-telegram": ("TO_TELEGRAM_QUEUE_URL", "TO_TELEGRAM_DLQ_URL"),
}
"""The queues as people know them, and the functions' environment variables of each and of its DLQ."""


class LocalBridge:
    """The bridge, running between ``with`` and its end.

    One at a time in a process: the handlers read the process's environment, as they do in Lambda.

    Args:
        integrations: by alias, ``{"settings": {...}, "secrets": {...}}`` as `settings import` reads them.
        port: where the webhooks listen on 127.0.0.1; 0 takes a free one.
        journal: is told of each step; by default a new one.
        variables: further environment variables of the functions.
        parameters: of template.yaml, where they are to differ from its defaults.
        clock: what time it is for the handlers, the queues and the tables; by default a new one.

    Raises:
        LocalProblem: settings that cannot be, a port that is taken, an emulator that does not start.
    """

    url: str
    """Where the webhooks are: ``{url}/telegram/{alias}`` and ``{url}/planfix/{alias}/comment``."""
    environment: dict[str, str]
    """The functions' environment variables, for whoever wants to look into the tables and queues."""

    def __init__(
        self,
        integrations: Mapping[str, Any],
        port: int = 0,
        journal: Journal | None = None,
        variables: Mapping[str, str] | None = None,
        parameters: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._integrations = {alias: _validated(alias, raw) for alias, raw in integrations.items()}
        self._port = port
        self._variables = dict(variables or {})
        self._parameters = dict(parameters or {})
        self.clock = clock or Clock()
        self.journal = journal or Journal(self.clock)
        self._gate = Gate()
        self._sqs: SQSClient
        self._ssm: SSMClient
        self._pollers: dict[str, Poller] = {}
        self._ready = False
        self._end = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End everything, the last started first. May be called again."""
        self._ready = False
        self._end.close()

    def _start(self) -> None:
        quiet_libraries()  # settings are put into SSM below, and botocore would print them at DEBUG
        # The port first: if it is taken, nothing else need start. It is served last, when all behind it stands.
        listener = self._end.enter_context(listen(self._port))
        emulator = self._end.enter_context(Emulator(clock=self.clock))
        clients = connect(emulator.url)
        self._sqs, self._ssm = clients.sqs, clients.ssm
        template = Template(TEMPLATE, PARAMETERS | self._parameters)
        create_tables(template, clients.dynamodb)
        queues = create_queues(template, clients.sqs)
        create_buckets(template, clients.s3)
        put_parameters(clients.ssm, self._integrations)
        functions = template.functions()
        own_address = {"OWN_ADDRESS": url_of(listener)}
        self.environment = (
            _environment(functions) | own_address | connection_environment(emulator.url) | self._variables
        )
        self._end.enter_context(environment(self.environment))
        self._end.callback(boto3.setup_default_session)  # nobody else in this process wants ours
        _tell_of_sent_messages(self.journal, self._names())
        handlers = self._end.enter_context(loaded(functions, self.clock))
        for function in functions:
            for mapping in function.mappings:
                address = queues[mapping.queue_arn]
                name = self._names()[address]
                poller = Poller(
                    name,
                    address,
                    mapping,
                    sqs=clients.sqs,
                    handler=handlers[function.name],
                    journal=self.journal,
                    gate=self._gate,
                )
                self._pollers[name] = poller
                self._end.callback(poller.stop)
        for poller in self._pollers.values():
            self._end.callback(poller.take_no_more)
        routes = [
            Route(*route, self._gated(handlers[function.name])) for function in functions for route in function.routes
        ]
        server = Server(Gateway(routes, self.health, self.journal, self.clock), listener)
        self._end.callback(server.close)
        self.url = server.url
        self._ready = True

    def put(self, integrations: Mapping[str, Any]) -> None:
        """The admin changes settings and secrets, as `settings import` reads them; containers keep the former ones for a minute.

        Raises:
            LocalProblem: settings that cannot be.
        """
        put_parameters(self._ssm, {alias: _validated(alias, raw) for alias, raw in integrations.items()})

    def health(self) -> dict[str, Any]:
        """What ``GET /health`` answers: whether all runs, and how much each queue and its DLQ hold.

        A timer that the bridge set for later is not in flight.
        """
        return {"ready": self._ready, "queues": {name: self._depth(name) for name in _QUEUES}}

    def wait_until_idle(self, timeout: float) -> None:
        """Wait until both queues are empty.

        Args:
            timeout: seconds.

        Raises:
            TimeoutError: something still waits or is being worked on.
        """
        deadline = time.monotonic() + timeout
        while not (self._is_empty() and self._is_no_timer_taken(deadline)):
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"The queues are not empty after {timeout:g} s: {json.dumps(self.health()['queues'])}"
                )
            time.sleep(0.05)

    def skip(self, seconds: float, timeout: float = 60, *, is_settled: Callable[[], bool] = lambda: True) -> None:
        """Let so many seconds pass at once for everybody, while nothing is at work: a skip is no handler that slept.

        Args:
            seconds: by which the clock moves ahead.
            timeout: real seconds to wait for what is at work.
            is_settled: whether the services have told the bridge of everything: what people wrote before the skip was
                then received before it, too.

        Raises:
            TimeoutError: something was at work all the time; nothing was skipped.
        """
        deadline = time.monotonic() + timeout
        while True:
            if is_settled():
                with self._gate.closed(max(0.0, deadline - time.monotonic())):
                    if is_settled():
                        self.clock.skip(seconds)
                        return
            if time.monotonic() > deadline:
                raise TimeoutError(f"Something was still on its way after {timeout:g} s")
            time.sleep(0.02)

    def _gated(self, handler: Handler) -> Handler:
        def through_the_gate(event: dict[str, Any]) -> Any:
            with self._gate.inside():
                return handler(event)

        return through_the_gate

    def _is_empty(self) -> bool:
        return not any(depth["waiting"] or depth["in_flight"] for depth in self.health()["queues"].values())

    def _is_no_timer_taken(self, deadline: float) -> bool:
        """Whether each timer whose time has come is still hidden: until the poll that took it has ended, it seems to be."""
        pollers = [poller for poller in self._pollers.values() if poller.is_timer_due(self.clock())]
        polls = [poller.polls for poller in pollers]
        while any(poller.polls == before for poller, before in zip(pollers, polls, strict=True)):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return self._is_empty()

    def _depth(self, name: str) -> dict[str, int]:
        queue, dead = (self._messages(self.environment[variable]) for variable in _QUEUES[name])
        in_flight = max(0, queue[1] - self._pollers[name].timers)
        return {"waiting": queue[0], "in_flight": in_flight, "dead": sum(dead)}

    def _messages(self, address: str) -> tuple[int, int]:
        names: list[Any] = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=address, AttributeNames=names)["Attributes"]
        visible, in_flight = (int(attributes[name]) for name in names)
        return visible, in_flight

    def _names(self) -> dict[str, str]:
        """The queues' names by address."""
        return {self.environment[variable]: name for name, (variable, _) in _QUEUES.items()}


def serve(integrations: Mapping[str, Any], port: int) -> None:
    """Run the bridge until Ctrl-C or SIGTERM.

    Args:
        integrations: by alias, as `LocalBridge` takes them.
        port: where the webhooks listen on 127.0.0.1.

    Raises:
        LocalProblem: the integrations, the port or the machine do not allow it; nothing is left running.
    """
    end_by_signal()
    try:
        with LocalBridge(integrations, port) as bridge:
            print(f"The bridge listens on {bridge.url} (Ctrl-C ends it):")  # noqa: T201 - what the command is for
            for alias in integrations:
                print(f"  Telegram:  POST {bridge.url}/telegram/{alias}")  # noqa: T201
                print(f"  Planfix:   POST {bridge.url}/planfix/{alias}/comment")  # noqa: T201
            print(f"  its state:  GET {bridge.url}/health", flush=True)  # noqa: T201
            wait_for_the_end()
    except KeyboardInterrupt:
        print("Ended.")  # noqa: T201


def _validated(alias: str, raw: object) -> tuple[Settings, Secrets]:
    if not ALIAS.fullmatch(alias):
        raise LocalProblem(
            f"Integration {alias!r}: an alias is 1-32 of a-z, 0-9, - and _, beginning with a letter or digit."
        )
    if not isinstance(raw, dict) or raw.keys() != {"settings", "secrets"}:
        raise LocalProblem(f'Integration {alias}: state "settings" and "secrets", and nothing else.')
    try:
        settings = parse_settings(raw["settings"])
        return settings, parse_secrets(raw["secrets"], settings.route)
    except ValidationError as error:
        # Without pydantic's own text: it quotes the input, and the input may be a secret.
        problems = [
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise LocalProblem(f"Integration {alias}: {'; '.join(problems)}") from None


def _environment(functions: list[Function]) -> dict[str, str]:
    """All functions' variables together: one process has one environment."""
    variables: dict[str, str] = {}
    for function in functions:
        for name, value in function.environment.items():
            if variables.setdefault(name, str(value)) != str(value):
                raise LocalProblem(f"template.yaml: {name} differs between functions; one process cannot have both.")
    return variables


def _tell_of_sent_messages(journal: Journal, names: dict[str, str]) -> None:
    """Tell the journal of each message that the handlers put on a queue.

    The handlers make their clients from boto3's default session; a new one also forgets an earlier environment.
    """
    boto3.setup_default_session()
    assert boto3.DEFAULT_SESSION

    def remember(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        context["sent"] = params

    def tell(parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        sent = context["sent"]
        if "MessageId" in parsed and sent["QueueUrl"] in names:
            journal.add(
                "queue.took",
                queue=names[sent["QueueUrl"]],
                group=sent.get("MessageGroupId", ""),
                message=parsed["MessageId"],
                request=REQUEST.get(),
            )

    boto3.DEFAULT_SESSION.events.register("before-parameter-build.sqs.SendMessage", remember)
    boto3.DEFAULT_SESSION.events.register("after-call.sqs.SendMessage", tell)
