"""What is late and who is told of it, as plain values."""
