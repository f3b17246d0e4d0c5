"""Calls that hand out credentials: what is made here is answered with stand-ins, the rest known by name."""

from __future__ import annotations

import json
import runpy
from datetime import UTC, datetime
from pathlib import Path

import pytest

from awsactivate.frozen import replace
from awsactivate.guard import handing_out, handing_out_table, stand_ins
from awsactivate.guard.call import Head
from awsactivate.guard.claims import UnacceptableError
from awsactivate.guard.stand_ins import StandIns
from awsactivate.sessions.credentials import Credentials
from guard.keys import REAL, STAND_IN

ENDS = datetime(2026, 5, 4, 13, 30, 15, tzinfo=UTC)
ROLE = replace(REAL, access_key_id="ASIAROLE", expiration=ENDS)
ROOT = Path(__file__).parents[2]


def xml(operation: str = "AssumeRole", expiration: str = "2026-05-04T13:30:15Z") -> bytes:
    """Write an answer as STS does."""
    return (
        f'<{operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        f"  <{operation}Result>\n    <AssumedRoleUser>"
        "<Arn>arn:aws:sts::111122223333:assumed-role/r/\u00e9</Arn></AssumedRoleUser>\n    <Credentials>\n"
        f"      <AccessKeyId>{ROLE.access_key_id}</AccessKeyId>\n"
        f"      <SecretAccessKey>{ROLE.secret_access_key}</SecretAccessKey>\n"
        f"      <SessionToken>{ROLE.session_token}</SessionToken>\n"
        f"      <Expiration>{expiration}</Expiration>\n    </Credentials>\n"
        f"  </{operation}Result>\n</{operation}Response>"
    ).encode()


JSON = json.dumps(
    {
        "AssumeRoleResponse": {
            "AssumeRoleResult": {
                "Credentials": {
                    "AccessKeyId": ROLE.access_key_id,
                    "SecretAccessKey": ROLE.secret_access_key,
                    "SessionToken": ROLE.session_token,
                    "Expiration": ENDS.timestamp(),
                },
                "PackedPolicySize": 6,
            }
        }
    }
).encode()
HEADERS = (("x-amzn-RequestId", "1"), ("Content-Type", "text/xml"), ("Content-Length", "1"))


class Keeper:
    """Makes stand-ins as the guard does."""

    def __init__(self) -> None:
        self.run = StandIns(STAND_IN, lambda: REAL)
        self.made: list[stand_ins.StandIn] = []

    def __call__(self, real: Credentials, arn: str) -> stand_ins.StandIn:
        self.made.append(self.run.hand_out(bytes(range(stand_ins.RANDOMNESS)), real, arn))
        return self.made[-1]


@pytest.mark.parametrize("operation", handing_out.MADE_HERE["sts"])
@pytest.mark.parametrize("expiration", ["2026-05-04T13:30:15Z", "2026-05-04T13:30:15.000Z"])
def test_the_answer_has_a_stand_in_where_the_credentials_were(operation: str, expiration: str) -> None:
    keeper = Keeper()
    headers, body = handing_out.answered(HEADERS, xml(operation, expiration), keeper)
    (made,) = keeper.made
    expected = xml(operation, expiration)
    for real, ours in (
        (ROLE.access_key_id, made.access_key_id),
        (ROLE.secret_access_key, made.secret_access_key),
        (ROLE.session_token, made.session_token),
    ):
        expected = expected.replace(str(real).encode(), str(ours).encode())
    assert (headers, body) == (HEADERS[:2], expected)
    assert keeper.run.credentials(made) == ROLE


@pytest.mark.parametrize("slash", ["/", "\\/"])
def test_whose_the_credentials_are_is_kept(slash: str) -> None:
    keeper = Keeper()
    user = {"Arn": "arn:aws:sts::222222222222:federated-user/x"}
    document = json.loads(JSON) | {"FederatedUser": user}
    body = json.dumps(document).replace("/", slash).encode()
    handing_out.answered((("content-type", "application/json"),), body, keeper)
    handing_out.answered((("content-type", "application/json"),), JSON, keeper)
    handing_out.answered(HEADERS, xml().replace("\u00e9".encode(), b"tf"), keeper)
    assert [one.arn for one in keeper.made] == [
        user["Arn"],
        "",
        "arn:aws:sts::111122223333:assumed-role/r/tf",
    ]


def test_an_answer_in_json_too() -> None:
    keeper = Keeper()
    _, body = handing_out.answered((("content-type", "application/json"),), JSON, keeper)
    (made,) = keeper.made
    result = json.loads(body)["AssumeRoleResponse"]["AssumeRoleResult"]
    assert result == {
        "Credentials": {
            "AccessKeyId": made.access_key_id,
            "SecretAccessKey": made.secret_access_key,
            "SessionToken": made.session_token,
            "Expiration": ENDS.timestamp(),
        },
        "PackedPolicySize": 6,
    }
    assert keeper.run.credentials(made) == ROLE


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (HEADERS, b"no XML with a SecretAccessKey"),
        (HEADERS, xml()[:-5]),
        (HEADERS, xml().replace(b"SessionToken", b"Token")),
        (HEADERS, xml().replace(b"AccessKeyId>", b"SecretAccessKey>")),
        (HEADERS, xml("AssumeRole", "soon")),
        (HEADERS, xml("AssumeRole", "2026-05-04T13:30:15")),
        (HEADERS, xml().replace(b"<Arn>arn", f"<Arn>{ROLE.secret_access_key}".encode())),
        ((*HEADERS, ("Content-Encoding", "gzip")), xml()),
        ((("Content-Type", "application/json"),), xml()),
        ((("Content-Type", "application/json"),), JSON.replace(b"SessionToken", b"Token")),
    ],
)
def test_what_can_not_be_read_does_not_go_on(headers: tuple[tuple[str, str], ...], body: bytes) -> None:
    with pytest.raises(UnacceptableError, match="keeps them") as refused:
        handing_out.answered(headers, body, Keeper())
    assert refused.value.__cause__ is None


def test_an_answer_without_credentials_is_as_it_was() -> None:
    body = b"<GetCallerIdentityResponse/>"
    assert handing_out.answered(HEADERS, body, Keeper()) == (HEADERS[:2], body)


def test_sts_is_looked_through_whatever_its_calls_are_named() -> None:
    assert [handing_out.keeps(name) for name in ("sts", "s3")] == [True, False]


def test_a_call_that_is_made_here_asks_for_no_compression() -> None:
    head = Head("POST", "sts.amazonaws.com", "/", (("accept-encoding", "gzip, br"), ("Accept", "x")))
    assert handing_out.asked_plainly(head).headers == (("accept-encoding", "identity"), ("Accept", "x"))


def test_the_table_names_what_hands_out_beside_those() -> None:
    table = handing_out_table.read_table()
    told = sum(map(len, table.values()))
    assert 40 <= told <= 90
    for signing_name, operation in (
        *(
            ("ecr", "GetAuthorizationToken"),
            ("codeartifact", "GetAuthorizationToken"),
            ("s3", "CreateSession"),
        ),
        *(("cognito-identity", "GetCredentialsForIdentity"), ("lightsail", "GetBucketAccessKeys")),
        *(("iam", "CreateAccessKey"), ("sts", "AssumeRole"), ("sts", "AssumeRoot"), ("s3", "GetDataAccess")),
    ):
        assert operation in table[signing_name]
    assert "GetCallerIdentity" not in table["sts"]
    assert [operation for operation in table["sts"] if handing_out.is_made_here("sts", operation)] == list(
        handing_out.MADE_HERE["sts"]
    )


@pytest.mark.long
def test_the_table_is_as_its_script_makes_it() -> None:
    made = runpy.run_path(str(ROOT / "scripts/handing-out"))["text"]()
    assert (ROOT / "src/awsactivate/guard/handing_out.txt").read_text(encoding="utf-8") == made


@pytest.mark.parametrize(
    "answer",
    [
        b'{"accessKey": {"secretAccessKey" : "real"}}',
        b"<AccessKey><SecretAccessKey>real</SecretAccessKey></AccessKey>",
        b"\xa1\x6fSecretAccessKey\x64real",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_an_answer_that_was_to_hold_no_credentials_breaks_off_before_them(answer: bytes, size: int) -> None:
    """However its call was named, and however it comes."""
    pieces = [answer[at : at + size] for at in range(0, len(answer), size)]
    got = []
    with pytest.raises(UnacceptableError):
        got.extend(handing_out.watched(pieces))
    assert b"real" not in b"".join(got)


@pytest.mark.parametrize(
    "answer", [b'{"Value": "{\\"SecretAccessKey\\": 1}"}', b"<Text>&lt;SecretAccessKey&gt;</Text>", b""]
)
def test_a_text_that_speaks_of_keys_goes_on(answer: bytes) -> None:
    assert b"".join(handing_out.watched([answer[:9], answer[9:]])) == answer
