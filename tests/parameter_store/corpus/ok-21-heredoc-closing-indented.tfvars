x = <<E
  a
   E
y = 1
