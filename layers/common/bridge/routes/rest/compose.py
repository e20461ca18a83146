"""The REST route, put together: the only module of it that sees all parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bridge.queued import Look
from bridge.routes.files import Files
from bridge.routes.rest.answers import Answers
from bridge.routes.rest.client_data import ClientData
from bridge.routes.rest.contacts import Contacts
from bridge.routes.rest.decisions import Decisions
from bridge.routes.rest.deliver import Delivery, NewComments
from bridge.routes.rest.files import PlanfixFiles
from bridge.routes.rest.new_tasks import NewTasks
from bridge.routes.rest.notices import Hints, Notices
from bridge.routes.rest.own_comments import OwnComments
from bridge.routes.rest.quotations import Quotations
from bridge.routes.rest.route import RestRoute
from bridge.routes.rest.tasks import FoundTasks, MergedTasks, Tasks
from bridge.routes.rest.wording import Wording

if TYPE_CHECKING:
    from bridge.model import Attachment, Chat
    from bridge.parts import Parts


def rest_route(parts: Parts) -> RestRoute:
    """One integration's way to Planfix by its REST API."""
    planfix, chats, effects = parts.planfix, parts.chats, parts.effects
    texts, settings, clock, digest, journal = parts.texts, parts.settings, parts.clock, parts.digest, parts.journal

    def look_at(task: int, chat: Chat) -> None:
        parts.tell(Look(parts.alias, planfix.host, task), chat.group)

    own = OwnComments(planfix, chats, effects, digest=digest, settings=settings, clock=clock)
    notices = Notices(planfix, effects, own, digest=digest, journal=journal)
    hints = Hints(notices, chats, own, texts, clock=clock, journal=journal)
    contacts = Contacts(planfix, chats, effects, texts, journal)

    merged = MergedTasks(planfix, chats, effects, parts.waiting, settings, hints, clock=clock, journal=journal)
    found = FoundTasks(planfix, chats, merged, look_at=look_at, clock=clock)
    new = NewTasks(planfix, chats, effects, texts, settings, clock=clock, journal=journal)
    tasks = Tasks(planfix, chats, effects, settings, found, new, clock=clock, journal=journal)

    def upload(attachment: Attachment, pieces: Iterator[bytes], _: str) -> int:
        return planfix.upload_file(attachment.name, attachment.mime, pieces)

    telegram_files = Files(parts.bot, effects, texts, upload, clock=clock, journal=journal)
    files = PlanfixFiles(planfix, telegram_files, effects, texts, journal)
    wording = Wording(texts, digest)
    comments = NewComments(planfix, chats, contacts, tasks, files, wording)
    delivery = Delivery(planfix, chats, effects, comments, own, files, wording, journal)

    quotations = Quotations(effects, own, digest)
    decisions = Decisions(effects, own, contacts, quotations, hints, look_at=look_at, journal=journal)
    answers = Answers(planfix, chats, effects, contacts, decisions, hints, clock=clock, journal=journal)

    client_data = ClientData(planfix, chats, effects, contacts, digest=digest, clock=clock, journal=journal)
    return RestRoute(planfix, delivery, client_data, answers, quotations, notices)
