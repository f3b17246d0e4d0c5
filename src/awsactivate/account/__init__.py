"""The secure account as plain data: what it should be, and how what is there differs."""
