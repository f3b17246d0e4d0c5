yes = true
no = false
