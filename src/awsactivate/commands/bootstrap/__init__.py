"""`awsactivate bootstrap`: set up the secure account."""
