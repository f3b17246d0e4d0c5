plain = "text"
empty_list = []
spaces = "  lead and trail  "
signs = "!@#$^&*()_+-=[]{}|;:,.<>?/~"
