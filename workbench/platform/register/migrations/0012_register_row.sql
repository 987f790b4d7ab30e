-- What every received contract register (T2) held, also rows that said nothing new: which row stood for which line, and
-- whether the file replaced its month's register (报送方式 重报). A row without a contract stands for such a file itself,
-- one without a lead for a row that was returned.
CREATE TABLE register_row (
    register_row INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    month MONTH NOT NULL, contract TEXT, lead INTEGER, model TEXT, unit TEXT,
    quantity INTEGER, signed_on DATE, picked_up INTEGER,
    row_id TEXT, replaces INTEGER NOT NULL, at TIME NOT NULL,
    document INTEGER NOT NULL REFERENCES document, row INTEGER
);
CREATE INDEX register_row_month ON register_row (month);
