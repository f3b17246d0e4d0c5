"""The way to AWS: this machine's clock, proxies and certificates."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from awsactivate.diagnosis.finding import Finding
from awsactivate.profiles.model import Profiles
from awsactivate.sessions import addresses

SKEW_REFUSED = 30  # seconds: a TOTP code's window; signatures are refused from 300 on
_SKEW_UNCERTAIN = 5
_CA_NAMES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
_PROXY_NAMES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_PROXY_SCHEMES = ("http://", "https://", "socks5://", "socks5h://")
_BEGIN = "-----BEGIN CERTIFICATE-----"


def of_clock(seconds: int, host: str, platform: str) -> Finding:
    """Judge how many seconds this machine's clock is ahead of that of `host` (negative: behind)."""
    way = "ahead of" if seconds > 0 else "behind"
    if abs(seconds) <= _SKEW_UNCERTAIN:
        return Finding("clock", "ok", f"{abs(seconds)} s {way} AWS's ({host})")
    refused = "signatures" if abs(seconds) >= 300 else "MFA codes made here"
    message = f"this machine's clock is {abs(seconds)} s {way} AWS's ({host})"
    hint = "sudo sntp -sS time.apple.com" if platform == "darwin" else "sudo timedatectl set-ntp true"
    if abs(seconds) < SKEW_REFUSED:
        return Finding("clock", "warning", f"{message}: near to where codes are refused", hint)
    return Finding("clock", "error", f"{message}: AWS refuses {refused}", hint)


def of_proxies(environ: Mapping[str, str]) -> list[Finding]:
    """Judge the proxies that are set; what may be a password in their URLs is left out."""
    return [*_each_proxy(environ)] or [Finding("network", "ok", "no proxy is set")]


def _each_proxy(environ: Mapping[str, str]) -> Iterator[Finding]:
    for name in _PROXY_NAMES:
        upper, lower = environ.get(name), environ.get(name.lower())
        if upper and lower and upper != lower:
            message = f"{name} and {name.lower()} differ: each program takes its own"
            yield Finding("network", "error", message, f"unset {name}")
            continue
        value = lower or upper
        if not value:
            continue
        spoken = name.lower() if lower else name
        if name == "NO_PROXY":
            yield Finding("network", "ok", f"{spoken} is {value}")
            continue
        place = addresses.place(value)
        if place is None or not place.startswith(_PROXY_SCHEMES):
            message = f"{spoken} is no proxy's URL such as http://proxy.example.com:3128"
            yield Finding("network", "error", message, f"unset {spoken}, or set it anew")
        elif place.startswith("socks") and name != "ALL_PROXY":
            message = f"{spoken} names a proxy that speaks socks, which AWS's SDK for Python does not"
            yield Finding("network", "error", message, f"name one that speaks http, or unset {spoken}")
        else:
            yield Finding("network", "ok", f"{spoken} is {place}")
    if addresses.place(_value(environ, "ALL_PROXY") or "file:///") and not _value(environ, "HTTPS_PROXY"):
        message = "ALL_PROXY is set and HTTPS_PROXY is not: AWS's SDKs don't read ALL_PROXY"
        yield Finding("network", "warning", message, "export HTTPS_PROXY too")
    if environ.get("SSL_CERT_FILE") and not environ.get("AWS_CA_BUNDLE"):
        message = "SSL_CERT_FILE is set and AWS_CA_BUNDLE is not: AWS's SDKs don't read SSL_CERT_FILE"
        yield Finding("network", "warning", message, 'export AWS_CA_BUNDLE="$SSL_CERT_FILE"')


def _value(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name.lower()) or environ.get(name) or ""


def bundles(environ: Mapping[str, str], profiles: Profiles | None) -> dict[str, str]:
    """Name the CA bundles that are in use: what names it → the file."""
    found = {name: environ[name] for name in _CA_NAMES if environ.get(name)}
    for profile in (profiles or {}).values():
        value = profile.values.get("ca_bundle")
        if isinstance(value, str):
            found[f"ca_bundle of profile {profile.name!r}"] = value
    return found


def of_bundle(named_by: str, path: str, text: str | None, problem: str) -> Finding:
    """Judge one CA bundle by its `text`, None where it can't be read for `problem`."""
    if text is None:
        message = f"{named_by} can't be read: {problem}"
    elif _BEGIN not in text:
        message = f"{named_by} holds no certificate"
    else:
        return Finding("network", "ok", f"{named_by} holds {text.count(_BEGIN)} certificates", file=path)
    hint = f"unset {named_by}" if named_by in _CA_NAMES else f"ls -l {shlex.quote(path)}"
    return Finding("network", "error", message, hint, path)
