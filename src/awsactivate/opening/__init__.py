"""From a command line to a session: planned, asked for, opened, renewed."""
