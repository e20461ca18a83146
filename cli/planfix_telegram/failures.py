"""What a failure of AWS, Telegram or Planfix means to the admin: one row a failure, each with its sentence."""

from __future__ import annotations

import traceback
from typing import Final

from botocore import exceptions as aws

from bridge.errors import BridgeError, Reason
from bridge.texts import Texts
from planfix_telegram.problem import Problem
from planfix_telegram.texts import current_language

_AWS_CODES: Final = {
    **dict.fromkeys(
        ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"), "aws_credentials_expired"
    ),
    **dict.fromkeys(
        (
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "InvalidAccessKeyId",
            "AuthFailure",
            "IncompleteSignature",
        ),
        "aws_credentials_refused",
    ),
    **dict.fromkeys(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"), "aws_access_denied"),
    **dict.fromkeys(("ThrottlingException", "Throttling", "TooManyUpdates"), "aws_busy"),
    "ResourceNotFoundException": "aws_table_missing",
    **dict.fromkeys(("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"), "aws_queue_missing"),
}
"""Error codes as AWS services send them (their common errors pages; older services leave `Exception` off)."""

_CLOCK_CODES: Final = {"RequestTimeTooSkewed", "RequestInTheFuture"}
_CLOCK_WORDS: Final = ("Signature expired", "Signature not yet current")
"""Of a signature whose time is more than five minutes off (IAM guide, "Troubleshoot Signature Version 4")."""

_AWS_ERRORS: Final[tuple[tuple[tuple[type[Exception], ...], str], ...]] = (
    ((aws.ProfileNotFound,), "aws_profile_unknown"),
    ((aws.NoRegionError,), "aws_no_region"),
    ((aws.InvalidRegionError,), "aws_region_invalid"),
    (
        (aws.SSOTokenLoadError, aws.UnauthorizedSSOTokenError, aws.TokenRetrievalError),
        "aws_credentials_expired",
    ),
    (
        (aws.NoCredentialsError, aws.PartialCredentialsError, aws.CredentialRetrievalError, aws.NoAuthTokenError),
        "aws_no_credentials",
    ),
    ((aws.ConnectionError, aws.HTTPClientError), "aws_unreachable"),
)

_SERVICE_REASONS: Final = {
    Reason.BOT_TOKEN_REVOKED: "bot_token_wrong",
    Reason.PLANFIX_TOKEN_REFUSED: "planfix_token_wrong",
    Reason.PLANFIX_SCOPE_MISSING: "planfix_scopes",
    Reason.PLANFIX_CHAT_TOKEN_REFUSED: "chat_key_wrong",
    Reason.PLANFIX_CHAT_ADDRESS: "chat_address_wrong",
    Reason.PLANFIX_QUOTA: "planfix_quota",
    Reason.TOO_MANY_REQUESTS: "telegram_busy",
}


def explain(error: Exception) -> Problem:
    """The sentence that an error becomes."""
    if isinstance(error, aws.ClientError):
        return _refused_by_aws(error)
    for kinds, key in _AWS_ERRORS:
        if isinstance(error, kinds):
            return Problem(key, detail=str(error))
    if isinstance(error, BridgeError):
        return explain_service(error, "Telegram/Planfix")
    if isinstance(error, aws.BotoCoreError):
        return Problem("aws_other", detail=str(error))
    # only the kind and the place: the words of an unknown error may hold a secret
    places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    return Problem("program_fault", kind=type(error).__name__, place=" ".join(places[-1:]))


def explain_service(error: BridgeError, service: str) -> Problem:
    """The sentence for a refusal or silence of Telegram or Planfix.

    Args:
        error: as bridge.telegram or bridge.planfix raised it; its detail is free of secrets.
        service: its address, for the sentence.
    """
    detail = error.detail.rstrip(".")
    if error.reason in {Reason.UNREACHABLE, Reason.SERVICE_DOWN}:
        return Problem("service_unreachable", service=service, detail=detail or error.reason.value)
    if error.reason in _SERVICE_REASONS:
        return Problem(_SERVICE_REASONS[error.reason], service=service, detail=detail)
    if error.reason is Reason.UNKNOWN_ERROR:
        return Problem("service_strange", service=service, detail=detail)
    why = Texts(current_language()).why(error.reason, detail)
    return Problem("service_refused", service=service, why=why, detail=detail)


def _refused_by_aws(error: aws.ClientError) -> Problem:
    said = error.response.get("Error", {})
    code, message = str(said.get("Code", "")), str(said.get("Message", ""))
    if code in _CLOCK_CODES or any(words in message for words in _CLOCK_WORDS):
        return Problem("aws_clock", detail=message)
    if code in _AWS_CODES:
        return Problem(_AWS_CODES[code], operation=error.operation_name, detail=message)
    return Problem("aws_other", detail=f"{error.operation_name}: {code} {message}".strip())
