-- Receipts and delivered copies.
CREATE TABLE fingerprint (         -- keyed hashes of a document's rows: [[row, hash], …]
    fingerprint INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    document INTEGER NOT NULL REFERENCES document, rows JSON TEXT NOT NULL,
    code TEXT, sealed_code SEALED  -- their key; sealed where rows hold personal data, which it would help to guess
);
CREATE UNIQUE INDEX fingerprint_document ON fingerprint (document);

CREATE TABLE delivery (            -- which marked copy of which report went to whom
    delivery INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    code TEXT NOT NULL,            -- the mark in the copy
    recipient TEXT NOT NULL, report TEXT NOT NULL, period TEXT NOT NULL, at TIME NOT NULL,
    report_sha256 TEXT NOT NULL,   -- the workbook of the run
    copy_sha256 TEXT NOT NULL,     -- the marked copy
    sealed_sha256 TEXT NOT NULL,   -- the marked copy under its password
    ticket JSON TEXT NOT NULL      -- the signed words inside the copy
);
CREATE UNIQUE INDEX delivery_code ON delivery (code);
