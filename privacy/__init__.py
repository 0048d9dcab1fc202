"""Who may see what: roles, permissions, blinding, suppression, field classes. Pure: no Django, no rows."""
