"""The files that a user's configuration stands in, read from disk."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from awsactivate.errors import ProfileError
from awsactivate.files.user_folders import home, with_variables
from awsactivate.profiles import encodings
from awsactivate.profiles.model import Profiles, parse


def config_path(environ: Mapping[str, str]) -> Path:
    """Return where the AWS config is: `AWS_CONFIG_FILE`, or `~/.aws/config`."""
    return _path(environ.get("AWS_CONFIG_FILE") or "~/.aws/config", environ)


def credentials_path(environ: Mapping[str, str]) -> Path:
    """Return where the shared credentials are: `AWS_SHARED_CREDENTIALS_FILE`, or `~/.aws/credentials`."""
    return _path(environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials", environ)


def read_profiles(environ: Mapping[str, str]) -> Profiles:
    """Read both files, either of which may be missing; ProfileError where one can't be read or understood."""
    config, credentials = config_path(environ), credentials_path(environ)
    return _parsed(read_text(config), read_text(credentials), str(config), str(credentials))


@lru_cache(maxsize=1)
def _parsed(config: str, credentials: str, config_path: str, credentials_path: str) -> Profiles:
    """Parse once what several rooms of this process ask for."""
    return parse(config, credentials, config_path=config_path, credentials_path=credentials_path)


def _path(text: str, environ: Mapping[str, str]) -> Path:
    text = with_variables(text, environ)
    if text.startswith("~/"):
        return home(environ) / text[2:]
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ProfileError(f"{text}: there is no such home folder", "write the whole path") from error


def read_text(path: Path) -> str:
    """Read one of them, "" where it is not there; ProfileError where it can't be read.

    A device such as /dev/null holds nothing, and a pipe, which AWS's tools don't read, would be waited for.
    """
    try:
        kind = path.stat().st_mode
        if stat.S_ISCHR(kind):
            return ""
        if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind):
            raise ProfileError(f"{path} is no regular file, and no other is read", f"ls -lL {path}")
        return encodings.decoded(path.read_bytes())[0].replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        return ""
    except ValueError as error:
        raise ProfileError(f"{path} is not text ({error})", f"file {path}") from error
    except OSError as error:
        raise ProfileError(f"{path} can't be read: {error.strerror}", f"ls -l {path}") from error
