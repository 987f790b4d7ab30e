-- Texts typed by people are sealed like names (names.py): also those that stand in a file's header and in entries of the trail,
-- each for itself within the JSON.
CREATE TABLE same_text (           -- a sealed text that rules compare: the first row about the same lead that says the same
    same_text INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    kind TEXT NOT NULL,            -- the table
    row INTEGER NOT NULL, same INTEGER NOT NULL
);
CREATE UNIQUE INDEX same_text_row ON same_text (kind, row);
-- What the trail accounts for in place of an earlier entry's own words, since its reason was sealed: once, by a custodian.
CREATE TABLE restated_detail (
    restated_detail INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    about INTEGER NOT NULL, digest TEXT NOT NULL
);
-- A short keyed hash of every row an entry wrote, by table: which of them is another than was written.
CREATE TABLE row_hash (
    row_hash INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    hashes JSON TEXT NOT NULL      -- table → [[[first row, how many], …], hashes one after another, hex]
);
CREATE INDEX row_hash_entry ON row_hash (entry);
