"""What botocore takes for throttling is throttling for us; what may pass is asked again, no code twice."""

from __future__ import annotations

import pytest
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker

from awsactivate.aws import sts
from awsactivate.aws.answers import THROTTLED_CODES, Refused
from awsactivate.aws.sts import Sts
from awsactivate.aws.ways import Answer
from awsactivate.errors import AwsactivateError
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.steps import Step

STEP = Step("GetSessionToken", 3600, mfa_serial="arn:aws:iam::111122223333:mfa/a")


def test_the_codes_are_botocores() -> None:
    assert set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES) == THROTTLED_CODES
    assert Refused("Unheard", "", {}, 429).is_throttling


def test_the_statuses_are_botocores() -> None:
    statuses = TransientRetryableChecker._TRANSIENT_STATUS_CODES
    assert [n for n in range(300, 600) if Refused("", "", {}, n).is_out_of_order] == statuses


@pytest.mark.parametrize(
    ("code", "status", "with_code", "asked"),
    [
        ("InternalFailure", 500, None, 3),
        ("503", 503, None, 3),
        ("InternalFailure", 500, "123456", 1),
        ("SlowDown", 503, "123456", 3),
        ("AccessDenied", 403, None, 1),
    ],
)
def test_sts_is_asked_again(
    code: str, status: int, with_code: str | None, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    class Refusing:
        def __init__(self, *_words: object, **_more: object) -> None: ...

        def call(self, operation: str, _parameters: object) -> Answer:
            calls.append(operation)
            raise Refused(code, "no", {}, status)

    monkeypatch.setattr(sts, "Way", Refusing)
    monkeypatch.setattr(sts, "_PAUSES", (0, 0))
    with pytest.raises(AwsactivateError):
        Sts(Credentials("AKIA", "secret"), None).run(STEP, with_code)
    assert len(calls) == asked
