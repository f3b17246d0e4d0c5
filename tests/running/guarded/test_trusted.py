"""COMMAND believes the run's authority, and whomever it believed before."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from awsactivate.errors import ProfileError
from awsactivate.running.guarded.authority import Authority
from awsactivate.running.guarded.trusted import read_bundle


def names(text: str) -> list[str]:
    """The authorities' names, as TLS reads the file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=text)
    return [dict(part[0] for part in one["subject"]).get("commonName", "") for one in context.get_ca_certs()]  # type: ignore[misc]


def test_the_systems_authorities_stay(tmp_path: Path) -> None:
    found = names(read_bundle(Authority(tmp_path).certificate, {}, None))
    assert "awsactivate guard, for one command alone" in found
    assert len(found) > 50


def test_the_users_own_files_are_believed_too_each_once(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one.pem", "two.pem", "three.pem")]
    others = [Authority(tmp_path).certificate for _ in files]
    for file, text in zip(files, others, strict=True):
        file.write_text(text.rstrip("\n"))  # many a file has no last line feed
    environ = {
        "AWS_CA_BUNDLE": str(files[0]),
        "SSL_CERT_FILE": str(files[1]),
        "CURL_CA_BUNDLE": str(files[1]),
    }
    own = Authority(tmp_path).certificate
    text = read_bundle(own, {**environ, "NODE_EXTRA_CA_CERTS": ""}, str(files[2]))
    assert text.startswith(own)
    assert [text.count(one) for one in (own, *others)] == [1, 1, 1, 1]
    assert names(text).count("awsactivate guard, for one command alone") == 4


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"none\.pem can't be read: No such file"):
        read_bundle("", {"SSL_CERT_FILE": str(tmp_path / "none.pem")}, None)
