x = <<E
a
b
E
y = <<-E

    c

      d
    E
