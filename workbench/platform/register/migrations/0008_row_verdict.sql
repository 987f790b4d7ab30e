-- What an import made of each row of a document, for its receipts. Documents taken in before have none.
CREATE TABLE row_verdict (
    row_verdict INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    document INTEGER NOT NULL REFERENCES document,
    verdicts JSON TEXT NOT NULL    -- [[row, verdict], …]
);
CREATE UNIQUE INDEX row_verdict_document ON row_verdict (document);
