"""Names and words of a demo, made from a seed: nothing in the bridge can know them beforehand."""

from __future__ import annotations

import random
from dataclasses import dataclass

from local.stage import Cast, Client, Name

_FIRST = ("Анна", "Вера", "Дарья", "Елена", "Игорь", "Кирилл", "Максим", "Нина", "Олег", "Павел", "Тимур", "Юлия")
_LAST = (
    "Ким",
    "Шевчук",
    "Дюма",
    "Гурам",
    "Черных",
    "Седых",
    "Живаго",
    "Коваленко",
    "Гайдай",
    "Шульга",
    "Бойко",
    "Мазур",
)
_COMPANIES = ("Чайная лавка", "Мастерская «Верстак»", "Дом книги", "Велоцентр", "Пекарня №{n}")
_GOODS = ("чайник", "стеллаж", "атлас", "велосипед", "торт", "самовар", "фонарь 🔦", "набор №{n}")
_GREETINGS = ("Здравствуйте!", "Добрый день!", "Привет 👋", "Доброе утро,")


@dataclass(frozen=True, slots=True)
class Words:
    """What is said, each different from all others of this demo.

    ``code`` stands in what is said in the second act, and ``noise`` in its files: no other seed has them.
    """

    question: str
    addition: str
    answer_html: str
    answer_text: str
    answer_bold: str
    internal: str
    from_phone: str
    source: str
    bot_question: str
    bot_answer: str
    refused_answer: str
    new_question: str
    side_by_side: str
    code: int
    noise: bytes


def make(seed: int) -> tuple[Cast, Words]:
    """The cast and the words of this seed, always the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a demo's names, no secrets
    firsts, lasts = chance.sample(_FIRST, 6), chance.sample(_LAST, 6)
    names = [Name(first, last) for first, last in zip(firsts, lasts, strict=True)]
    number = chance.randint(1000, 9999)
    first_client = chance.randint(100_000, 4_000_000_000)
    goods = chance.choice(_GOODS).format(n=chance.randint(2, 99))
    cast = Cast(
        company=chance.choice(_COMPANIES).format(n=chance.randint(2, 99)),
        owner=names[0],
        manager=names[1],
        colleague=names[2],
        group=f"Отдел {chance.randint(1, 99)}",
        account_template=f"Обращение {chance.randint(1, 99)}",
        bot_template=f"Вопрос боту {chance.randint(1, 99)}",
        contact_template=f"Клиент {chance.randint(1, 99)}",
        clients=(
            Client(first_client, names[3], f"client_{number}"),
            Client(first_client + chance.randint(1, 999), names[4], ""),
            Client(first_client + 1000, names[5], f"each_kind_{number}"),
        ),
    )
    bold = f"{chance.randint(10, 19)}:{chance.randint(10, 59)}"
    words = Words(
        question=f"{chance.choice(_GREETINGS)} Готов ли {goods}, заказ {number}?",
        addition=f"И сколько стоит доставка <{number + 1}> & подъём?",
        answer_html=f"<p>Заказ {number} готов,<br>ждём вас к <b>{bold}</b> &amp; раньше</p>",
        answer_text=f"Заказ {number} готов,\nждём вас к {bold} & раньше",
        answer_bold=bold,
        internal=f"Между нами: скидка {chance.randint(5, 30)} % не положена, заказ {number}",
        from_phone=f"Это {names[0].first}, перезвоню в {chance.randint(10, 19)}:{chance.randint(10, 59)}",
        source=f"promo-{number}",
        bot_question=f"А у бота можно спросить про {goods}? Код {number + 2}",
        bot_answer=f"Можно! Код {number + 3}",
        refused_answer=f"Курьер уже выехал, накладная {number + 4}",
        new_question=f"{chance.choice(_GREETINGS)} Теперь нужен ещё один {goods}, срочно: {number + 5}",
        side_by_side=f"Пишу теперь боту, заказ {number + 6}",
        code=number + 7,
        noise=chance.randbytes(2000),
    )
    return cast, words
