x = "a"
y = [
  1,
  2
]
z = {
  a = 1
  b = 2
}
# end
