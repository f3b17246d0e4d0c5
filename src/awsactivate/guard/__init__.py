"""The guard's decisions: what a call to AWS is, who signed it, what the rules say to it, and how a no is told."""
