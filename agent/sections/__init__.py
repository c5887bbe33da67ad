"""What the model writes: signals first, then one call for each section."""
