-- Version 6 of the store: the city is told of each withdrawal until it has heard.
ALTER TABLE consent ADD COLUMN told INTEGER; -- when it had
CREATE INDEX consent_untold ON consent (withdrawn) WHERE withdrawn IS NOT NULL AND told IS NULL;
