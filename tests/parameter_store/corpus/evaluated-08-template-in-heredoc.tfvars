x = <<E
first
${1}
E
