"""Music and change, and nothing else: no I/O, no clock, no logging."""
