"""Drawing and comparing, as functions of plain values."""
