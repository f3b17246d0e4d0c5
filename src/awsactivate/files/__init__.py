"""Files changed safely: private, whole or not at all, one process at a time."""
