x = <<-E
 　a
  b
  E
