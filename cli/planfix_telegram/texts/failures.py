"""Sentences of what AWS, Telegram, Planfix or the program itself fails by."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- problems: AWS
    "aws_no_credentials": (
        "AWS credentials were not found: run aws configure (or aws sso login), or name a profile with --profile.",
        "Не найдены ключи AWS: выполните aws configure (или aws sso login) либо укажите профиль в --profile.",
    ),
    "aws_credentials_expired": (
        "The AWS credentials have expired: log in again, e.g. aws sso login.",
        "Срок ключей AWS истёк: войдите снова, например aws sso login.",
    ),
    "aws_credentials_refused": (
        "AWS does not know these credentials ({operation}): check the profile, or log in again.",
        "AWS не знает этих ключей ({operation}): проверьте профиль или войдите снова.",
    ),
    "aws_clock": (
        "AWS does not accept this computer's time ({detail}): set its clock, best by a time server (NTP).",
        "AWS не принимает время этого компьютера ({detail}): поставьте часы, лучше по серверу времени (NTP).",
    ),
    "aws_access_denied": (
        "AWS does not allow this ({operation}): {detail} Ask whoever manages the AWS account for this right.",
        "AWS этого не разрешает ({operation}): {detail} Попросите это право у администратора AWS.",
    ),
    "aws_busy": (
        "AWS is busy ({operation}): try again in a minute.",
        "AWS занят ({operation}): повторите через минуту.",
    ),
    "aws_no_region": (
        "No AWS region is chosen: add --region, e.g. --region eu-central-1.",
        "Не выбран регион AWS: добавьте --region, например --region eu-central-1.",
    ),
    "aws_region_invalid": ("This is no AWS region: {detail}", "Такого региона AWS нет: {detail}"),
    "aws_profile_unknown": (
        "{detail}. See aws configure list-profiles.",
        "{detail}. Смотрите aws configure list-profiles.",
    ),
    "aws_unreachable": (
        "AWS cannot be reached: {detail} Check the network, --region and --endpoint-url.",
        "AWS недоступен: {detail} Проверьте сеть, --region и --endpoint-url.",
    ),
    "aws_table_missing": (
        (
            "AWS does not find the table ({operation}): check --stack, --region and the table that an option "
            "(--connections-table, --chats-table) names."
        ),
        (
            "AWS не находит таблицу ({operation}): проверьте --stack, --region и таблицу, названную параметром "
            "(--connections-table, --chats-table)."
        ),
    ),
    "aws_queue_missing": (
        "AWS does not find the queue ({operation}): check --stack, --region and the queues that options name.",
        "AWS не находит очередь ({operation}): проверьте --stack, --region и очереди, названные параметрами.",
    ),
    "aws_other": ("AWS refused: {detail}", "AWS отказал: {detail}"),
    "stack_missing": (
        (
            "There is no stack {stack} in region {region} (bridges there: {known}). Deploy it with sam deploy, or name "
            "the right one with --stack and --region."
        ),
        (
            "В регионе {region} нет стека {stack} (мосты в нём: {known}). Разверните его через sam deploy или укажите "
            "верный в --stack и --region."
        ),
    ),
    "prefix_differs": (
        (
            "Stack {stack} reads its settings from {prefix}, not from /{stack}: deploy it again with "
            "--parameter-overrides Stack={stack}."
        ),
        (
            "Стек {stack} читает настройки из {prefix}, а не из /{stack}: разверните его заново с "
            "--parameter-overrides Stack={stack}."
        ),
    ),
    "output_missing": (
        "Stack {stack} has no output {name}: deploy its newest template, or give the value as an option.",
        "В стеке {stack} нет значения {name}: разверните свежий шаблон или укажите значение параметром.",
    ),
    # -- problems: Telegram and Planfix
    "bot_token_wrong": (
        "Telegram does not know this bot token: copy it again from @BotFather (/mybots → API Token).",
        "Телеграм не знает этого токена: скопируйте его ещё раз из @BotFather (/mybots → API Token).",
    ),
    "planfix_token_wrong": (
        "Planfix does not take this REST token ({detail}): make one in Planfix, Account management → API access → REST API.",
        "Планфикс не принял токен REST API ({detail}): создайте его в Управление аккаунтом → Доступ к API → REST API.",
    ),
    "chat_key_wrong": (
        (
            "Planfix knows no chat by this key and this providerId ({detail}): save its window with our providerId first, "
            "then copy Planfix's key from it again."
        ),
        (
            "Планфикс не знает чата с таким ключом и таким providerId ({detail}): сначала сохраните окно чата с нашим "
            "providerId, затем скопируйте из него ключ Планфикса ещё раз."
        ),
    ),
    "chat_address_wrong": (
        "Planfix's API for chats is not at {service} ({detail}): copy the address from the chat's window in Planfix.",
        "По адресу {service} нет API Планфикса для чатов ({detail}): скопируйте адрес из окна чата в Планфиксе.",
    ),
    "planfix_scopes": (
        "The Planfix token lacks a right ({detail}): give it task_*, contact_*, comment_*, file_* and user_readonly.",
        "Токену Планфикса не хватает права ({detail}): дайте ему task_*, contact_*, comment_*, file_* и user_readonly.",
    ),
    "planfix_quota": (
        "Planfix takes no more requests for now: try again later.",
        "Планфикс пока не принимает запросы: повторите позже.",
    ),
    "telegram_busy": (
        "Telegram asks to wait ({detail}): try again in a minute.",
        "Телеграм просит подождать ({detail}): повторите через минуту.",
    ),
    "service_unreachable": (
        "{service} does not answer ({detail}): check the address and the network, then try again.",
        "{service} не отвечает ({detail}): проверьте адрес и сеть и повторите.",
    ),
    "service_strange": (
        "{service} gives an unexpected answer ({detail}): check the address.",
        "{service} отвечает неожиданно ({detail}): проверьте адрес.",
    ),
    "service_refused": ("{service} refused: {why} ({detail})", "{service} отказал: {why} ({detail})"),
    "program_fault": (
        (
            "This is a fault of the program ({kind} in {place}): please report it. "
            "With PLANFIX_TELEGRAM_DEBUG=1 it prints the whole story."
        ),
        "Это ошибка программы ({kind} в {place}): сообщите о ней. С PLANFIX_TELEGRAM_DEBUG=1 она расскажет подробнее.",
    ),
}
