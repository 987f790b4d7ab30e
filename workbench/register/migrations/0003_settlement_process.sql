-- 4.3.3: a quarter is submitted by one person and approved, or sent back, by another; both sign the same numbers.
CREATE TABLE submission (
    submission INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    quarter TEXT NOT NULL, edition TEXT NOT NULL, as_of TIME NOT NULL, at TIME NOT NULL, by TEXT NOT NULL,
    digest TEXT NOT NULL,          -- SHA-256 over the lines
    open JSON TEXT NOT NULL,       -- what was not settled yet, by code, and how many
    reason TEXT,                   -- why it was submitted nevertheless
    signature JSON TEXT NOT NULL
);
CREATE INDEX submission_quarter ON submission (quarter);

CREATE TABLE send_back (
    send_back INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    submission INTEGER NOT NULL REFERENCES submission, at TIME NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL
);

CREATE TABLE approval (
    approval INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    quarter TEXT NOT NULL, submission INTEGER NOT NULL REFERENCES submission, at TIME NOT NULL, by TEXT NOT NULL,
    digest TEXT NOT NULL, signature JSON TEXT NOT NULL
);
CREATE UNIQUE INDEX approval_once ON approval (quarter);
