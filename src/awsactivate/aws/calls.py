"""One call by a client of botocore's, with what it raises told in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore import xform_name
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  (botocore's own name)
    EndpointConnectionError,
    HTTPClientError,
)

from awsactivate.aws import clients, refusals
from awsactivate.aws.answers import NoAnswer, Unreadable
from awsactivate.errors import ProfileError


def call(client: Any, name: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Call an operation: Refused where AWS says no, NoAnswer where it says nothing.

    What botocore refuses by itself is an error of ours already.
    """
    try:
        values: Mapping[str, Any] = getattr(client, xform_name(name))(**parameters) or {}
    except ClientError as error:
        raise refusals.refused(error) from error
    except clients.NoAnswerOfAwsError as error:
        raise Unreadable(str(error)) from error
    except (ConnectionError, HTTPClientError) as error:
        raise NoAnswer(str(error), was_never_sent=isinstance(error, EndpointConnectionError)) from error
    except BotoCoreError as error:
        raise refusals.translated(error, doing=name) from error
    except Exception as error:  # all else is botocore stumbling over what is configured, where it needs it
        reason = f"{name}: the settings can't be used ({type(error).__name__})"
        raise ProfileError(reason, "awsactivate doctor") from error
    return values
