"""One file per command, each with one function ``command``; ``registry`` names them."""
