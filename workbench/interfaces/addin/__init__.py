"""The Excel face: functions for cells and what the buttons share. Convert, ask the platform, format; no rules here."""
