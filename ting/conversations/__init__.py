"""What is said: sending, history, channels, search."""
