"""Why AWS could not be reached, in one sentence that a person can act on.

What libraries say is never repeated: they quote the proxy's address with its password, or a piece of it that
they took for a host's name.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # the stubs lack it

from awsactivate.aws.direct import trust
from awsactivate.errors import ProfileError, UnreachableError
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions.addresses import place, without_user

_BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
_CHECK = "check the network, the proxy and the endpoint: awsactivate doctor"
_OF_A_FILE = (errno.ENOENT, errno.EACCES, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)
_NO_CERTIFICATE = "it holds no certificate"
_BUNDLE_OF_PROFILE = "correct ca_bundle in the profile"
_BUNDLE_HINT = "name the bundle in AWS_CA_BUNDLE, or as ca_bundle in the profile"
# OpenSSL's numbers of what is wrong with a certificate
_NOT_YET, _OVER, _OTHER_NAME, _OTHER_ADDRESS = 9, 10, 62, 64


def explained(words: str, cause: BaseException | None, environ: Mapping[str, str]) -> UnreachableError:
    """Return the error that a person is told.

    `words` are botocore's of what happened, by which its kind is known; `cause` is what led to it, and
    `environ` what was read of proxies and bundles.
    """
    sentence, hint = _explained(words, list(_causes(cause)), environ)
    return UnreachableError(f"AWS could not be reached: {sentence}", hint)


def _explained(words: str, causes: list[BaseException], environ: Mapping[str, str]) -> tuple[str, str]:
    found = re.search(r"https?://[^\s\"']+", without_user(words))
    url = found[0].rstrip(".") if found else ""
    host = _host(url)
    is_of_proxy = words.startswith("Failed to connect to proxy")
    proxy = _proxy(environ, "" if is_of_proxy else url)
    # one that hangs up is told by the one library as this, by the other as that
    is_of_proxy = is_of_proxy or (proxy is not None and words.startswith("Connection was closed"))
    if bundle := unreadable_bundle(environ):
        return bundle
    unread = next((cause for cause in causes if _is_of_bundle(cause)), None)
    if unread is not None:  # which file it was, OpenSSL does not tell
        return _bundle_of_profile(environ) or (
            f"the CA bundle of the profile that ca_bundle names can't be read: {_reason(unread)}",
            _BUNDLE_OF_PROFILE,
        )
    if explanation := _of_proxy(causes, proxy, "AWS" if is_of_proxy else host, is_of_proxy=is_of_proxy):
        return explanation
    if words.startswith("SSL validation failed"):
        return _of_certificate(causes, host, environ)
    if words.startswith("Read timeout"):
        return f"{host} did not answer in time", _CHECK
    if words.startswith("Connection was closed"):
        return f"{host} closed the connection without an answer", _CHECK
    sentence, hint = _of_way(words, causes, host)
    if proxy is None and (environ.get("ALL_PROXY") or environ.get("all_proxy")):
        hint = "export HTTPS_PROXY: AWS's SDKs don't read ALL_PROXY"
    return sentence, hint


def unreadable_bundle(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Say which CA bundle can't be read, None where nothing names one or it can."""
    name = next((name for name in _BUNDLES if name in environ), None)
    reason = _unreadable(environ[name]) if name else None
    if reason is None:
        return None
    return _of_bundle(environ[name or ""], name or "", reason), f"unset {name}, or name the bundle"


def _bundle_of_profile(environ: Mapping[str, str]) -> tuple[str, str] | None:
    try:
        profiles = read_profiles(environ)
    except ProfileError:  # not the time to tell of it
        return None
    for profile in profiles.values():
        path = profile.values.get("ca_bundle")
        if isinstance(path, str) and (reason := _unreadable(path)):
            sentence = _of_bundle(path, f"ca_bundle of profile {profile.name!r}", reason)
            return sentence, _BUNDLE_OF_PROFILE
    return None


def _of_bundle(path: str, named_by: str, reason: str) -> str:
    return f"the CA bundle {path!r} that {named_by} names can't be read: {reason}"


def _unreadable(path: str) -> str | None:
    """Say why a bundle can't be read, None where it can."""
    if not path.strip():
        return "its name is empty"
    try:
        file = Path(trust.from_home(path))
        if not file.is_dir() and b"-----BEGIN " not in file.read_bytes():
            return _NO_CERTIFICATE
    except OSError as error:
        return _reason(error)
    return None


def _is_of_bundle(cause: BaseException) -> bool:
    is_empty = isinstance(cause, ssl.SSLError) and cause.reason == "NO_CERTIFICATE_OR_CRL_FOUND"
    return is_empty or (isinstance(cause, OSError) and cause.errno in _OF_A_FILE)


def _reason(error: BaseException) -> str:
    if isinstance(error, ssl.SSLError) or not isinstance(error, OSError):
        return _NO_CERTIFICATE
    return error.strerror or type(error).__name__


def _of_proxy(
    causes: list[BaseException], proxy: tuple[str, str] | None, host: str, *, is_of_proxy: bool
) -> tuple[str, str] | None:
    if proxy is None:
        return None
    name, value = proxy
    scheme, separator, _ = value.partition("://")
    where = place(value)
    if where is None:
        return (
            f"{name} can't be read as a proxy's address",
            "write http://USER:PASSWORD@HOST:PORT, with %40 for @, %2F for / and %23 for # in it",
        )
    if separator and scheme.lower() not in ("http", "https"):
        sentence = f"{name} names a proxy that speaks {scheme}, which AWS's SDK for Python does not"
        return sentence, f"name one that speaks http, or unset {name}"
    if not is_of_proxy:
        return None
    refused = next((match[1] for cause in causes if (match := _tunnel(cause))), None)
    if refused == "407":
        sentence = f"the proxy {where} of {name} wants another name and password than it was given (407)"
        return sentence, f"export {name}=http://USER:PASSWORD@HOST:PORT, with %40 for @ in the password"
    if refused:
        return (
            f"the proxy {where} of {name} refuses the way to {host} ({refused})",
            f"ask who runs it, or unset {name}",
        )
    return f"the proxy {where} of {name} gives no connection", f"check {name}, or unset it"


def _tunnel(cause: BaseException) -> re.Match[str] | None:
    # http.client tells the proxy's status in words alone
    return re.search(r"Tunnel connection failed: (\d{3})", str(cause)) if isinstance(cause, OSError) else None


def _of_certificate(causes: list[BaseException], host: str, environ: Mapping[str, str]) -> tuple[str, str]:
    failed = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    is_anothers = any(type(cause).__name__ == "CertificateError" for cause in causes)
    if is_anothers or (failed and failed.verify_code in (_OTHER_NAME, _OTHER_ADDRESS)):
        sentence = f"the certificate that came is not {host}'s: a sign-in page may be in between"
        return sentence, "sign in to the network in a browser, or check the endpoint"
    if failed is None:
        return f"{host} does not speak TLS as AWS does: a proxy or a sign-in page may be in between", _CHECK
    if failed.verify_code in (_NOT_YET, _OVER):
        return (
            f"the certificate of {host} is not valid today",
            "check this machine's clock: awsactivate doctor",
        )
    name = next((name for name in _BUNDLES if environ.get(name)), None)
    knows = f"the CA bundle that {name} names does not know" if name else "no known authority stands for"
    sentence = f"{knows} the certificate of {host}: an inspecting proxy may have made it"
    hint = _BUNDLE_HINT
    if not name and environ.get("SSL_CERT_FILE"):
        hint = "export AWS_CA_BUNDLE=\"$SSL_CERT_FILE\": AWS's SDKs don't read SSL_CERT_FILE"
    return sentence, hint


def _of_way(words: str, causes: list[BaseException], host: str) -> tuple[str, str]:
    # urllib3 wraps what the system says of names in an error of its own, and names its class alone
    if any(isinstance(cause, socket.gaierror) or "Resolution" in type(cause).__name__ for cause in causes):
        return f"the name {host} can't be resolved", "check the network, and the region or endpoint"
    number = next((cause.errno for cause in causes if isinstance(cause, OSError) and cause.errno), None)
    if number in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL):
        if _has_way(socket.AF_INET6) and not _has_way(socket.AF_INET):
            return (
                f"{host} has no IPv6 address, and this network has nothing else",
                "use_dualstack_endpoint = true in the profile",
            )
        return f"there is no way from this network to {host}", "check that this machine is on a network"
    if number == errno.ECONNREFUSED:
        return f"{host} refuses the connection", "check the endpoint, and the proxy if one is needed"
    if words.startswith("Connect timeout"):
        return f"{host} can't be connected to in time", _CHECK
    return f"{host} gave no answer that can be read", _CHECK


def _has_way(family: socket.AddressFamily) -> bool:
    """Tell whether the system knows a way to far addresses of `family`; nothing is sent."""
    far = "2001:db8::1" if family == socket.AF_INET6 else "192.0.2.1"  # of the documentation's ranges
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
    except OSError:
        return False
    return True


def _proxy(environ: Mapping[str, str], url: str) -> tuple[str, str] | None:
    """Return the variable that names the proxy for `url`, and its value, as urllib takes them."""
    address = urlsplit(url)
    spared = {"no": environ.get("no_proxy") or environ.get("NO_PROXY", "")}
    if url and proxy_bypass_environment(address.netloc, spared):
        return None
    wanted = ("HTTP_PROXY",) if address.scheme == "http" else ("HTTPS_PROXY", "HTTP_PROXY")[: 1 if url else 2]
    for name in (spelt for one in wanted for spelt in (one.lower(), one)):
        if environ.get(name):
            return name, environ[name]
    return None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "AWS"
    except ValueError:
        return "AWS"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Go through all that led to `error`, by whichever name it is kept."""
    waiting, seen = [error] if error is not None else [], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        kept = getattr(one, "kwargs", None)
        inner = [kept.get("error")] if isinstance(kept, dict) else []
        inner += [
            getattr(one, name, None) for name in ("reason", "original_error", "__cause__", "__context__")
        ]
        inner += list(one.args)
        waiting += [each for each in inner if isinstance(each, BaseException)]
