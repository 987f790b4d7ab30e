"""Users, roles, sessions, the audit trail for people, backups."""
