"""`awsactivate profiles`: profiles without typing."""
