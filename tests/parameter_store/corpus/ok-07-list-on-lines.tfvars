x = [
  "a", # one
  "b" // two
  , /* three */ "c",

]
