"""The shells: their table, their quoting, the text that each evaluates, their start-up files."""
