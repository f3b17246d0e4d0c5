a = 1

x = [for i in [1, 2] : i]
