# hash
x = 1 # after
// slashes
y = 2 // after
/* a block
   over lines */
z = /* before */ 3 /* after */
#
//
/**/
