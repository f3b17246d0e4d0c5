"""`awsactivate doctor`: find what is wrong on this machine."""
