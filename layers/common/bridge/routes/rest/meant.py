"""Whether an employee's comment is meant for the client: an internal remark must never reach a client by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.routes.rest.contacts import look_up_contact

if TYPE_CHECKING:
    from bridge.model import TaskState
    from bridge.parts import Parts
    from bridge.planfix.route import Comment

WHO_AND_TO_WHOM: Final = frozenset({"owner", "recipients", "isHidden", "isDeleted"})
"""The fields of a comment that make it an answer, or none."""


def is_by_employee(comment: Comment) -> bool:
    """Whether an employee wrote it for others to read; not where that cannot be known."""
    if WHO_AND_TO_WHOM.intersection(comment.unread):
        return False
    return not comment.is_deleted and not comment.is_hidden and comment.owner.startswith("user:")


def client_is_notified(to: Parts, task: TaskState, comment: Comment) -> bool:
    """Whether the client is among those whom it notifies, by whichever of his contacts."""
    notified = comment.recipients
    if task.client_is_assigner and "assigner" in notified.roles:
        return True
    contacts = {person for person in notified.users if person.startswith("contact:")}
    state = to.chats.state(task.chat)
    if contacts & {f"contact:{number}" for number in (state.contact_id, *state.former_contacts)}:
        return True
    if not contacts or (state.contact_id is not None and to.planfix.contact_exists(state.contact_id)):
        return False
    found = look_up_contact(to, task.chat.client_id, gone=state.contact_id)  # merged or deleted meanwhile
    if found is None:
        return False
    to.chats.replace_contact(task.chat, state, found)
    return f"contact:{found}" in contacts
