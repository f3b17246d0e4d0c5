"""Revocations carried out: what a role says changed together with what this machine knows."""
