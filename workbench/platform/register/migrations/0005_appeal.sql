-- T14: amounts of approved quarters appealed against, and what was decided; differences come with the next quarter (D5).
CREATE TABLE appeal (              -- T14: against one line of an approved quarter, or for one that is missing
    appeal INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    number TEXT NOT NULL, quarter TEXT NOT NULL, clause TEXT NOT NULL, party TEXT NOT NULL, ref TEXT NOT NULL,
    kind TEXT NOT NULL, settled INTEGER NOT NULL, claimed INTEGER NOT NULL, at TIME NOT NULL, decide_by DATE NOT NULL,
    document INTEGER NOT NULL REFERENCES document, row INTEGER NOT NULL
);
CREATE UNIQUE INDEX appeal_once ON appeal (number);

CREATE TABLE ruling (              -- the outcome of an appeal; `amount` is what the line should be, empty where it stands
    ruling INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    appeal TEXT NOT NULL, outcome TEXT NOT NULL, quarter TEXT NOT NULL, clause TEXT NOT NULL, party TEXT NOT NULL,
    ref TEXT NOT NULL, amount INTEGER, at TIME NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE UNIQUE INDEX ruling_once ON ruling (appeal);
