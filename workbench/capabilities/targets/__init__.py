"""Targets of the departments and their completion (4.2, 5.3, 7.2.1)."""
