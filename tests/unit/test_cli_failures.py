"""What failures of AWS, Telegram and Planfix become."""

from __future__ import annotations

import pytest
from botocore import exceptions as aws

from bridge.errors import Misconfigured, OutcomeUnknown, Reason, Refused, RetryLater
from planfix_telegram.failures import explain, explain_service
from planfix_telegram.pace import LocalPace
from planfix_telegram.texts import speak


@pytest.fixture(autouse=True)
def _english():
    speak("en")


def _client_error(code: str, operation: str = "PutParameter", message: str = "no") -> aws.ClientError:
    return aws.ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (aws.NoCredentialsError(), "aws_no_credentials"),
        (aws.PartialCredentialsError(provider="env", cred_var="secret"), "aws_no_credentials"),
        (aws.NoRegionError(), "aws_no_region"),
        (aws.InvalidRegionError(region_name="x y"), "aws_region_invalid"),
        (aws.ProfileNotFound(profile="x"), "aws_profile_unknown"),
        (aws.UnauthorizedSSOTokenError(), "aws_credentials_expired"),
        (aws.SSOTokenLoadError(error_msg="x"), "aws_credentials_expired"),
        (aws.TokenRetrievalError(provider="sso", error_msg="x"), "aws_credentials_expired"),
        (aws.EndpointConnectionError(endpoint_url="https://x"), "aws_unreachable"),
        (aws.ConnectTimeoutError(endpoint_url="https://x"), "aws_unreachable"),
        (aws.ReadTimeoutError(endpoint_url="https://x"), "aws_unreachable"),
        (aws.SSLError(endpoint_url="https://x", error="x"), "aws_unreachable"),
        (aws.ParamValidationError(report="x"), "aws_other"),
        (_client_error("ExpiredToken"), "aws_credentials_expired"),
        (_client_error("ExpiredTokenException"), "aws_credentials_expired"),
        (_client_error("UnrecognizedClientException"), "aws_credentials_refused"),
        (_client_error("InvalidClientTokenId"), "aws_credentials_refused"),
        (_client_error("AccessDenied"), "aws_access_denied"),
        (_client_error("AccessDeniedException"), "aws_access_denied"),
        (_client_error("ThrottlingException"), "aws_busy"),
        (_client_error("ResourceNotFoundException", "Query"), "aws_table_missing"),
        (
            _client_error("InvalidSignatureException", message="Signature expired: 20261125T1 is now earlier than"),
            "aws_clock",
        ),
        (_client_error("InternalServerError"), "aws_other"),
        (RuntimeError("with a secret in it"), "program_fault"),
    ],
)
def test_every_failure_is_one_sentence(error, key):
    """Known failures have their own; the rest say what AWS said, or that the program is at fault."""
    problem = explain(error)
    assert problem.key == key
    assert str(problem)
    assert problem.exit_code == 1


def test_the_words_of_an_unknown_error_are_kept_back():
    """They may hold a secret: only the error's kind and place are said."""
    assert "secret" not in str(explain(RuntimeError("with a secret in it")))


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (Misconfigured(Reason.BOT_TOKEN_REVOKED), "bot_token_wrong"),
        (Misconfigured(Reason.PLANFIX_TOKEN_REFUSED), "planfix_token_wrong"),
        (Misconfigured(Reason.PLANFIX_SCOPE_MISSING), "planfix_scopes"),
        (RetryLater(60, Reason.PLANFIX_QUOTA), "planfix_quota"),
        (RetryLater(60, Reason.TOO_MANY_REQUESTS), "telegram_busy"),
        (RetryLater(30, Reason.UNREACHABLE), "service_unreachable"),
        (OutcomeUnknown(Reason.SERVICE_DOWN), "service_unreachable"),
        (Refused(Reason.UNKNOWN_ERROR, "HTTP 404"), "service_strange"),
        (Misconfigured(Reason.PLANFIX_PLAN, "20 not paid"), "service_refused"),
    ],
)
def test_a_services_refusal_is_one_sentence(error, key):
    """Those that an admin meets have their own sentence; the rest borrow the bridge's."""
    problem = explain_service(error, "acme.planfix.ru")
    assert problem.key == key
    assert str(problem)


def test_planfix_is_asked_at_most_once_a_second():
    """Calls follow each other a second and a little more apart, and wait when Planfix says so."""
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 2))
        now[0] += seconds

    pace = LocalPace(1, lambda: now[0], sleep)
    pace.take()
    pace.take()
    pace.hold_off(10, Reason.PLANFIX_QUOTA)
    pace.take()
    now[0] += 60
    pace.take()
    assert slept == [1.05, 10.0]
