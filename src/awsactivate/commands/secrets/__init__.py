"""`awsactivate secrets`: secrets in Parameter Store."""
