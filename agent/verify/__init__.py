"""Claims become verdicts: one file for each step of the cascade, and repair."""
