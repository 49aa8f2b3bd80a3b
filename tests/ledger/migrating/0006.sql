-- Drills: one that reached everybody.

INSERT INTO filings (accession, form_type, parties, found_by, accepted_at, filed_on, day, indexed, quiet, seen_at, state, due_at, owner, attempts, postponed, last_error, read_at) VALUES
('0000000000-26-000001', '144', '[]', 'drill', '2026-09-01 20:00:00.000000', NULL, '2026-09-01', FALSE, FALSE, '2026-09-01 20:00:00.000000', 'read', NULL, NULL, 1, 0, NULL, '2026-09-01 20:00:01.000000');

INSERT INTO drills (accession, watchlist_id, destinations, body, asked_at, until, taken_at, read_at, matched_at, why_nobody, ended_at, reached_all, result) VALUES
('0000000000-26-000001', 'example', '[]', CAST('<edgarSubmission/>' AS :BLOB), '2026-09-01 20:00:00.000000', '2026-09-01 20:10:00.000000', '2026-09-01 20:00:00.000000', '2026-09-01 20:00:01.000000', '2026-09-01 20:00:01.000000', NULL, '2026-09-01 20:00:05.000000', TRUE, 'reached everybody');
