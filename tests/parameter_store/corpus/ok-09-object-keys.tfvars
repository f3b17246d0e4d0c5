x = { "quoted key" = 1, plain = 2, "with $${sign}" = 3, a-b = 4 }
y = { 5 = "five", 1.50 = "n", 1e3 = "k", true = 1, null = 2, if = 3 }
