"""The command line: flags, colours, exit codes, and nothing that a script could not call itself."""
