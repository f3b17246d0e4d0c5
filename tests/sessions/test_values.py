"""What AWS allows in the values that shape a session."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from awsactivate.sessions import arns, limits, values

ROLE = "arn:aws:iam::111122223333:role/terraform"
NOT_A_ROLE = "must be a role's ARN (arn:aws:iam::ACCOUNT:role/NAME), not "


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (ROLE, ("aws", "111122223333", "terraform")),
        ("arn:aws-cn:iam::111122223333:role/a/b/c+=,.@-_", ("aws-cn", "111122223333", "c+=,.@-_")),
        ("arn:aws-us-gov:iam::111122223333:role/x", ("aws-us-gov", "111122223333", "x")),
        ("arn:aws-eusc:iam::111122223333:role/x", ("aws-eusc", "111122223333", "x")),
        ("arn:aws-iso-b:iam::111122223333:role/x", ("aws-iso-b", "111122223333", "x")),
    ],
)
def test_a_role_arn_is_taken_apart(text: str, parts: tuple[str, str, str]) -> None:
    assert arns.role_arn(text) == arns.RoleArn(text, *parts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "terraform",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::111122223333:user/alice",
        "arn:aws:iam::11112222333:role/x",
        "arn:aws:iam::١١١١٢٢٢٢٣٣٣٣:role/x",
        "arn:azure:iam::111122223333:role/x",
        "arn:aws:sts::111122223333:assumed-role/x/y",
        "arn:aws:iam:eu-west-1:111122223333:role/x",
        "arn:aws:iam::111122223333:role//x",
        "arn:aws:iam::111122223333:role/x y",
        "arn:aws:iam::111122223333:role/x\n",
        "arn:aws:iam::111122223333:role/" + "x" * 65,
    ],
)
def test_what_is_no_role_arn(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        arns.role_arn(text)
    assert str(caught.value) == NOT_A_ROLE + repr(text)


@pytest.mark.parametrize(
    ("serial", "user"),
    [
        ("arn:aws:iam::111122223333:mfa/alice", "alice"),
        ("arn:aws:iam::111122223333:mfa/team/a/alice@example.com", "alice@example.com"),
        ("arn:aws:iam::111122223333:sms-mfa/alice", "alice"),
        ("GAHT12345678", None),
    ],
)
def test_an_mfa_serial_may_tell_its_user(serial: str, user: str | None) -> None:
    assert (arns.mfa_serial(serial), arns.mfa_user(serial)) == (serial, user)


Check = Callable[[], object]


@pytest.mark.parametrize(
    ("sentence", "check", "value"),
    [
        ("seconds are digits", lambda: values.seconds("3600"), 3600),
        ("the shortest role session", lambda: values.seconds_within(900, limits.ASSUME_ROLE_SECONDS), 900),
        ("the longest role session", lambda: values.seconds_within(43200, limits.ASSUME_ROLE_SECONDS), 43200),
        ("a user's session", lambda: values.seconds_within(129600, limits.GET_SESSION_TOKEN_SECONDS), 129600),
        ("the shortest name", lambda: values.name("ab"), "ab"),
        ("the longest name", lambda: values.name("a" * 64), "a" * 64),
        ("an external id may hold more", lambda: values.external_id("a:b/c"), "a:b/c"),
        ("an account", lambda: values.account_id("012345678901"), "012345678901"),
        ("a region", lambda: values.region("us-gov-west-1"), "us-gov-west-1"),
        ("a list", lambda: values.words(" a, b c ,d"), ("a", "b c", "d")),
        ("an empty list", lambda: values.words(" "), ()),
        ("a tag's value may hold an equals sign", lambda: values.tag("k = a=b"), ("k", "a=b")),
        ("a tag may be empty", lambda: values.tag("k="), ("k", "")),
        (
            "tags may be in any script",
            lambda: values.tags({"Größe 1": "六 _.:/=+-@"}),
            {"Größe 1": "六 _.:/=+-@"},
        ),
        (
            "keys that go on are named once",
            lambda: values.transitive_keys("aba", {"a": "", "b": ""}),
            ("a", "b"),
        ),
        (
            "managed policies of AWS and of an account",
            lambda: values.policy_arns(
                ["arn:aws:iam::aws:policy/job-function/Billing", "arn:aws-cn:iam::111122223333:policy/p"]
            ),
            ("arn:aws:iam::aws:policy/job-function/Billing", "arn:aws-cn:iam::111122223333:policy/p"),
        ),
    ],
)
def test_what_is_allowed(sentence: str, check: Check, value: object) -> None:
    assert check() == value, sentence


ALPHABET = "2 to 64 of letters, digits and _+=,.@-"


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: values.seconds("1h"), "must be a whole number of seconds, not '1h'"),
        (lambda: values.seconds("-1"), "must be a whole number of seconds, not '-1'"),
        (lambda: values.seconds("٣"), "must be a whole number of seconds, not '٣'"),
        (
            lambda: values.seconds_within(899, limits.ASSUME_ROLE_SECONDS),
            "must be 900 to 43200 seconds, not 899",
        ),
        (
            lambda: values.seconds_within(43201, limits.ASSUME_ROLE_SECONDS),
            "must be 900 to 43200 seconds, not 43201",
        ),
        (
            lambda: values.seconds_within(129601, limits.GET_SESSION_TOKEN_SECONDS),
            "must be 900 to 129600 seconds, not 129601",
        ),
        (lambda: values.name("a"), f"must be {ALPHABET}, not 'a'"),
        (lambda: values.name("a" * 65), f"must be {ALPHABET}, not {'a' * 65!r}"),
        (lambda: values.name("jörg"), f"must be {ALPHABET}, not 'jörg'"),
        (lambda: values.name("ab\n"), f"must be {ALPHABET}, not 'ab\\n'"),
        (
            lambda: values.external_id("a b"),
            "must be 2 to 1224 of letters, digits and _+=,.@:/-, not 'a b'",
        ),
        (lambda: values.account_id("1234"), "must be an account's 12 digits, not '1234'"),
        (lambda: values.region("eu west"), "must be a region's name such as eu-west-1, not 'eu west'"),
        (lambda: values.region(""), "must be a region's name such as eu-west-1, not ''"),
        (lambda: values.tag("team"), "must be K=V, not 'team'"),
        (
            lambda: values.tags_of([("team", "a"), ("Team", "b")]),
            "must name each tag once, not both 'team' and 'Team'",
        ),
        (
            lambda: values.tags_of([("team", "a"), ("team", "b")]),
            "must name each tag once, not both 'team' and 'team'",
        ),
        (lambda: values.tags({f"k{n}": "" for n in range(51)}), "must be at most 50 tags, not 51"),
        (
            lambda: values.tags({"": "x"}),
            "must have keys of 1 to 128 letters, digits, blanks and _.:/=+-@, not ''",
        ),
        (
            lambda: values.tags({"a#": "x"}),
            "must have keys of 1 to 128 letters, digits, blanks and _.:/=+-@, not 'a#'",
        ),
        (
            lambda: values.tags({"k" * 129: "x"}),
            f"must have keys of 1 to 128 letters, digits, blanks and _.:/=+-@, not {'k' * 129!r}",
        ),
        (lambda: values.tags({"AWS:x": ""}), "must not have keys that begin with aws:, such as 'AWS:x'"),
        (
            lambda: values.tags({"k": "x" * 257}),
            "must have values of at most 256 letters, digits, blanks and _.:/=+-@, unlike that of 'k'",
        ),
        (
            lambda: values.tags({"k": "a\tb"}),
            "must have values of at most 256 letters, digits, blanks and _.:/=+-@, unlike that of 'k'",
        ),
        (
            lambda: values.transitive_keys(["c"], {"a": "", "b": ""}),
            "must be keys of the session tags ('a', 'b'), not 'c'",
        ),
        (
            lambda: values.transitive_keys(["c"], {}),
            "must be keys of the session tags (none are given), not 'c'",
        ),
        (
            lambda: values.policy_arns(["arn:aws:iam::aws:role"]),
            "must be managed policies' ARNs (arn:aws:iam::ACCOUNT:policy/NAME), not 'arn:aws:iam::aws:role'",
        ),
        (
            lambda: values.policy_arns([f"arn:aws:iam::aws:policy/p{n}" for n in range(11)]),
            "must be at most 10 policies, not 11",
        ),
        (
            lambda: arns.mfa_serial("arn:aws:iam::111122223333:user/alice"),
            "must be an MFA device's ARN (arn:aws:iam::ACCOUNT:mfa/NAME) or a hardware serial"
            " (9 to 256 of letters, digits and _+=/:,.@-), not 'arn:aws:iam::111122223333:user/alice'",
        ),
        (
            lambda: arns.mfa_serial("arn:aws:iam::111122223333:u2f/user/alice/phone-ABC"),
            "names a passkey or security key, which AWS takes in a browser only, not a device that gives"
            " codes: arn:aws:iam::111122223333:u2f/user/alice/phone-ABC",
        ),
        (
            lambda: arns.mfa_serial("12345678"),
            "must be an MFA device's ARN (arn:aws:iam::ACCOUNT:mfa/NAME) or a hardware serial"
            " (9 to 256 of letters, digits and _+=/:,.@-), not '12345678'",
        ),
    ],
)
def test_what_is_refused_and_how_it_is_said(check: Check, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        check()
    assert str(caught.value) == message
