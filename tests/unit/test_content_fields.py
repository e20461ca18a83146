"""No field of a message is forgotten: each makes one comment, or stands on a list with the reason why it makes none."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.telegram.kinds import IGNORED
from tests.world import World

MESSAGE_FIELDS = (
    "message_thread_id",
    "direct_messages_topic",
    "from",
    "sender_chat",
    "sender_boost_count",
    "sender_business_bot",
    "sender_tag",
    "guest_query_id",
    "business_connection_id",
    "forward_origin",
    "is_topic_message",
    "is_automatic_forward",
    "reply_to_message",
    "external_reply",
    "quote",
    "reply_to_story",
    "reply_to_checklist_task_id",
    "reply_to_poll_option_id",
    "via_bot",
    "guest_bot_caller_user",
    "guest_bot_caller_chat",
    "edit_date",
    "has_protected_content",
    "is_from_offline",
    "is_paid_post",
    "media_group_id",
    "author_signature",
    "paid_star_count",
    "text",
    "entities",
    "link_preview_options",
    "suggested_post_info",
    "effect_id",
    "rich_message",
    "animation",
    "audio",
    "document",
    "live_photo",
    "paid_media",
    "photo",
    "sticker",
    "story",
    "video",
    "video_note",
    "voice",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "checklist",
    "contact",
    "dice",
    "game",
    "poll",
    "venue",
    "location",
    "new_chat_members",
    "left_chat_member",
    "chat_owner_left",
    "chat_owner_changed",
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "channel_chat_created",
    "message_auto_delete_timer_changed",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "invoice",
    "successful_payment",
    "refunded_payment",
    "users_shared",
    "chat_shared",
    "gift",
    "unique_gift",
    "gift_upgrade_sent",
    "connected_website",
    "write_access_allowed",
    "passport_data",
    "proximity_alert_triggered",
    "boost_added",
    "chat_background_set",
    "checklist_tasks_done",
    "checklist_tasks_added",
    "direct_message_price_changed",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "giveaway_created",
    "giveaway",
    "giveaway_winners",
    "giveaway_completed",
    "managed_bot_created",
    "paid_message_price_changed",
    "poll_option_added",
    "poll_option_deleted",
    "suggested_post_approved",
    "suggested_post_approval_failed",
    "suggested_post_declined",
    "suggested_post_paid",
    "suggested_post_refunded",
    "video_chat_scheduled",
    "video_chat_started",
    "video_chat_ended",
    "video_chat_participants_invited",
    "web_app_data",
    "reply_markup",
)
"""Every optional field of ``Message`` in Bot API 10.1 (core.telegram.org/bots/api#message)."""

NO_COMMENT = {
    **IGNORED,
    "sender_business_bot": "our own answer, or another bot's, sent on the owner's behalf",
}
"""Fields that make no comment, and why."""

SET_BY_TELEGRAM = ("from", "business_connection_id")
"""Every message of a business account has these two: alone they are a message with nothing else in it."""

VALUES: dict[str, Any] = {
    "text": "x",
    "caption": "x",
    "sender_business_bot": {"id": 1, "is_bot": True, "first_name": "Мост"},
    "sender_chat": {"id": -5, "title": "x", "type": "channel"},
    "reply_to_message": {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}},
    "dice": {"emoji": "🎲", "value": 5},
    "photo": [{"file_id": "x", "file_unique_id": "u", "width": 1, "height": 1}],
}
"""Where an empty object would not be what Telegram sends; the fixtures have the other kinds in full."""


@pytest.mark.parametrize("field", MESSAGE_FIELDS)
def test_each_field_makes_one_comment_or_is_ignored_for_a_reason(world: World, field: str) -> None:
    """An update with only this field makes exactly one comment, or none for a written reason, and never a dead letter."""
    fields = {} if field in SET_BY_TELEGRAM else {field: VALUES.get(field, {})}
    world.client_writes(**{"text": None, **fields})
    world.settle()
    comments = [one for task in world.planfix.tasks() for one in world.comments(task.id)]
    assert len(comments) == (0 if field in NO_COMMENT else 1)
    assert all(one.description.strip() for one in comments)
    assert world.waiting("to-planfix-dead.fifo") == []
    counted = {name for name in ("ignored_service_message", "echo") if world.count.totals.get(name)}
    assert bool(counted) is (field in NO_COMMENT)


def test_every_ignored_kind_is_a_field_and_has_a_reason() -> None:
    """The list of what is ignored holds nothing that Telegram does not send, and a reason for each."""
    assert set(NO_COMMENT) <= set(MESSAGE_FIELDS)
    assert all(len(reason) > 10 for reason in NO_COMMENT.values())


def test_live_location_is_carried_once(world: World) -> None:
    """Of a live location the first point is carried; the moves after it, which come as edits, are silent."""
    world.client_writes(None, location={"latitude": 55.75, "longitude": 37.61, "live_period": 900})
    update = world.telegram.updates_for(world.bot)[-1]
    world.settle()
    for move in range(1, 4):
        message = {**update["business_message"], "edit_date": move, "location": {"latitude": move, "longitude": move}}
        moved = {"update_id": update["update_id"] + move, "edited_business_message": message}
        body = {"kind": "update", "integration": "main", "received_at": world.clock(), "update": moved}
        world.runtime.queues["to-planfix.fifo"].put(body, group="main:x", deduplication_id=f"move-{move}")
    world.settle()
    assert len(world.comments()) == 1
    assert "55.75,37.61" in world.comments()[0].description
    assert world.count.totals["edit_without_change"] == 3
