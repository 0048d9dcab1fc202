"""The wall between hospitals: row-level-security policies and the signed context that names the viewer to PostgreSQL."""
