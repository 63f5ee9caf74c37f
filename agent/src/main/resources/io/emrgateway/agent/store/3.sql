-- Version 3 of the store: what an operator has given up of the quarantine.

-- When a quarantined message's bytes were discarded. Its row and the city's explanation of it stay.
ALTER TABLE entry ADD COLUMN discarded INTEGER;
DROP INDEX entry_quarantine;
CREATE INDEX entry_quarantine ON entry (i) WHERE n IS NULL AND discarded IS NULL;
CREATE INDEX entry_discarded ON entry (discarded) WHERE discarded IS NOT NULL;
