"""Leads: reports, screening, precedence, dispatch, verification, projects (5, 6)."""
