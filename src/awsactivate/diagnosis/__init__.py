"""What can be wrong on a machine, told from what was read of it: pure, and each thing found is a value."""
