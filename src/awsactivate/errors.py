"""The errors that a user can cause or meet, each with its exit status.

Only `awsactivate.cli` catches these. A message is one line without a full stop; a hint, where there is
something to do, is the command that mends it. Neither ever holds a secret.
"""

from __future__ import annotations


class AwsactivateError(Exception):
    """Something a user can cause, or must know of.

    `message` says what is wrong, `hint` (or None) what mends it.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AwsactivateError):
    """The command line asks for something that does not exist or cannot be."""

    exit_code = 2


class ProfileError(AwsactivateError):
    """A profile, or the configuration around it, is missing or contradicts itself."""

    exit_code = 3


class SignInNeededError(ProfileError):
    """A sign-in is missing or has ended: a person who signs in mends it.

    `refused` is the digest of the token that AWS did not take, '' where there was none: what another shell
    has got since is another one.
    """

    def __init__(self, message: str, hint: str | None = None, *, refused: str = "") -> None:
        super().__init__(message, hint)
        self.refused = refused


class TokenOutOfReachError(SignInNeededError):
    """There may be a token in the keyring, which does not give it: `fault` is what that said.

    A person who opens the keyring mends it, or one who signs in anew.
    """

    exit_code = 4

    def __init__(self, message: str, fault: KeyringError) -> None:
        super().__init__(message, fault.hint)
        self.fault = fault


class NoSourceError(ProfileError):
    """A profile is fine, but nothing in it leads to credentials."""


class NoneNamedError(ProfileError):
    """No profile is named, and several could be meant."""


class KeyringError(AwsactivateError):
    """The system keyring is missing, locked, refused or broken."""

    exit_code = 4


class MfaError(AwsactivateError):
    """No MFA code could be had, or AWS refused the one it got."""

    exit_code = 5


class MfaCodeRefusedError(MfaError):
    """AWS refused this code, and would take another."""


class AwsError(AwsactivateError):
    """AWS answered, and said no; `code` is the error code of its answer."""

    exit_code = 6

    def __init__(self, message: str, hint: str | None = None, *, code: str = "") -> None:
        super().__init__(message, hint)
        self.code = code


class AccessDeniedError(AwsError):
    """Policies refused it: the caller's own, or those of what was asked for."""


class DurationError(AwsError):
    """The duration asked for is above the role's MaxSessionDuration."""


class UnreachableError(AwsactivateError):
    """AWS could not be reached at all."""

    exit_code = 7


class InterruptedByUser(AwsactivateError):  # noqa: N818  (it is no error of anybody's)
    """The user pressed Ctrl-C."""

    exit_code = 130
