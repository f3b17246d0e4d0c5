"""The plain page that answers a browser: words, no script, nothing from elsewhere."""

from __future__ import annotations

from html import escape

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(words: str) -> bytes:
    """Write it."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>awsactivate</title>'
        "<style>body{font:1.1em sans-serif;margin:4em auto;max-width:36em;padding:0 1em}</style></head>"
        f"<body><h1>awsactivate</h1><p>{escape(words)}</p></body></html>\n"
    ).encode()
