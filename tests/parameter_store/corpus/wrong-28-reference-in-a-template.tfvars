x = "a ${var.b}"
