"""One verb a file: the order of steps, and when to commit."""
