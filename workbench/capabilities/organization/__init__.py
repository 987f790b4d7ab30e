"""Units and who answers for them (T6)."""
