"""Sentences of `scenario`."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
    "help_scenario": (
        "Show what to enter in Planfix: in the scenarios, or in the window of each chat.",
        "Показать, что ввести в Планфиксе: в сценариях или в окне каждого чата.",
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
        "The secret is not shown here: run {call:scenario} in a terminal, without a pipe.",
        "Секрет здесь не показывается: выполните {call:scenario} в терминале, без перенаправления.",
    ),
    # -- the route by chats
    "no_scenario_here": (
        "This integration reaches Planfix by its API for chats: it needs no scenario, but the window of a chat for each channel.",
        "Эта интеграция связана с Планфиксом через API для чатов: сценарии не нужны, нужно окно чата для каждого канала.",
    ),
    "windows_text": (
        (
            "In Planfix: Account management → Integrations → Chats → Planfix's API for chats → Add chat\n"
            "(«Управление аккаунтом → Интеграции → Чаты → API ПланФикса для чатов → Добавить чат»).\n"
            "One chat for each channel. Choose there the templates and assignees of its tasks too."
        ),
        (
            "В Планфиксе: Управление аккаунтом → Интеграции → Чаты → API ПланФикса для чатов → Добавить чат.\n"
            "По чату на каждый канал. Там же выберите шаблоны и исполнителей его задач."
        ),
    ),
    "window_text": (
        (
            "The chat of {name}\n"
            "  Paste into its window:\n"
            "    our address     {address}\n"
            "    providerId      {provider_id}\n"
            "    our key         the token that Planfix is to show to the bridge, see below\n"
            "  Save it. Then copy from it:\n"
            "    Planfix's key   the token that the window shows"
        ),
        (
            "Чат канала «{name}»\n"
            "  Вставьте в его окно:\n"
            "    наш адрес        {address}\n"
            "    providerId       {provider_id}\n"
            "    наш ключ         токен, который Планфикс будет предъявлять мосту, см. ниже\n"
            "  Сохраните. Затем скопируйте из окна:\n"
            "    ключ Планфикса   токен, который показывает окно"
        ),
    ),
    "window_without_key": (
        "{name} has no key of ours yet: {call:settings set} --secret chats.{channel}.our_tokens --generate",
        "У канала «{name}» ещё нет нашего ключа: {call:settings set} --secret chats.{channel}.our_tokens --generate",
    ),
    "show_key_now": (
        "Our key of {name} is a secret. Show it on this screen, to copy it?",
        "Наш ключ канала «{name}» — секрет. Показать его на этом экране для копирования?",
    ),
    "ask_chat_key": (
        "Planfix's key from the window of {name} (hidden, Enter: later)",
        "Ключ Планфикса из окна канала «{name}» (ввод скрыт, Enter — позже)",
    ),
    "chat_key_later": (
        "When you have Planfix's key: {call:settings set} --secret chats.{channel}.planfix_token",
        "Когда ключ Планфикса будет: {call:settings set} --secret chats.{channel}.planfix_token",
    ),
    "windows_none": (
        "No channel is there yet. When there is one: {call:scenario}",
        "Каналов пока нет. Когда появится: {call:scenario}",
    ),
    "windows_all": (
        "Every chat has its keys. To see what stands in their windows: {call:scenario}",
        "У каждого чата есть ключи. Что стоит в их окнах: {call:scenario}",
    ),
    "secret_later": (
        "To see it later: {call:scenario}",
        "Увидеть его позже: {call:scenario}",
    ),
}
