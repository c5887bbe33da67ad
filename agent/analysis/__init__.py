"""What the program computes from what the model wrote."""
