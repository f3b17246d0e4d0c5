"""`awsactivate revoke`: revocation of sessions on the server."""
