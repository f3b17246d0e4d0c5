"""`awsactivate keys`: long-term access keys."""
