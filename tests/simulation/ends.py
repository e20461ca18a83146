"""``make ends``: what people saw in the end of every seed, kept in a file, and compared with such a file of before.

A rebuilding that changes nothing for people gives the same ends. Where it makes other calls than before, a fault hits another one
and the end may rightly be another; ``--calm`` plays without faults on single calls, and there the ends have to be the same.

    python -m tests.simulation.ends --calm --file before.json
    python -m tests.simulation.ends --calm --against before.json
"""

# ruff: noqa: T201 - a command: it prints what it found

from __future__ import annotations

import argparse
import base64
import difflib
import hashlib
import json
import multiprocessing
import os
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from tests.simulation.chance import Even
from tests.simulation.end import end_of
from tests.simulation.seed import lived

NEAR: Final = 180.0
"""Seconds by which a moment in a text may differ: a call more or less moves it, and texts say minutes."""

SHOWN: Final = 5
"""Seeds that differ whose first difference is shown."""
SHOWN_LINES: Final = 12
"""Lines of such a difference."""
WIDTH: Final = 300
"""Characters of a line that are shown."""

_MOMENT: Final = re.compile(r"\d\d\.\d\d\.\d{4} \d\d:\d\d")


def end(seed: int, *, calm: bool, share: float = 0.5) -> list[str]:
    """Play a seed and look at its end."""
    with lived(seed, Even(share) if calm else None) as (world, _):
        return end_of(world)


def is_same(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether people saw the same; moments in texts may be a little apart."""
    if before == after:
        return True
    one, other = "\n".join(before), "\n".join(after)
    if _MOMENT.sub("", one) != _MOMENT.sub("", other):
        return False
    return all(abs(_at(a) - _at(b)) <= NEAR for a, b in zip(_MOMENT.findall(one), _MOMENT.findall(other), strict=True))


def _at(moment: str) -> float:
    return datetime.strptime(moment, "%d.%m.%Y %H:%M").replace(tzinfo=UTC).timestamp()


def difference(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """The first place in which two ends differ, with whose it is: ``-`` before, ``+`` now."""
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for what, a, until_a, b, until_b in matcher.get_opcodes():
        if what != "equal" and not is_same(before[a:until_a], after[b:until_b]):
            yield next((line for line in reversed([*before[:a], *before[a:until_a][:1]]) if line.startswith("==")), "")
            yield from (f"- {line}" for line in before[a:until_a])
            yield from (f"+ {line}" for line in after[b:until_b])
            return


def packed(lines: Sequence[str]) -> dict[str, str]:
    """An end as the file keeps it."""
    text = "\n".join(lines).encode()
    return {
        "digest": hashlib.sha256(text).hexdigest(),
        "end": base64.b64encode(zlib.compress(text, 9)).decode("ascii"),
    }


def unpacked(kept: dict[str, str]) -> list[str]:
    """The lines of such an end."""
    return zlib.decompress(base64.b64decode(kept["end"])).decode().split("\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, keep, compare; the exit code says whether all ends are the same."""
    parser = argparse.ArgumentParser(description="What people saw in the end of every seed.")
    parser.add_argument("--seeds", type=int, default=500, help="how many seeds, from 0")
    parser.add_argument("--calm", action="store_true", help="without faults on single calls")
    parser.add_argument("--file", type=Path, help="where to write the ends")
    parser.add_argument("--against", type=Path, help="ends of before, of the same mode")
    parser.add_argument("--show", type=int, help="print this seed's end, and nothing else")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="at once")
    asked = parser.parse_args(arguments)
    if asked.show is not None:
        print("\n".join(end(asked.show, calm=asked.calm)))
        return 0
    before = _read(asked.against, calm=asked.calm) if asked.against else {}
    seeds = range(asked.seeds)
    if asked.against and (missing := [seed for seed in seeds if str(seed) not in before]):
        sys.exit(
            f"{asked.against} has no end of seed {missing[0]}: play fewer with SEEDS={missing[0]}, or make it anew."
        )
    ends, differing = {}, []
    with multiprocessing.Pool(asked.processes) as pool:
        for seed, now in zip(seeds, pool.imap(partial(end, calm=asked.calm), seeds, chunksize=5), strict=True):
            ends[str(seed)] = packed(now)
            if asked.against and not is_same(then := unpacked(before[str(seed)]), now):
                differing.append(seed)
                _show(seed, len(differing), then, now)
    if asked.file:
        asked.file.write_text(json.dumps({"calm": asked.calm, "ends": ends}, indent=0) + "\n", "utf-8")
    together = hashlib.sha256("".join(one["digest"] for one in ends.values()).encode()).hexdigest()[:16]
    print(f"{len(ends)} seeds{', calm' if asked.calm else ''}: {together}")
    if asked.against:
        print(
            f"The ends of {len(differing)} are other ones: {', '.join(map(str, differing))}"
            if differing
            else "All ends are the same."
        )
    return 1 if differing else 0


def _read(file: Path, *, calm: bool) -> dict[str, Any]:
    kept = json.loads(file.read_text("utf-8"))
    if kept["calm"] != calm:
        sys.exit(f"{file} was made {'with' if kept['calm'] else 'without'} --calm.")
    return dict(kept["ends"])


def _show(seed: int, number: int, before: Sequence[str], after: Sequence[str]) -> None:
    if number <= SHOWN:
        print(f"seed {seed} ends differently:")
        for line in islice(difference(before, after), SHOWN_LINES):
            print(f"    {line[:WIDTH]}{'…' if len(line) > WIDTH else ''}")
        sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
