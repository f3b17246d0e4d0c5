"""The embedded AWS as a process of its own: prints its URL and listens until its stdin ends."""

from __future__ import annotations

import argparse
import sys

from awsactivate.demo.aws import EmbeddedAws


def main(arguments: list[str] | None = None) -> int:
    """Serve until whoever started us closes our stdin, or goes away."""
    parser = argparse.ArgumentParser(prog="python -m awsactivate.demo.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: any that is free")
    with EmbeddedAws(parser.parse_args(arguments).port) as aws:
        key = aws.account()
        sys.stdout.write(f"{aws.endpoint_url}\n{key.access_key_id} {key.secret_access_key}\n")
        sys.stdout.flush()
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
