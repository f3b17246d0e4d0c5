"""Sign-ins by the browser: begun, kept, renewed and ended."""
