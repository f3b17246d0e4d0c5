"""A server in AWS's place that keeps nothing: an S3 without an end, and an SQS without queues, by TLS.

`python sink.py FOLDER BYTES` writes the authority to believe into FOLDER/ca.pem, prints its address, and
listens until its stdin ends. Each object has so many bytes.
"""

from __future__ import annotations

import re
import socket
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import front

_PIECE = bytes(1 << 18)
_XML = {
    "uploads": b"<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>",
    "uploadId": b'<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>',
}


class _Sink(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, tls: ssl.SSLContext, size: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.size = size
        self._tls = tls

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._tls.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)  # type: ignore[arg-type]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone."""


class _Handler(BaseHTTPRequestHandler):
    server: _Sink
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        begin, end = 0, self.server.size - 1
        if told := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            begin, end = int(told[1]), int(told[2] or end)
        left = end - begin + 1
        self._head(206 if told else 200, left, {"Content-Range": f"bytes {begin}-{end}/{self.server.size}"})
        while self.command == "GET" and left:
            piece = _PIECE[: min(left, len(_PIECE))]
            self.wfile.write(piece)
            left -= len(piece)
        self.wfile.flush()

    do_HEAD = do_GET  # noqa: N815  (the names that http.server calls)

    def do_PUT(self) -> None:
        self._read()
        self._head(200, 0, {})
        self.wfile.flush()

    def do_POST(self) -> None:
        self._read()
        kind = next((word for word in _XML if word in self.path), None)
        body = _XML[kind] if kind else b"{}"
        self._head(
            200, len(body), {"Content-Type": "application/xml" if kind else "application/x-amz-json-1.0"}
        )
        self.wfile.write(body)
        self.wfile.flush()

    def handle_expect_100(self) -> bool:
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def _head(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        last = {
            "Content-Length": str(length),
            "ETag": '"1"',
            "Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT",
        }
        for name, value in {**headers, **last}.items():
            self.send_header(name, value)
        self.end_headers()

    def _read(self) -> None:
        if self.headers.get("Transfer-Encoding") != "chunked":
            self._drop(int(self.headers.get("Content-Length") or 0))
            return
        while length := int(self.rfile.readline(), 16):
            self._drop(length + 2)
        while self.rfile.readline().strip():
            pass

    def _drop(self, left: int) -> None:
        while left:
            piece = self.rfile.read1(min(left, 1 << 18))
            if not piece:
                raise ConnectionError("the client has gone")
            left -= len(piece)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main(folder: Path, size: int) -> None:
    """Serve until stdin ends."""
    sink = _Sink(front.authority(folder), size)
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    sys.stdout.write(f"https://127.0.0.1:{sink.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
