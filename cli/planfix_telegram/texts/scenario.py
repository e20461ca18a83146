"""Sentences of `scenario`."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
    "help_scenario": (
        "Show what to enter in the Planfix scenarios.",
        "Показать, что ввести в сценариях Планфикса.",
    ),
    # -- examples
    "examples_scenario": ("planfix-telegram scenario", "planfix-telegram scenario"),
    # -- what to enter
    "scenario_text": (
        (
            "Make two scenarios in Planfix: in the object of the tasks, or for all tasks.\n"
            "\n"
            "Scenario 1: an employee's answer\n"
            "  Event        comment added and the task meets the conditions\n"
            "               («Добавлен комментарий и задача соответствует условиям»)\n"
            "  Condition    the last comment in the task is by an employee\n"
            "               («Последний комментарий в задаче от сотрудника»)\n"
            "  Action       send an HTTP request («Послать HTTP-запрос»), at once\n"
            "    Method         POST\n"
            "    Address        {address}\n"
            "    Body           as parameters («Параметрами»):\n"
            "                     task  = {{{{Задача.Номер}}}}\n"
            "                     event = comment\n"
            "    Authorization  Basic, login {login}, password: the secret of this integration\n"
            "    Repeat on an error code: on\n"
            "\n"
            "Scenario 2: a change of status\n"
            "  Event        the task's status is changed; no condition\n"
            "  Action       the same request, but event = status"
        ),
        (
            "Создайте в Планфиксе два сценария: в объекте задач или для всех задач.\n"
            "\n"
            "Сценарий 1: ответ сотрудника\n"
            "  Событие      «Добавлен комментарий и задача соответствует условиям»\n"
            "  Условие      «Последний комментарий в задаче от сотрудника»\n"
            "  Операция     «Послать HTTP-запрос», сразу\n"
            "    Метод          POST\n"
            "    Адрес          {address}\n"
            "    Тело           «Параметрами»:\n"
            "                     task  = {{{{Задача.Номер}}}}\n"
            "                     event = comment\n"
            "    Авторизация    Basic, логин {login}, пароль — секрет этой интеграции\n"
            "    Повторять при коде ошибки: да\n"
            "\n"
            "Сценарий 2: смена статуса\n"
            "  Событие      изменён статус задачи; без условий\n"
            "  Операция     тот же запрос, но event = status"
        ),
    ),
    "show_secret_now": (
        "The password is a secret. Show it on this screen, to copy it?",
        "Пароль — секрет. Показать его на этом экране для копирования?",
    ),
    "secret_needs_terminal": (
        "The password is not shown here: run {call:scenario} in a terminal, without a pipe.",
        "Пароль здесь не показывается: выполните {call:scenario} в терминале, без перенаправления.",
    ),
    "secret_later": (
        "To see it later: {call:scenario}",
        "Увидеть его позже: {call:scenario}",
    ),
}
