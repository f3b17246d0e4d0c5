"""What a session is narrowed to: the scopes, and the grammar of a policy."""
