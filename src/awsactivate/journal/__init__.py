"""What was begun, handed out and revoked on this machine, so that a person can look it up."""
