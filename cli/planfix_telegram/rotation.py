"""A secret that both sides must change at different moments: both values are valid until the new one was seen in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from bridge.aws.parameters import KEPT
from planfix_telegram.context import CommandContext
from planfix_telegram.log_lines import lines
from planfix_telegram.problem import Problem
from planfix_telegram.saving import show_and_write
from planfix_telegram.store import Change
from planfix_telegram.texts import say
from planfix_telegram.validation import route_of, secrets_of

MARGIN: Final = 15.0
"""Seconds after which, beyond `KEPT`, every container reads what was stored, whatever its clock says."""

LOOK_EVERY: Final = 5.0
"""Seconds between two looks into a door's log."""

LATE: Final = 15.0
"""Seconds that a line may take to be found in CloudWatch Logs: so much is read again."""

OLDER: Final = "older secret"
"""What a door's log says when the older of two values was shown (bridge/doors/lock.py)."""


class Rotation:
    """One secret of one integration, of which two values may be valid.

    Args:
        context: this call's belongings.
        alias: the integration's.
        name: `webhook_secrets` or `planfix_secrets`.
        log: log group of its door, by its name in template.yaml.
    """

    def __init__(self, context: CommandContext, alias: str, name: str, log: str) -> None:
        self._context = context
        self._alias = alias
        self._name = name
        group = context.deployment.resources.get(log)
        if group is None:
            raise Problem("output_missing", stack=context.deployment.stack, name=log)
        self._group = group

    def begin(self) -> str:
        """Store a new value beside the present one, unless a former run has, and wait until every function knows it."""
        stored = self._context.deployment.load(self._alias)
        values = list(stored.secrets.get(self._name, ()))
        if len(values) < 2:  # noqa: PLR2004 - the newer and the older
            values = [self._context.outside.new_secret(), *values]
            self._write(values)
            with self._context.screen.progress(say("rotation_takes_effect")):
                self._context.outside.sleep(KEPT + MARGIN)
        else:
            self._context.screen.note(say("rotation_goes_on"))
        return str(values[0])

    def wait_until_seen(self, phrases: Mapping[str, Sequence[str]], longest: float, sentence: str) -> list[str]:
        """Wait until each of these was seen with the new value, and after it no older one.

        Args:
            phrases: what the door's log says, by a name for it.
            longest: seconds.
            sentence: shown meanwhile.

        Returns:
            Names of those that were not seen.
        """
        outside = self._context.outside
        began, until = outside.unix_time(), outside.clock() + longest
        looked, older, seen = began, began, dict.fromkeys(phrases, 0.0)
        with self._context.screen.progress(sentence):
            while outside.clock() < until:
                outside.sleep(LOOK_EVERY)
                since, looked = max(began, looked - LATE), outside.unix_time()
                older = max(older, self._newest((OLDER,), since, lambda said: said.get("integration") == self._alias))
                for name, words in phrases.items():
                    seen[name] = max(seen[name], self._newest(words, since, self._is_ours))
                if all(at > older for at in seen.values()):
                    break
        return [name for name, at in seen.items() if at <= older]

    def end(self) -> None:
        """Only the new value is valid from now on."""
        stored = self._context.deployment.store.load(self._alias)
        self._write(list(stored.secrets[self._name])[:1])

    def _write(self, values: Sequence[str]) -> None:
        stored = self._context.deployment.store.load(self._alias)
        raw = {**stored.secrets, self._name: list(values)}
        secrets = secrets_of(raw, self._alias, route_of(stored.settings))
        show_and_write(self._context, [Change(stored, secrets=secrets)], yes=True)

    def _newest(self, phrases: Sequence[str], since: float, is_meant: Callable[[Mapping[str, Any]], bool]) -> float:
        """When the newest such line was written, Unix seconds; 0 when there is none."""
        read = partial(lines, self._context.deployment.client("logs"), self._group)
        found = read(phrases, since, self._context.outside.unix_time())
        return max((one.at for one in found if is_meant(one.said)), default=0.0)

    def _is_ours(self, said: Mapping[str, Any]) -> bool:
        return str(said.get("group", "")).startswith(f"{self._alias}:")
