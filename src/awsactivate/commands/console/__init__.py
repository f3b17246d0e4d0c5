"""`awsactivate console`: open the AWS console."""
