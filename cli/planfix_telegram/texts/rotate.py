"""Sentences of `rotate`."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
    "help_rotate": (
        "Put a new secret in the place of an old one, without losing a message.",
        "Заменить секрет на новый, не потеряв ни одного сообщения.",
    ),
    "help_rotate_webhook": (
        "A new secret between Telegram and the bridge: both are valid until Telegram was seen to show the new one.",
        "Новый секрет между Телеграмом и мостом: оба действуют, пока Телеграм не показал новый.",
    ),
    "help_rotate_scenario": (
        "A new password for the scenarios: both are valid until both scenarios were seen to show the new one.",
        "Новый пароль для сценариев: оба действуют, пока оба сценария не показали новый.",
    ),
    "help_rotate_bot": (
        "A new token of the same bot, from @BotFather.",
        "Новый токен того же бота, из @BotFather.",
    ),
    "help_rotate_planfix": ("A new REST token of Planfix.", "Новый токен REST API Планфикса."),
    # -- examples
    "examples_rotate_webhook": ("planfix-telegram rotate webhook", "planfix-telegram rotate webhook"),
    "examples_rotate_scenario": ("planfix-telegram rotate scenario", "planfix-telegram rotate scenario"),
    "examples_rotate_bot": ("planfix-telegram rotate bot", "planfix-telegram rotate bot"),
    "examples_rotate_planfix": (
        "planfix-telegram rotate planfix --from-file token.txt",
        "planfix-telegram rotate planfix --from-file token.txt",
    ),
    # -- what it says
    "rotate_webhook": (
        "Make a new secret for the webhook? It takes a few minutes, and messages go on meanwhile.",
        "Сделать новый секрет вебхука? Это займёт несколько минут, сообщения тем временем идут.",
    ),
    "rotate_scenario": (
        "Make a new password for the scenarios? You will enter it in both of them.",
        "Сделать новый пароль для сценариев? Его нужно будет ввести в оба.",
    ),
    "rotation_takes_effect": (
        "Waiting until every function knows it…",
        "Ожидание, пока его узнают все функции…",
    ),
    "rotation_goes_on": (
        "Two values are valid already: the rotation that was begun goes on.",
        "Уже действуют два значения: начатая замена продолжается.",
    ),
    "rotation_waits_for_telegram": (
        "Waiting for an update with the new secret… (write something to the bot)",
        "Ожидание события с новым секретом… (напишите что-нибудь боту)",
    ),
    "rotation_enter_password": (
        "Enter the new password in both scenarios. Then, in a client's task, write a comment that notifies nobody and change the status.",
        "Введите новый пароль в оба сценария. Затем в задаче клиента напишите комментарий, никого не уведомляя, и смените статус.",
    ),
    "rotation_waits_for_planfix": (
        "Waiting for a call of each scenario with the new password… (Ctrl-C: go on later, both stay valid)",
        "Ожидание вызова от каждого сценария с новым паролем… (Ctrl-C — продолжить позже, оба действуют)",
    ),
    "rotation_unseen": (
        "The new secret was not seen yet: both stay valid. Later: {call:rotate webhook}",
        "Новый секрет ещё не показан: действуют оба. Позже: {call:rotate webhook}",
    ),
    "rotation_unseen_calls": (
        "With the new password no call was seen of: {events}. Both stay valid. Later: {call:rotate scenario}",
        "С новым паролем не было вызова: {events}. Действуют оба. Позже: {call:rotate scenario}",
    ),
    "rotated": ("Only the new one is valid now.", "Теперь действует только новый."),
    "rotated_planfix": (
        "The new token is in use; the old one may be deleted in Planfix now.",
        "Новый токен в работе; старый теперь можно удалить в Планфиксе.",
    ),
    "rotate_other_bot": (
        "That is the token of another bot. To change bots: {call:settings set} --secret bot_token",
        "Это токен другого бота. Сменить бота: {call:settings set} --secret bot_token",
    ),
    "rotate_scopes": (
        "The new token lacks {scopes}: nothing was changed. Tick them in Planfix and try again.",
        "Новому токену не хватает прав ({scopes}): ничего не изменено. Отметьте их в Планфиксе и повторите.",
    ),
    "rotate_chats": (
        (
            "This integration has chats instead of scenarios. A new key of one: {call:settings set} --secret chats.OWNER.our_tokens "
            "--generate, which stays beside the old one until it stands in the chat's window; then {call:settings unset} with the same name."
        ),
        (
            "У этой интеграции чаты вместо сценариев. Новый ключ чата: {call:settings set} --secret chats.НОМЕР.our_tokens "
            "--generate; старый действует, пока новый не введён в окно чата, затем {call:settings unset} с тем же именем."
        ),
    ),
}
