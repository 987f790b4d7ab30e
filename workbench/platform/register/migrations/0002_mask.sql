-- What those may see of a lead's contact who hold no key for personal fields: 张**, 138****1234.
CREATE TABLE mask (
    mask INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    lead INTEGER NOT NULL, version INTEGER NOT NULL, contact TEXT NOT NULL, phone TEXT NOT NULL
);
CREATE INDEX mask_lead ON mask (lead);
