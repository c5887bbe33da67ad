"""The command line: one file for each verb, and the only code that prints."""
