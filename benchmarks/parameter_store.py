"""How long a service's secrets take to come: one page after another, as chamber asks, and as we do.

`python benchmarks/parameter_store.py [COUNT ...]` needs no network: a server of its own plays Parameter
Store, answers each request after 50 ms, gives ten values or fifty names a request, and throttles above 40
requests a second, SSM's default throughput. That is what bounds us from a few hundred secrets on.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any, ClassVar

from awsactivate.aws import parameters
from awsactivate.aws.parameter_values import TRANSACTIONS_PER_SECOND, fetch
from awsactivate.person.tables import table
from awsactivate.sessions.credentials import Credentials

COUNTS = (10, 100, 1_000, 5_000)
LATENCY = 0.050  # seconds
_COUNTED = {"GetParameters", "GetParametersByPath"}


class _ParameterStore(BaseHTTPRequestHandler):
    """Answers the three requests that reading a service takes; the path's name says how much is on it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    counted: ClassVar[deque[float]] = deque()
    lock = threading.Lock()

    def do_POST(self) -> None:
        """Answer one request, late."""
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(LATENCY)
        if operation in _COUNTED and self._is_too_many():
            self._answer(400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
        else:
            self._answer(200, getattr(self, operation)(request))

    def GetParametersByPath(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802  (AWS's name)
        """Give a page of ten values."""
        path, start = request["Path"], int(request.get("NextToken", 0))
        end = min(start + 10, _count_on(path))
        following = {"NextToken": str(end)} if end < _count_on(path) else {}
        return {"Parameters": [_value(_name(path, index)) for index in range(start, end)], **following}

    def GetParameters(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Give up to ten values by their names."""
        return {"Parameters": [_value(name) for name in request["Names"]], "InvalidParameters": []}

    def DescribeParameters(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Give a page of fifty names."""
        path, start = request["ParameterFilters"][0]["Values"][0], int(request.get("NextToken", 0))
        end = min(start + 50, _count_on(path))
        following = {"NextToken": str(end)} if end < _count_on(path) else {}
        described = [
            {"Name": _name(path, index), "Type": "SecureString", "Version": 1} for index in range(start, end)
        ]
        return {"Parameters": described, **following}

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  (the base's name)
        """Say nothing."""

    def _is_too_many(self) -> bool:
        with self.lock:
            now = time.monotonic()
            while self.counted and self.counted[0] < now - 1:
                self.counted.popleft()
            if len(self.counted) >= TRANSACTIONS_PER_SECOND:
                return True
            self.counted.append(now)
            return False

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _count_on(path: str) -> int:
    return int(path.rstrip("/").rpartition("-")[2])


def _name(path: str, index: int) -> str:
    return f"{path.rstrip('/')}/key_{index:05}"


def _value(name: str) -> dict[str, Any]:
    return {"Name": name, "Value": name * 20, "Version": 1, "Type": "SecureString"}


def _serve(told: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _ParameterStore)
    told.send(server.server_port)
    server.serve_forever()


def one_after_another(ssm: Any, path: str) -> int:
    """Walk the path as chamber does, and return how many values came."""
    pages = ssm.client.get_paginator("get_parameters_by_path").paginate(Path=path, WithDecryption=True)
    return sum(len(page["Parameters"]) for page in pages)


def in_parallel(ssm: Any, path: str) -> int:
    """Fetch as `awsactivate secrets` does, and return how many values came."""
    return len(fetch(ssm, path))


def main(counts: tuple[int, ...]) -> None:
    """Print the table."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    os.environ.update(AWS_ENDPOINT_URL=f"http://127.0.0.1:{ours.recv()}", AWS_CONFIG_FILE=os.devnull)
    rows = [("PARAMETERS", "ONE AFTER ANOTHER", "AWSACTIVATE", "FASTER")]
    for count in counts:
        seconds = []
        for fetching in (one_after_another, in_parallel):
            ssm = parameters.Ssm(Credentials("AKIAEXAMPLE", "secret"), profile=None, region="us-east-1")
            time.sleep(1.1)  # so that neither pays for the other's requests
            begun = time.perf_counter()
            if fetching(ssm, f"/service-{count}") != count:
                raise SystemExit(f"{fetching.__name__} did not get all {count} values")
            seconds.append(time.perf_counter() - begun)
        sequential, parallel = seconds
        rows.append(
            (f"{count:,}", f"{sequential:.2f} s", f"{parallel:.2f} s", f"{sequential / parallel:.1f}x")
        )
    server.terminate()
    print(table(rows), end="")


def serve() -> None:
    """Play Parameter Store for others: say where, and listen until stdin ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _ParameterStore)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        serve()
        sys.exit()
    main(tuple(int(word) for word in sys.argv[1:]) or COUNTS)
