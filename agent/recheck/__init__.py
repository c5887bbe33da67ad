"""Work a stored brief out again, offline, and say what of it does not hold."""
