"""What hospitals submit: cases through web forms and files."""
