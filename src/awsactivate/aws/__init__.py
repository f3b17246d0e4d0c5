"""Everything that touches AWS's network: the only users of boto3."""
