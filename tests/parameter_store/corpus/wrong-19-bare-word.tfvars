x = prod
