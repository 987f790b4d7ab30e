"""The Excel face: functions for cells and what the buttons share. Convert, ask ``desk``, format; no rules here."""
