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
    submission INTEGER NOT NULL, at TIME NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL
);

CREATE TABLE approval (
    approval INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    quarter TEXT NOT NULL, submission INTEGER NOT NULL, at TIME NOT NULL, by TEXT NOT NULL,
    digest TEXT NOT NULL, signature JSON TEXT NOT NULL
);
CREATE UNIQUE INDEX approval_once ON approval (quarter);

CREATE TABLE allocation (          -- T15, 7.2.3: how a department's reward is split; for a department the newest file counts
    allocation INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    quarter TEXT NOT NULL, unit TEXT NOT NULL, person TEXT NOT NULL, amount INTEGER NOT NULL, leader TEXT NOT NULL,
    at TIME NOT NULL, document INTEGER NOT NULL REFERENCES document, row INTEGER NOT NULL
);
CREATE INDEX allocation_quarter ON allocation (quarter);

CREATE TABLE payment (             -- 4.4, 4.5: carried out and acknowledged, by payer
    payment INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    quarter TEXT NOT NULL, payer TEXT NOT NULL, paid INTEGER NOT NULL, collected INTEGER NOT NULL,
    paid_on DATE NOT NULL, reference TEXT NOT NULL, at TIME NOT NULL, by TEXT NOT NULL
);
CREATE UNIQUE INDEX payment_once ON payment (quarter, payer);
