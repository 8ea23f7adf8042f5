-- +goose Up

-- Repositories of its host that a connection's builds read over ssh, JSON.
ALTER TABLE connections ADD COLUMN reads TEXT NOT NULL DEFAULT '[]';

-- +goose Down
ALTER TABLE connections DROP COLUMN reads;
