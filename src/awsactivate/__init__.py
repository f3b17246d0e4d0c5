"""awsactivate: a shell turned into a short-lived, MFA-protected AWS session."""
