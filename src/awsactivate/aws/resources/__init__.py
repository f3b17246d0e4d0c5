"""The resources of the secure account on AWS: each kind's own module reads, makes, changes and deletes it."""
