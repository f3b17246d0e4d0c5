_a = 1
b2 = 2
for = 3
true = 4
