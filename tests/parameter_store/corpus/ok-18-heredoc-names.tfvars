x = <<A-b_1
A-b_2
 A-b_1 x
A-b_1
