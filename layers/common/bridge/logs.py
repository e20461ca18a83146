"""One JSON logger a container, which can neither print a token nor a message's words."""

from __future__ import annotations

import logging
import os
import re
import traceback
from typing import Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from bridge.model import Log
from bridge.quiet import quiet_libraries

_SECRET: Final = re.compile(r"\d{6,}(?::|%3A)[A-Za-z0-9_-]{20,}|(?:Bearer|Basic) [A-Za-z0-9+/=._~-]{8,}")


class _Redacting(LambdaPowertoolsFormatter):
    def format(self, record: logging.LogRecord) -> str:
        return _SECRET.sub("<secret>", super().format(record))


def make_logger() -> Log:
    """The container's logger. Its level is the environment's POWERTOOLS_LOG_LEVEL; libraries stay at WARNING."""
    quiet_libraries()
    return Logger(
        service=os.environ.get("POWERTOOLS_SERVICE_NAME", "bridge"), logger_formatter=_Redacting(), use_rfc3339=True
    )


def where(error: BaseException) -> list[str]:
    """Where an unexpected error came from: files and lines only, since its own words may quote a message."""
    frames = traceback.walk_tb(error.__traceback__)  # reads no source file, as extract_tb does
    return [f"{frame.f_code.co_filename.rpartition('/')[2]}:{line}" for frame, line in frames]
