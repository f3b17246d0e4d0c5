x = <<E
a
