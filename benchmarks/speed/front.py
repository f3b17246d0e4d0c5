"""A way to the embedded AWS that is like the one to AWS: a proxy, TLS, and a distance, for any program.

`python front.py URL FOLDER HOST=SECONDS ...` writes an authority's own certificate into FOLDER, prints its
address, and listens until its stdin ends. Whoever takes it for a proxy (HTTPS_PROXY) and believes that
authority reaches what answers at URL by AWS's own names: a host whose name begins with HOST is so many
seconds away, there and back.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAMES = ("*.amazonaws.com", "*.eu-west-1.amazonaws.com", "*.us-east-1.amazonaws.com")
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def authority(folder: Path) -> ssl.SSLContext:
    """Make an authority and a server's certificate by it; what to believe stands in FOLDER/ca.pem."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "awsactivate's benchmark")])
    ca = _certificate(ca_name, ca_name, ca_key.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAMES[0])])
    names = [*map(x509.DNSName, NAMES), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    leaf = _certificate(name, ca_name, key.public_key()).add_extension(
        x509.SubjectAlternativeName(names), critical=False
    )
    signed = [one.sign(ca_key, hashes.SHA256()) for one in (ca, leaf)]
    texts = [one.public_bytes(serialization.Encoding.PEM) for one in signed]
    (folder / "ca.pem").write_bytes(texts[0])
    own = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "server.pem").write_bytes(own + texts[1])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def _certificate(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Take what is read to where it is written, so many seconds later, and so its end."""
    on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    clock = asyncio.get_running_loop().time

    async def arrive() -> None:
        while True:
            due, data = await on_the_way.get()
            await asyncio.sleep(max(due - clock(), 0))
            if not data:
                break
            writer.write(data)
            await writer.drain()
        writer.close()

    arriving = asyncio.create_task(arrive())
    with suppress(OSError):
        while data := await reader.read(65_536):
            on_the_way.put_nowait((clock() + seconds, data))
    on_the_way.put_nowait((clock() + seconds, b""))
    with suppress(OSError):
        await arriving


async def both_ways(
    one: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    other: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    seconds: float,
) -> None:
    """Join two connections that are so many seconds apart, there and back."""
    await asyncio.gather(
        carry(one[0], other[1], seconds / 2),
        carry(other[0], one[1], seconds / 2),
        return_exceptions=True,
    )


async def serve(url: str, folder: Path, far: dict[str, float]) -> None:
    """Listen until stdin ends."""
    address = urlsplit(url)

    async def end_of_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        aws = await asyncio.open_connection(address.hostname, address.port)
        await both_ways((reader, writer), aws, 0)

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, host, *_ = head.decode("latin-1").split()
        if method != "CONNECT":
            writer.close()
            return
        seconds = next((far[name] for name in far if host.startswith(name)), 0.0)
        with (folder / "hosts").open("a") as hosts:
            hosts.write(f"{host}\n")
        terminal = await asyncio.open_connection("127.0.0.1", tls.sockets[0].getsockname()[1])
        await asyncio.sleep(seconds)  # a connection is made there and back
        writer.write(_ESTABLISHED)
        await both_ways((reader, writer), terminal, seconds)

    tls = await asyncio.start_server(end_of_tls, "127.0.0.1", 0, ssl=authority(folder))
    (folder / "hosts").touch()
    front = await asyncio.start_server(proxy, "127.0.0.1", 0)
    sys.stdout.write(f"http://127.0.0.1:{front.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(
        serve(
            sys.argv[1],
            Path(sys.argv[2]),
            {name: float(text) for name, _, text in (word.partition("=") for word in sys.argv[3:])},
        )
    )
