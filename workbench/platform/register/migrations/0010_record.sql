-- Rows of tables that a capability declares and the file has no table of its own for: kept by field. `sealed_fields`
-- holds the personal ones, as a JSON text.
CREATE TABLE record (
    record INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    kind TEXT NOT NULL,            -- the declared table's name
    document INTEGER REFERENCES document, row INTEGER,
    fields JSON TEXT NOT NULL, sealed_fields SEALED
);
CREATE INDEX record_kind ON record (kind);
