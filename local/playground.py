"""``make run``: the bridge with a Telegram and a Planfix to play with, on a page at http://127.0.0.1:8080."""

from __future__ import annotations

import argparse
import os
import sys

from local.page_app import PageApp
from local.problem import LocalProblem
from local.serving import PortBusy, Server, listen
from local.signals import end_by_signal, wait_for_the_end
from local.stage import CAPABILITIES, Cast, Client, Name, Stage

PORT = 8080
"""Where the page is unless told otherwise."""

QUICK = 20.0
"""REST requests a second: a person who watches need not wait for Planfix's real limit of one (make demo keeps it)."""

CAST = Cast(
    company="Чайная лавка",
    owner=Name("Анна", "Ветрова"),
    manager=Name("Сергей", "Кожемякин"),
    colleague=Name("Ольга", "Лисицына"),
    group="Менеджеры",
    account_template="Обращение клиента",
    bot_template="Вопрос боту",
    contact_template="Клиент из Telegram",
    clients=(
        Client(501, Name("Мария", "Соколова"), "maria_sokolova"),
        Client(502, Name("Иван", "Дроздов"), ""),
        Client(503, Name("Emma", "Clarke"), "emma_clarke"),
    ),
)


def main(arguments: list[str] | None = None) -> int:
    """Serve the playground until Ctrl-C or SIGTERM.

    Returns:
        Exit code: 0, or 1 when something does not allow it.
    """
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    # make gives what is set on its command line to the environment: make run PORT=8081
    port = os.environ.get("PORT", str(PORT))
    parser.add_argument("--port", type=int, default=port, help=f"of the page on 127.0.0.1 (default PORT, or {PORT})")
    parser.add_argument(
        "--route",
        choices=CAPABILITIES,
        default=os.environ.get("ROUTE", "rest"),
        help="how Planfix is reached at first (default ROUTE, or rest)",
    )
    parser.add_argument("--rate", type=float, default=QUICK, help="Planfix REST requests a second")
    options = parser.parse_args(arguments)
    end_by_signal()
    level = os.environ.get("POWERTOOLS_LOG_LEVEL", "WARNING")
    try:
        with (
            listen(options.port) as listener,
            Stage(
                CAST,
                rate=options.rate,
                route=options.route,
                has_both_keys=True,  # whoever changes the route keeps those of the former one
                variables={"POWERTOOLS_LOG_LEVEL": level, "POWERTOOLS_METRICS_DISABLED": "true"},
            ) as stage,
        ):
            page = Server(PageApp(stage), listener)
            print(f"Open {page.url} in a browser. Ctrl-C ends it.", flush=True)  # noqa: T201 - what the command is for
            try:
                wait_for_the_end()
            finally:
                page.close()
    except KeyboardInterrupt:
        print("\nEnded; nothing is left running.")  # noqa: T201
    except PortBusy as busy:
        print(f"{busy} For instance: make run PORT={busy.port + 1}", file=sys.stderr)  # noqa: T201
        return 1
    except LocalProblem as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
