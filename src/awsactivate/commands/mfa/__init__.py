"""`awsactivate mfa`: MFA devices."""
