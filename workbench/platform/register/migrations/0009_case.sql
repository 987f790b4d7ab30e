-- Requests and decisions of cases that need no tables of their own (workbench/platform/workflow/procedure.py).
CREATE TABLE case_request (        -- something one person asks for; `name` is the case's, `detail` what is asked
    case_request INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    name TEXT NOT NULL, number TEXT NOT NULL, detail JSON TEXT NOT NULL, at TIME NOT NULL, by TEXT NOT NULL, due_on DATE
);
CREATE UNIQUE INDEX case_request_once ON case_request (name, number);

CREATE TABLE case_decision (       -- what another person decided
    case_decision INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    name TEXT NOT NULL, number TEXT NOT NULL, verdict TEXT NOT NULL, at TIME NOT NULL, by TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE UNIQUE INDEX case_decision_once ON case_decision (name, number);
