"""An AWS that says no, on this machine: for trying awsactivate without an account, and for its tests."""
