"""What to do about what may or may not have reached the client: Telegram offers no way to look, so the setting decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridge.answer import AnswerRef
    from bridge.flows.integration import Integration


def may_repeat(to: Integration, ref: AnswerRef, *, repeated: bool) -> bool:
    """Whether it goes out again by itself (`on_unknown_delivery`: resend); else an employee is asked.

    It goes out again once only, and not while Telegram answers nothing at all: what is lost each time arrives each time.

    Args:
        to: the integration.
        ref: the answer.
        repeated: it went out again already.

    Raises:
        RetryLater, OutcomeUnknown, Misconfigured: Telegram does not answer.
    """
    policy = "ask" if repeated else to.settings.on_unknown_delivery
    if policy == "resend":
        to.bot.get_me()
    to.count("unknown_delivery")
    to.log.warning("delivery unknown", extra={"chat": ref.chat.key, "comment": ref.number, "policy": policy})
    return policy == "resend"


def what_now(to: Integration, ref: AnswerRef, key: str) -> dict[str, Any] | None:
    """What becomes of an effect, by its ledger key, whose outcome was lost: ``{"asked"}``, or None to do it once more."""
    repeated = to.effects.outcome(again_key(key)) is not None
    if not may_repeat(to, ref, repeated=repeated):
        return {"asked": 1}
    to.effects.renew(again_key(key), 1)
    return None


def again_key(key: str) -> str:
    """The ledger key of the one repetition of what may have gone out."""
    return f"again#{key}"


def not_sent_again(to: Integration, key: str) -> None:
    """Telegram told us to wait instead: the repetition is still to come."""
    if to.effects.outcome(again_key(key)) is not None:
        to.effects.forget(again_key(key))


def forget_doubt(to: Integration, key: str) -> None:
    """Somebody looked: it may go out again as if it never had."""
    to.effects.forget(key)
    to.effects.forget(again_key(key))
