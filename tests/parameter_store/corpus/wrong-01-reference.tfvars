a = 1
x = var.other
