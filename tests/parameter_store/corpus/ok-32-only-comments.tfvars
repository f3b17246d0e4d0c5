# nothing

/* here */
