"""What is measured on one brief; `catalogue` lists it all."""
