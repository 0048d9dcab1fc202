"""How answers are compared with the reference, and when an exam is passed. Plain values, no Django."""
