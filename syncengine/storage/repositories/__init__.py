"""Reading and writing the memory, whole sets at a time."""
