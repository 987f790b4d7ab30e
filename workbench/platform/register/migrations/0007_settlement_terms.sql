-- What an approved quarter was settled under: editions and numbers up to its last day. Quarters approved before have none.
CREATE TABLE settlement_terms (
    settlement_terms INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    quarter TEXT NOT NULL, terms JSON TEXT NOT NULL
);
CREATE UNIQUE INDEX settlement_terms_once ON settlement_terms (quarter);
