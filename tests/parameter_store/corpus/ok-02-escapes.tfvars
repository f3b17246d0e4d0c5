x = "a\nb\rc\td\"e\\f"
y = "\u00e9\u20ac\U0001F600\u0041"
