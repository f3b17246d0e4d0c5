"""The way to AWS: the clock beside AWS's, proxies, and certificates."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from awsactivate.background import Background
from awsactivate.commandline import Context
from awsactivate.diagnosis import network as judging
from awsactivate.diagnosis.finding import Finding
from awsactivate.errors import AwsactivateError, ProfileError, UnreachableError
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import partitions

_SECONDS = 5.0  # for what may never answer


def begin_clock(context: Context) -> Background[Finding]:
    """Begin to ask AWS for the time."""
    return Background(lambda: _check_clock(context))


def end_clock(begun: Background[Finding]) -> Finding:
    """Return what came of it; whoever does not answer in five seconds is not waited for."""
    found = begun.result_within(_SECONDS)
    if found is None:
        return _offline(f"AWS did not answer in {_SECONDS:g} s")
    return found


def _check_clock(context: Context) -> Finding:
    from awsactivate.aws import clock

    environ = context.environ
    try:
        url = clock.endpoint(partitions.named_in(environ))
        seconds = clock.measure_skew(url, environ, context.clock, _SECONDS)
    except UnreachableError as error:
        return _offline(error.message, error.hint)
    except AwsactivateError as error:
        return Finding("clock", "warning", f"not compared: {error.message}", error.hint)
    return judging.of_clock(seconds, urlsplit(url).hostname or url, sys.platform)


def _offline(message: str, hint: str | None = None) -> Finding:
    hint = hint or "check the network, the proxy and the CA bundle"
    return Finding("clock", "warning", f"not compared with AWS's: {message}", hint)


def check_network(context: Context) -> Iterator[Finding]:
    """Look at proxies, and at the certificates that servers are known by."""
    yield from judging.of_proxies(context.environ)
    try:
        profiles = read_profiles(context.environ)
    except ProfileError:  # told where the files are looked at
        profiles = None
    for named_by, path in judging.bundles(context.environ, profiles).items():
        text, problem = None, ""
        try:
            text = Path(path).expanduser().read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            problem = error.strerror or type(error).__name__
        yield judging.of_bundle(named_by, path, text, problem)
