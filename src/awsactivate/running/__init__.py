"""A COMMAND of the user's, run with a session."""
