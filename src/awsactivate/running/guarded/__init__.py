"""The guard at work: the door, the calls that come through it, the person who is asked, and COMMAND."""
