-- T12: requests to disclose a lead's contact, what was decided on them, and each time the contact was handed over.
-- An approver decides on recipient, evidence, purpose and reason without holding the field key, and an auditor reads
-- them: they are TEXT, and the intake returns rows that write a phone number or the lead's contact into them. The
-- remark is nobody's basis for a decision: SEALED.
CREATE TABLE disclosure_request (
    disclosure_request INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    number TEXT NOT NULL, lead INTEGER NOT NULL, unit TEXT NOT NULL, applicant TEXT NOT NULL,
    recipient TEXT NOT NULL, basis TEXT NOT NULL, evidence TEXT, purpose TEXT NOT NULL, content TEXT NOT NULL,
    valid_until DATE NOT NULL, remark SEALED, at TIME NOT NULL,
    document INTEGER NOT NULL REFERENCES document, row INTEGER NOT NULL
);
CREATE UNIQUE INDEX disclosure_request_once ON disclosure_request (number);
CREATE INDEX disclosure_request_lead ON disclosure_request (lead);

CREATE TABLE disclosure_decision ( -- the newest counts: an approval can be withdrawn
    disclosure_decision INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    number TEXT NOT NULL, lead INTEGER NOT NULL, verdict TEXT NOT NULL, at TIME NOT NULL, by TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX disclosure_decision_number ON disclosure_decision (number);

CREATE TABLE disclosure_handover ( -- once for every workbook written
    disclosure_handover INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    number TEXT NOT NULL, lead INTEGER NOT NULL, version INTEGER NOT NULL, fields JSON TEXT NOT NULL, at TIME NOT NULL,
    by TEXT NOT NULL
);
CREATE INDEX disclosure_handover_number ON disclosure_handover (number);
