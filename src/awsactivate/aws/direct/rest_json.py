"""The REST-JSON protocol, as far as single sign-on's portal speaks it.

https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

from awsactivate.aws.direct import json_rpc


def query(parameters: Mapping[str, str]) -> str:
    """Write what follows the `?` of an address."""
    quoted = ((quote(name, safe="-._~"), quote(value, safe="-._~")) for name, value in parameters.items())
    return "&".join(f"{name}={value}" for name, value in quoted)


def error(text: bytes, status: int, headers: Mapping[str, str]) -> tuple[str, str]:
    """Read the code and the message of a refusal; the code may stand in a header."""
    code, message = json_rpc.error(text, status, headers)
    named = headers.get("x-amzn-errortype")
    if named is None:
        try:
            found = json.loads(text) if text else {}
        except ValueError:
            found = {}
        named = found.get("code", found.get("Code"))
    return (code if named is None else json_rpc.bare_code(str(named))), message
