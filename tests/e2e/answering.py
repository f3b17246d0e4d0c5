"""An endpoint that answers whatever a test wants, as something between here and AWS might."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

ROLE = "arn:aws:iam::111122223333:role/terraform"
ASSUMED = "arn:aws:sts::111122223333:assumed-role/terraform/somebody"


@dataclass
class Reply:
    """One answer; `date` None leaves its header out, '' is this machine's."""

    body: str = ""
    status: int = 200
    date: str | None = ""
    headers: dict[str, str] = field(default_factory=dict)


def caller_identity(arn: str = "arn:aws:iam::111122223333:user/alice") -> Reply:
    """Say who the caller is."""
    return Reply(
        "<GetCallerIdentityResponse><GetCallerIdentityResult>"
        f"<Arn>{escape(arn)}</Arn><UserId>AIDAEXAMPLE</UserId><Account>111122223333</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )


def assumed(
    key_id: str = "ASIAEXAMPLE",
    secret: str = "s3cret",
    token: str = "t0ken",
    *,
    expiration: str | None = None,
    arn: str = ASSUMED,
    role_id: str = "AROAEXAMPLE:somebody",
) -> Reply:
    """Give credentials."""
    end = expiration or (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Reply(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials>"
        f"<AccessKeyId>{escape(key_id)}</AccessKeyId><SecretAccessKey>{escape(secret)}</SecretAccessKey>"
        f"<SessionToken>{escape(token)}</SessionToken><Expiration>{end}</Expiration></Credentials>"
        f"<AssumedRoleUser><Arn>{escape(arn)}</Arn><AssumedRoleId>{escape(role_id)}</AssumedRoleId>"
        "</AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"
    )


Answers = Callable[[str], Reply]


@contextmanager
def endpoint(answers: Answers) -> Iterator[str]:
    """Serve `answers`, given an operation's name, and give the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            reply = answers(parse_qs(body).get("Action", [""])[0])
            self.send_response_only(reply.status)
            if reply.date is not None:
                self.send_header("Date", reply.date or format_datetime(datetime.now(UTC), usegmt=True))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            data = reply.body.encode()
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's signature)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
