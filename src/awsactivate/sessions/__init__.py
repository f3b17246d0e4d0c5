"""What a session is and how it is planned: values and pure decisions."""
