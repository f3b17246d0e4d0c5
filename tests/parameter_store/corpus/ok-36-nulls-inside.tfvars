x = { a = null, b = [null] }
