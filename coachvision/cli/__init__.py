"""The command line: a thin front over services. Nothing imports it but its own entry point."""
