"""Answers that are held for clients of an account go out when the account is put back into the settings."""

from __future__ import annotations

from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from bridge.aws.parameters import KEPT
from bridge.errors import BridgeError
from bridge.flows.connection_care import look_at_channel
from bridge.queued import as_json
from planfix_telegram.context import CommandContext
from planfix_telegram.deployment import TO_TELEGRAM_QUEUE
from planfix_telegram.problem import Problem
from planfix_telegram.store import Change
from planfix_telegram.texts import say

MARGIN: Final = 15.0
"""Seconds after which, beyond `KEPT`, every container reads the new settings, whatever its clock says."""


def wake_held(context: CommandContext, change: Change) -> None:
    """Let the bridge look at the accounts that a change put into the settings, if answers wait for their clients.

    What fails here fails nothing: the settings are written, and the bridge looks by itself every ten minutes.
    """
    if change.settings is None or change.before.settings_text is None:
        return
    added = [key for key in change.settings.channels if key not in change.before.settings.get("channels", {})]
    try:
        waiting = context.deployment.waiting(context.outside.unix_time) if added else None
        counts = {key: len(waiting.clients_with_held(change.before.alias, key)) for key in added} if waiting else {}
        for channel, count in counts.items():
            if count:
                _look_soon(context, change.before.alias, channel)
                context.screen.result(say("held_go_out", channel=channel, count=count))
    except (Problem, BridgeError, BotoCoreError, ClientError):
        context.screen.note(say("held_go_out_later"))


def _look_soon(context: CommandContext, alias: str, channel: str) -> None:
    now = context.outside.unix_time()
    timer, group = look_at_channel(alias, channel, now + KEPT + MARGIN)
    queue = context.deployment.queue(context.deployment.output(TO_TELEGRAM_QUEUE))
    queue.put(as_json(timer._replace(received_at=now)), group=group, deduplication_id=context.outside.new_id())
