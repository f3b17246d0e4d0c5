"""The few calls that everybody waits for, made without botocore, which is slow to load."""
