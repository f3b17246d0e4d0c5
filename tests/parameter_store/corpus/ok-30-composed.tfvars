decomposed = "é"
escaped = "e\u0301"
key = { "é" = 1 }
quote = "\"́"
