x = <<E text
a
E
