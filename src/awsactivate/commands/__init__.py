"""The commands of `awsactivate`, one module a group.

A command module has `SUMMARY`, `add_arguments(parser)` and `run(arguments, context) -> int`; only the one
that runs is imported.
"""
