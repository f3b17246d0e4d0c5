"""AWS's two configuration files: read as botocore reads them, and changed byte by byte."""
