-- A key for everybody whom sealed values are about (a customer, or who filled in a file): wrapped by the field key, wrapped
-- anew by rotations, and destroyed with its row. `name` says who, hashed under the index key; `salt` is what the trail
-- accounts for hashes and masks by (erasable.py). Outside the trail, which keeps what became of each row:
CREATE TABLE subject_key (
    subject_key INTEGER PRIMARY KEY, name BLIND TEXT NOT NULL,
    version INTEGER NOT NULL,      -- of the field key
    salt TEXT NOT NULL, wrapped BLOB NOT NULL
);
CREATE UNIQUE INDEX subject_key_name ON subject_key (name);
CREATE TABLE subject_state (       -- a keyed hash over the row of a subject's key; NULL: destroyed, by this entry
    subject_state INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    subject INTEGER NOT NULL, digest TEXT
);
CREATE INDEX subject_state_subject ON subject_state (subject);
-- What the digest of an earlier entry is since the values it wrote were sealed under such keys: once, by a custodian.
CREATE TABLE restated (
    restated INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    about INTEGER NOT NULL, digest TEXT NOT NULL
);
