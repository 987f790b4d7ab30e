-- A report that comes again names its rows by their ids, which every blank workbook has alike (r0001 and on): an index of them led
-- to the leads of all other reports. What is looked for are those of the same day and reporter.
DROP INDEX lead_row_id;
CREATE INDEX lead_report ON lead (reported_on, reporter);
