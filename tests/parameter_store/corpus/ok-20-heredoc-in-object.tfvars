x = {
  a = <<E
one
E
  b = <<-E
    two
  E
}
