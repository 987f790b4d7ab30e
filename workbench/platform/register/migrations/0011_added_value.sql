-- What columns of a template hold that its intake does not know: each filled cell for itself, the newest of a field counts.
CREATE TABLE added_value (
    added_value INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    template TEXT NOT NULL, subject TEXT NOT NULL, -- what the row is about: its key within the template
    lead TEXT,                     -- number of the lead the row names
    field TEXT NOT NULL, title TEXT NOT NULL,
    value JSON TEXT NOT NULL,      -- null where the cell was emptied, or where it is personal
    filled BOOL NOT NULL, personal BOOL NOT NULL, sealed_value SEALED,
    at TIME NOT NULL, document INTEGER NOT NULL REFERENCES document, row INTEGER NOT NULL, cell TEXT NOT NULL
);
CREATE INDEX added_value_subject ON added_value (subject);
CREATE INDEX added_value_lead ON added_value (lead);
