servers = {
  web = {
    ports = [80, 443]
    tags  = { env = "prod", "a b" = "c" }
  }
  db = {
    ports = []
    tags  = {}
  }
}
matrix = [[1, 2], [3, [4, { a = [5] }]]]
