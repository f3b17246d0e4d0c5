x = ["a", "b", 1, true, null]
empty = []
trailing = [1, 2,]
nested = [[1], [[]], ["x"]]
