"""Long-term keys and TOTP seeds: the system keyring, what it holds, and the index that tells it."""
