"""The person at the terminal: asked, told, and shown lists. The only users of the terminal."""
