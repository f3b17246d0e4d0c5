x = { a = 1, b = "two" }
y = {
  first  = "1"
  second = "2"
}
empty = {}
