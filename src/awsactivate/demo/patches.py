"""What of moto is replaced while the embedded AWS runs, which therefore wants exactly this version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from moto import backends
from moto.core import responses
from moto.iam import models as iam_models
from moto.iam.access_control import PermissionResult
from moto.iam.utils import generate_access_key_id_from_account_id
from moto.kms.models import Key as KmsKey
from moto.s3.models import FakeBucket

MOTO_VERSION = "5.2.5"


@contextmanager
def applied() -> Iterator[None]:
    """Replace, and in the end put back."""
    replaced = [(owner, name, getattr(owner, name)) for owner, name, _ in _PATCHES]
    for owner, name, make in _PATCHES:
        setattr(owner, name, make(getattr(owner, name)))
    try:
        yield
    finally:
        for owner, name, original in replaced:
            setattr(owner, name, original)


def _with_id(prefix: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give users and groups ids of IAM's form: `aws:userid` is compared with them."""

    def make(original: Callable[..., None]) -> Callable[..., None]:
        def initialize(self: Any, *arguments: Any, **options: Any) -> None:
            original(self, *arguments, **options)
            self.id = generate_access_key_id_from_account_id(self.account_id, prefix, total_length=21)

        return initialize

    return make


def _allowing(_original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep moto from judging a bucket's policy, whose conditions it does not read."""
    return lambda *_arguments: PermissionResult.PERMITTED


def _for_encryption(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give a key the use that KMS gives it where none is named, and say so in what describes it."""

    def initialize(self: Any, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **options)
        self.key_usage = self.key_usage or "ENCRYPT_DECRYPT"

    return initialize


def _keeping_what_is_not_given(original: Callable[..., Any]) -> Callable[..., Any]:
    """Let UpdateRole change what it names, as IAM does: moto empties the description that it does not."""

    def update_role(self: Any, role_name: str, role_description: Any, max_session_duration: Any) -> Any:
        role = self.get_role(role_name)
        description = role.description if role_description is None else role_description
        seconds = role.max_session_duration if max_session_duration is None else max_session_duration
        return original(self, role_name, description, seconds)

    return update_role


def _listed_once(original: Callable[[], Any]) -> Callable[[], Any]:
    """Read the folder of moto's services once, and not for every request."""
    return cache(lambda: tuple(original()))


_PATCHES: list[tuple[Any, str, Callable[[Any], Any]]] = [
    (iam_models.User, "__init__", _with_id("AIDA")),
    (iam_models.Group, "__init__", _with_id("AGPA")),
    (iam_models.IAMBackend, "update_role", _keeping_what_is_not_given),
    (KmsKey, "__init__", _for_encryption),
    (FakeBucket, "get_permission", _allowing),
    (backends, "list_of_moto_modules", _listed_once),
    (responses, "method_names_from_class", cache),
]
