-- +goose Up

-- What was removed stays as long as something of it is still shown.
ALTER TABLE connections ADD COLUMN removed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE teams ADD COLUMN removed BIGINT NOT NULL DEFAULT 0;

-- What becomes of a build whose image breaks a rule of the contract.
CREATE TABLE policies (
    team   BIGINT NOT NULL REFERENCES teams (id),
    rule   TEXT NOT NULL,
    breach TEXT NOT NULL, -- warn or fail
    PRIMARY KEY (team, rule)
);
ALTER TABLE builds ADD COLUMN breaches BIGINT NOT NULL DEFAULT 0; -- that it was warned of
ALTER TABLE builds ADD COLUMN content TEXT NOT NULL DEFAULT ''; -- key of what it is made of
CREATE INDEX builds_content ON builds (service, content, id) WHERE content <> '';

-- Repositories take turns.
CREATE INDEX events_turn ON events (connection, id) WHERE state = 'pending';

-- +goose Down
DROP INDEX events_turn;
DROP INDEX builds_content;
ALTER TABLE builds DROP COLUMN content;
ALTER TABLE builds DROP COLUMN breaches;
DROP TABLE policies;
ALTER TABLE teams DROP COLUMN removed;
ALTER TABLE connections DROP COLUMN removed;
