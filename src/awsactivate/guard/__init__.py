"""The guard's decisions: what a call to AWS is, whose it is, what the rules say, and how a no is told."""
