x = "# no // comment /* here */"
