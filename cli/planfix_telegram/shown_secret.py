"""The one way in which a secret is ever shown: to a person, who asked for it (docs/decisions/0001)."""

from __future__ import annotations

from planfix_telegram.screen import Screen
from planfix_telegram.texts import say


def offer_secret(screen: Screen, secret: str, question: str = "") -> None:
    """Show what Planfix is to show to us, when the admin wants it and nobody else reads.

    Args:
        screen: where.
        secret: as it is to be typed in Planfix.
        question: asked beforehand; by default that of the scenarios' password.
    """
    if not screen.is_private:
        screen.note(say("secret_needs_terminal"))
        return
    screen.note()
    if screen.confirm(question or say("show_secret_now"), default=False):
        screen.result(secret)
    else:
        screen.note(say("secret_later"))
