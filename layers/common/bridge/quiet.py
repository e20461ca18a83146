"""Libraries that print what must not be printed are kept quiet, whatever level the root logger has."""

from __future__ import annotations

import logging
from typing import Final

TALKATIVE: Final = ("httpx", "httpcore", "botocore", "boto3", "urllib3")
"""At INFO httpx prints addresses, which hold the bot token; at DEBUG the others print headers and bodies."""


def quiet_libraries() -> None:
    """Let them print warnings only."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
