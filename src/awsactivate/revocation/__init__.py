"""Which sessions are denied: the tag's grammar, inline policies, and what this machine knows of them."""
