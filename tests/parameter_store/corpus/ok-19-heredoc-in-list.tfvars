x = [<<E
one
E
  , <<E
two
E
]
