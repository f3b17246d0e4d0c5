"""Secrets of Parameter Store as data: names, values, files of many formats. Nothing here reads or calls."""
