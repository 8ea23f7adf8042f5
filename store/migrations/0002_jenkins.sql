-- +goose Up

-- Jenkins controllers: one per team, and one of every team that has none.
CREATE TABLE controllers (
    id       {{id}},
    team     BIGINT UNIQUE REFERENCES teams (id) ON DELETE CASCADE, -- NULL is the platform's
    url      TEXT NOT NULL,
    username TEXT NOT NULL,
    folder   TEXT NOT NULL,
    ca       TEXT NOT NULL, -- PEM
    reports  TEXT NOT NULL, -- follow, external or none
    sealed   {{blob}} NOT NULL, -- keys
    wrong    TEXT NOT NULL DEFAULT '', -- why it took nothing when it was last told something
    created  BIGINT NOT NULL
);
CREATE UNIQUE INDEX controllers_platform ON controllers (COALESCE(team, 0)) WHERE team IS NULL;

-- The job that does what comes after a service's builds.
CREATE TABLE downstream (
    service BIGINT PRIMARY KEY REFERENCES services (id) ON DELETE CASCADE,
    job     TEXT NOT NULL -- full name
);

-- What a build is in Jenkins. Its controller may have been removed since.
CREATE TABLE jenkins_runs (
    build      BIGINT NOT NULL REFERENCES builds (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    controller BIGINT NOT NULL,
    job        TEXT NOT NULL, -- full name
    state      TEXT NOT NULL,
    item       BIGINT NOT NULL,
    number     BIGINT NOT NULL,
    url        TEXT NOT NULL,
    result     TEXT NOT NULL,
    note       TEXT NOT NULL,
    changed    BIGINT NOT NULL,
    stop       BIGINT NOT NULL DEFAULT 0, -- somebody here wants it stopped
    PRIMARY KEY (build, kind)
);
CREATE INDEX jenkins_runs_followed ON jenkins_runs (controller, build) WHERE state IN ('queued', 'runs');

-- An asker's own names for what it asked for, so that asking again is as once.
CREATE TABLE asked (
    connection BIGINT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    service    TEXT NOT NULL, -- bare
    once       TEXT NOT NULL,
    event      BIGINT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    PRIMARY KEY (connection, service, once)
);
CREATE INDEX asked_event ON asked (event);

-- Who wants to be told of an event's end, and since when a message waits.
ALTER TABLE events ADD COLUMN notify TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN posted BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE outbox DROP COLUMN posted;
ALTER TABLE events DROP COLUMN notify;
DROP TABLE asked;
DROP TABLE jenkins_runs;
DROP TABLE downstream;
DROP TABLE controllers;
