"""The rules by which chamber keeps secrets in Parameter Store, so that each reads what the other wrote.

https://github.com/segmentio/chamber documents them; what is checked here is checked before any call.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from awsactivate.errors import AwsactivateError, ProfileError, UsageError
from awsactivate.sessions import limits

STORE_CONFIG = "/_chamber/store-config"
_RESERVED_SERVICE = "_chamber"
_DEFAULT_ALIAS = "alias/parameter_store_key"
_SERVICE = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")
_KEY = re.compile(r"[A-Za-z0-9_.-]+")
_VERSION = re.compile(r"[+-]?[0-9]+")


def service_path(service: str) -> str:
    """Return the path that the parameters of `service` lie on; UsageError where it can be none."""
    if not _SERVICE.fullmatch(service):
        raise UsageError(
            f"{service!r} is no service: parts of letters, digits, `_`, `.` and `-`, with `/` between them"
        )
    path = "/" + service.lower()
    if path.split("/")[1] == _RESERVED_SERVICE:
        raise UsageError(f"the service {_RESERVED_SERVICE} holds chamber's own settings, not secrets")
    if re.match(r"/(aws|ssm)", path):
        raise UsageError(f"{service!r} is no service: Parameter Store keeps names that begin with aws or ssm")
    return path


def parameter_name(service: str, key: str) -> str:
    """Return the parameter's name of a service's key, in lower case; UsageError where it can be none."""
    path, _, exact = exact_name(service, key).rpartition("/")
    return f"{path}/{exact.lower()}"


def exact_name(service: str, key: str) -> str:
    """Return the parameter's name of a key that is spelt exactly so, as chamber's import keeps it."""
    checked_key(key)
    name = f"{service_path(service)}/{key}"
    if len(name) > limits.LONGEST_PARAMETER_NAME:
        raise UsageError(
            f"the name of the key {key!r} is too long: {limits.LONGEST_PARAMETER_NAME} characters"
            " with its service"
        )
    return name


def checked_key(key: str) -> str:
    """Return `key` in the lower case that is kept; UsageError where it can be none."""
    if not _KEY.fullmatch(key):
        raise UsageError(f"{key!r} is no key: letters, digits, `_`, `.` and `-`")
    return key.lower()


def key_of(name: str) -> str:
    """Return the key that a parameter's name ends in."""
    return name.rpartition("/")[2]


def is_read(name: str) -> bool:
    """Tell whether chamber would take the parameter `name` for a secret."""
    return re.fullmatch(r"(/[A-Za-z0-9_.-]+)+", name) is not None and not name.startswith("/_chamber/")


def version_of(description: str) -> int:
    """Return chamber's own version number, which it keeps in the description; 0 where it wrote none."""
    return int(description) if _VERSION.fullmatch(description) else 0


def key_alias(environ: Mapping[str, str]) -> str:
    """Return the alias of the KMS key to encrypt with."""
    alias = environ.get("CHAMBER_KMS_KEY_ALIAS") or _DEFAULT_ALIAS
    return alias if alias.startswith("alias/") else f"alias/{alias}"


def region(environ: Mapping[str, str]) -> str | None:
    """Return the region that chamber is set to, which wins over the credentials' own."""
    return environ.get("CHAMBER_AWS_REGION") or None


def required_tags(store_config: str) -> tuple[str, ...]:
    """Return the tags that every new secret must have, by the store's own configuration."""
    try:
        document = json.loads(store_config)
        tags = document.get("requiredTags") or []
    except (ValueError, AttributeError):
        tags = None
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ProfileError(
            f"{STORE_CONFIG} is not what chamber writes: an object with requiredTags, a list of names"
        )
    return tuple(tags)


def check_tags(key: str, tags: Iterable[str], required: Iterable[str]) -> None:
    """Raise where a new secret would lack a tag that the store requires."""
    missing = [name for name in required if name not in tags]
    if missing:
        raise UsageError(
            f"{key} is new, and {STORE_CONFIG} wants these tags: {', '.join(missing)}",
            "add " + " ".join(f"--tag {name}=VALUE" for name in missing),
        )


def check_value(key: str, value: str) -> None:
    """Raise where Parameter Store, or an environment, could never hold `value`."""
    reason = refusal_of(value)
    if reason:
        raise AwsactivateError(f"{key}: {reason}")


def refusal_of(value: str) -> str:
    """Say why `value` can't be kept; '' where it can."""
    if not value:
        return "Parameter Store keeps no empty value"
    if "\0" in value:
        return "a value with a NUL byte, which no environment can hold"
    size = len(value.encode())
    if size > limits.ADVANCED_PARAMETER_BYTES:
        return f"a value of {size} bytes, and a parameter holds at most {limits.ADVANCED_PARAMETER_BYTES}"
    return ""
