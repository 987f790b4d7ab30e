-- The master register, edition 1. Declared types steer how columns are stored and read:
--   INTEGER, TEXT     as they are
--   TIME              naive PRC time, ISO 8601 to the second
--   DATE, MONTH       YYYY-MM-DD, YYYY-MM
--   BOOL              0 or 1
--   JSON              text of a JSON document, no personal data
--   SEALED            AES-GCM under the field key, version || nonce || ciphertext
--   BLIND             keyed hash under the index key, hex
-- A second word TEXT gives the column SQLite's text affinity: a hash of digits alone is no number.
-- Every table but `state` only grows. `entry` names the audit entry that wrote the row.

CREATE TABLE entry (               -- the audit trail: one row per transaction
    entry INTEGER PRIMARY KEY,
    at TIME NOT NULL,              -- the time the deed counts at
    recorded_at TIME NOT NULL,     -- the actual clock
    user TEXT NOT NULL,
    action TEXT NOT NULL,
    detail JSON TEXT NOT NULL,
    digest TEXT NOT NULL,          -- keyed hash over the rows this entry appended
    chain TEXT NOT NULL            -- keyed hash over this entry and the chain before it
);

CREATE TABLE document (            -- a received file that was taken in
    document INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    sha256 TEXT NOT NULL, name TEXT NOT NULL, template TEXT NOT NULL, version TEXT NOT NULL,
    received_at TIME NOT NULL, unit TEXT, header JSON TEXT NOT NULL, sealed_header SEALED,
    accepted INTEGER NOT NULL, returned INTEGER NOT NULL
);
CREATE UNIQUE INDEX document_once ON document (sha256);

CREATE TABLE finding (             -- what the checks said of a document
    finding INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    document INTEGER NOT NULL REFERENCES document, sheet TEXT, row INTEGER, cell TEXT,
    code TEXT NOT NULL, clause TEXT, severity TEXT NOT NULL, message TEXT NOT NULL, inputs JSON TEXT NOT NULL
);
CREATE INDEX finding_document ON finding (document);

CREATE TABLE returned_row (        -- 5.2: rows not received; identity only, for the grace of reading D18
    returned_row INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    document INTEGER NOT NULL REFERENCES document, row INTEGER NOT NULL,
    reporter TEXT NOT NULL, customer_key TEXT NOT NULL, category TEXT, province TEXT, city TEXT,
    received_at TIME NOT NULL
);
CREATE INDEX returned_row_customer ON returned_row (customer_key, reporter);

CREATE TABLE unit (                -- T6: dealers, departments, sections; the newest version counts
    unit INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    code TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, province TEXT, city TEXT,
    person TEXT, leader TEXT, function TEXT, categories TEXT, state TEXT NOT NULL,
    since TIME NOT NULL, document INTEGER REFERENCES document, row INTEGER
);

CREATE TABLE lead (                -- T1: one row per version of a lead; the newest version counts
    lead_version INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    lead INTEGER NOT NULL, version INTEGER NOT NULL, number TEXT NOT NULL, reporter TEXT NOT NULL,
    filed_at TIME NOT NULL,        -- recorded receipt of the file this version came in (D4)
    ranked_at TIME NOT NULL,       -- its place in the order of 5.1 (later where the month was closed)
    reported_on DATE, document INTEGER NOT NULL REFERENCES document, row INTEGER NOT NULL, row_id TEXT,
    customer TEXT NOT NULL, customer_key TEXT NOT NULL, category TEXT NOT NULL,
    province TEXT NOT NULL, city TEXT NOT NULL, county TEXT, level TEXT,
    contact SEALED NOT NULL, phone SEALED NOT NULL, phone_key BLIND TEXT NOT NULL, contact_title TEXT,
    model TEXT, quantity INTEGER NOT NULL, expected TEXT, method TEXT, budget TEXT, rivals TEXT,
    source TEXT, content SEALED, consent TEXT, remark SEALED
);
CREATE UNIQUE INDEX lead_version_once ON lead (lead, version);
CREATE INDEX lead_number ON lead (number);
CREATE INDEX lead_block ON lead (province, city, category, customer_key);

CREATE TABLE link (                -- close names or the same phone within a block (5.1, D2)
    link INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    a INTEGER NOT NULL, b INTEGER NOT NULL, reason TEXT NOT NULL, score INTEGER NOT NULL
);
CREATE INDEX link_a ON link (a);
CREATE INDEX link_b ON link (b);

CREATE TABLE review (              -- a person's decision on a lead that was held
    review INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    lead INTEGER NOT NULL, other INTEGER, verdict TEXT NOT NULL,
    at TIME NOT NULL, by TEXT NOT NULL, reason TEXT,
    document INTEGER REFERENCES document, row INTEGER
);

CREATE TABLE dispatch (            -- 6.2: handed to a section
    dispatch INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    batch INTEGER NOT NULL, lead INTEGER NOT NULL, section TEXT NOT NULL, at TIME NOT NULL
);
CREATE INDEX dispatch_lead ON dispatch (lead);

CREATE TABLE feedback (            -- T5: 6.3
    feedback INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    lead INTEGER NOT NULL, section TEXT NOT NULL, at TIME NOT NULL, verdict TEXT NOT NULL,
    reason TEXT, expires_on DATE, person TEXT, remark SEALED,
    document INTEGER NOT NULL REFERENCES document, row INTEGER NOT NULL
);
CREATE INDEX feedback_lead ON feedback (lead);

CREATE TABLE application (         -- T3: 5.5
    application INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    lead INTEGER NOT NULL, unit TEXT NOT NULL, at TIME NOT NULL, model TEXT, quantity INTEGER,
    support TEXT, signs_on DATE,
    document INTEGER NOT NULL REFERENCES document, row INTEGER NOT NULL
);
CREATE INDEX application_lead ON application (lead);

CREATE TABLE contract_line (       -- T2: 6.5; for the same month, contract and lead the newest counts (D25)
    contract_line INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    month MONTH NOT NULL, contract TEXT NOT NULL, lead INTEGER NOT NULL, unit TEXT NOT NULL,
    model TEXT, quantity INTEGER NOT NULL, amount_fen INTEGER, signed_on DATE NOT NULL,
    picked_up INTEGER NOT NULL, cumulative INTEGER, progress TEXT, at TIME NOT NULL,
    document INTEGER NOT NULL REFERENCES document, row INTEGER NOT NULL
);
CREATE INDEX contract_line_lead ON contract_line (lead);

CREATE TABLE register_return (     -- T2: the month's contract register came back (6.5, 7.3.3)
    register_return INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    month MONTH NOT NULL, at TIME NOT NULL, document INTEGER NOT NULL REFERENCES document
);

CREATE TABLE target (              -- T4: one row per unit and month; the newest counts
    target INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    unit TEXT NOT NULL, year INTEGER NOT NULL, month MONTH NOT NULL, amount INTEGER NOT NULL,
    kind TEXT NOT NULL, reason TEXT, approver TEXT, at TIME NOT NULL,
    document INTEGER NOT NULL REFERENCES document, row INTEGER NOT NULL, cell TEXT NOT NULL
);

CREATE TABLE publication (         -- 6.1
    publication INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    due_on DATE NOT NULL, at TIME NOT NULL, totals JSON TEXT NOT NULL
);
CREATE UNIQUE INDEX publication_once ON publication (due_on);

CREATE TABLE incident (            -- T13: 7.3.4
    incident INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    number TEXT NOT NULL, person TEXT NOT NULL, unit TEXT, happened_on DATE NOT NULL,
    inside BOOL NOT NULL, lead INTEGER, at TIME NOT NULL,
    document INTEGER NOT NULL REFERENCES document, row INTEGER NOT NULL
);

CREATE TABLE closure (             -- D26: a month is closed
    closure INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    month MONTH NOT NULL, at TIME NOT NULL, reason TEXT NOT NULL
);
CREATE UNIQUE INDEX closure_once ON closure (month);

CREATE TABLE settlement (          -- an approved quarter: its lines never change
    settlement INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    quarter TEXT NOT NULL, edition TEXT NOT NULL, as_of TIME NOT NULL, at TIME NOT NULL,
    readings JSON TEXT NOT NULL
);
CREATE UNIQUE INDEX settlement_once ON settlement (quarter);
CREATE TABLE settlement_line (
    settlement_line INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    quarter TEXT NOT NULL, position INTEGER NOT NULL, clause TEXT NOT NULL, party TEXT NOT NULL,
    ref TEXT NOT NULL, amount INTEGER NOT NULL, adjusts TEXT, inputs JSON TEXT NOT NULL
);

CREATE TABLE transition (          -- every change of a lead's status: when, why, from what
    transition INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    lead INTEGER NOT NULL, at TIME NOT NULL, was TEXT, status TEXT NOT NULL, clause TEXT,
    document INTEGER REFERENCES document
);
CREATE INDEX transition_lead ON transition (lead);

CREATE TABLE state (               -- the newest status of each lead; rebuilt from the facts at will
    lead INTEGER PRIMARY KEY, status TEXT NOT NULL, clause TEXT
);
CREATE INDEX state_status ON state (status);
