"""Official templates: described in YAML, read, checked and written by one generic machinery."""
