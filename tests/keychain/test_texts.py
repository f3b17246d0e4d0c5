"""Keys and seeds in the forms that people have them in."""

from __future__ import annotations

import json
import re
import traceback

import pytest
import zxingcpp
from PIL import Image

from awsactivate.errors import MfaError, UsageError
from awsactivate.keychain import item, key_texts, otpauth
from awsactivate.keychain.item import AccessKey, Seed
from awsactivate.person import qr

ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SERIAL = "arn:aws:iam::111122223333:mfa/alice"
BASE32 = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeffAccess key ID,Secret access key\r\n{ID},{SECRET}\r\n",
        f"User name,Password,Access key ID,Secret access key,Console login link\nalice,,{ID},{SECRET},https://x\n",
        f'"Access key ID","Secret access key"\n"{ID}","{SECRET}"',
        json.dumps({"AccessKeyId": ID, "SecretAccessKey": SECRET}),
        f"{ID}\n{SECRET}\n",
        f"\n  {ID}  \r\n\r\n {SECRET}",
    ],
)
def test_an_access_key_is_read_in_each_form(text: str) -> None:
    assert key_texts.read(text) == AccessKey(ID, SECRET)


def test_the_clis_json_tells_when_the_key_was_made() -> None:
    made = {"UserName": "a", "Status": "Active", "CreateDate": "2026-01-02T03:04:05+00:00"}
    text = json.dumps({"AccessKey": {**made, "AccessKeyId": ID, "SecretAccessKey": SECRET}})
    assert key_texts.read(text) == AccessKey(ID, SECRET, "2026-01-02T03:04:05Z")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no access key could be read"),
        (f"{SECRET}\n{ID}\n", "the access key id must be AKIA and at least 12 capital letters and digits"),
        (
            f"{ID}\nwith a space here {SECRET}",
            "the secret access key must be at least 16 characters without a space",
        ),
        (
            f"ASIAIOSFODNN7EXAMPLE\n{SECRET}",
            "ASIAIOSFODNN7EXAMPLE is temporary, and only an IAM user's own key is kept",
        ),
        (f'{{"x": "{SECRET}', "the JSON must hold AccessKeyId and SecretAccessKey"),
        (
            f'{{"AccessKeyId": 1, "SecretAccessKey": "{SECRET}"}}',
            "the JSON must hold AccessKeyId and SecretAccessKey",
        ),
        (
            json.dumps({"AccessKeyId": ID, "SecretAccessKey": SECRET, "SessionToken": "t"}),
            "the JSON holds a session token: temporary credentials are not kept",
        ),
        (
            f"Access key ID,Secret access key\n{ID},{SECRET}\n{ID},{SECRET}",
            "the CSV must hold one access key, not 2",
        ),
        (
            f"Access key ID,Other\n{ID},{SECRET}",
            "the CSV must have the columns Access key ID and Secret access key",
        ),
    ],
)
def test_what_is_no_access_key_is_refused_without_being_quoted(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        key_texts.read(text)
    assert caught.value.message == message
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("text", "seed"),
    [
        (BASE32, Seed(BASE32, SERIAL)),
        (" jbsw y3dp-ehpk 3pxp JBSWY3DPEHPK3PXP== ", Seed("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", SERIAL)),
        (f"otpauth://totp/AWS:alice?secret={BASE32.lower()}&issuer=AWS", Seed(BASE32, SERIAL)),
        (
            f"OTPAUTH://TOTP/x?algorithm=HmacSHA256&digits=8&period=60&secret={BASE32}",
            Seed(BASE32, SERIAL, 8, 60, "SHA256"),
        ),
        (f"otpauth://totp/?secret={BASE32}&algorithm=sha-512", Seed(BASE32, SERIAL, 6, 30, "SHA512")),
    ],
)
def test_a_seed_is_read_in_each_form(text: str, seed: Seed) -> None:
    assert otpauth.seed(text, SERIAL) == seed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the TOTP seed is too short: 0 bytes, at least 14 needed"),
        ("not base 32 10890", "the TOTP seed is not Base32 (letters, and digits 2 to 7)"),
        (
            f"otpauth://hotp/x?secret={BASE32}&counter=1",
            "the otpauth:// URI must be of type totp: AWS's devices count the time",
        ),
        ("otpauth://totp/x?issuer=AWS", "the otpauth:// URI has no secret"),
        (f"otpauth://totp/x?secret={BASE32}&digits=7", "the URI's digits must be 6 or 8"),
        (f"otpauth://totp/x?secret={BASE32}&period=0", "the URI's period must be 1 to 300 seconds"),
        (f"otpauth://totp/x?secret={BASE32}&period=-30", "the URI's period must be a number"),
        (
            f"otpauth://totp/x?secret={BASE32}&algorithm=MD5",
            "the URI's algorithm must be one of SHA1, SHA256, SHA512",
        ),
        (f"otpauth://[x?secret={BASE32}", "the otpauth:// URI can't be read"),
    ],
)
def test_what_is_no_seed_is_refused_without_being_quoted(text: str, message: str) -> None:
    with pytest.raises(MfaError) as caught:
        otpauth.seed(text, SERIAL)
    assert caught.value.message == message
    assert BASE32 not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("seed", [Seed(BASE32, SERIAL), Seed(BASE32, SERIAL, 8, 60, "SHA512")])
@pytest.mark.parametrize("blocks", [True, False])
def test_an_independent_reader_reads_the_uri_off_the_terminal(seed: Seed, blocks: bool) -> None:
    uri = otpauth.uri(seed, "alice", "111122223333")
    drawn = qr.lines(uri, blocks=blocks)
    assert _read(drawn) == [uri]
    assert otpauth.seed(uri, SERIAL) == seed


def test_the_code_of_a_usual_device_fits_a_terminal_of_24_lines_and_80_columns() -> None:
    drawn = qr.lines(otpauth.uri(Seed(BASE32, SERIAL), "alice", "111122223333"), blocks=True)
    assert (len(drawn), qr.columns(drawn, blocks=True)) == (23, 45)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"version":2}', '{"version":1,"key":{"id":1,"secret":"s"}}', "null"]
)
def test_a_text_that_is_no_identity_is_told(text: str) -> None:
    with pytest.raises(item.DamagedItemError):
        item.from_text(text)


def test_an_item_shows_no_secret() -> None:
    whole = item.KeyringItem(AccessKey(ID, SECRET), Seed(BASE32, SERIAL))
    assert SECRET not in repr(whole)
    assert BASE32 not in repr(whole)


def _read(drawn: list[str]) -> list[str]:
    """Paint what a terminal would show, and have it decoded."""
    rows = [row for line in drawn for row in _pixels(line)]
    size, width = 6, len(rows[0])
    picture = Image.new("L", (width, len(rows)), 128)
    picture.putdata([value for row in rows for value in row])
    # a terminal's cell is twice as high as wide, so a module of two spaces is a square as half a cell is
    around = Image.new("L", ((width + 8) * size, (len(rows) + 8) * size), 0)
    around.paste(
        picture.resize((width * size, len(rows) * size), Image.Resampling.NEAREST), (4 * size, 4 * size)
    )
    return [found.text for found in zxingcpp.read_barcodes(around)]


def _pixels(line: str) -> list[list[int]]:
    upper, lower = [], []
    foreground, background = 255, 0
    for escape, character in re.findall(r"\x1b\[([0-9;]+)m|(.)", line):
        if escape:
            for number in map(int, escape.split(";")):
                foreground = {0: 255, 30: 0}.get(number, foreground)
                background = {0: 0, 40: 0, 107: 255}.get(number, background)
            continue
        dark_upper, dark_lower = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}[character]
        upper.append(foreground if dark_upper else background)
        lower.append(foreground if dark_lower else background)
    return [upper, lower] if "▀" in line or "\x1b[30" in line else [upper[::2]]
