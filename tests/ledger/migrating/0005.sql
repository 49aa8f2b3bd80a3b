-- Digests: one that was told, with what it told of.

INSERT INTO digests (id, notifier, address, schedule, slot, since, composed_at, entries, delivery_id, sha256) VALUES
(1, 'email', 'jane@example.com', 'daily 08:00 America/New_York', '2026-09-01 12:00:00.000000', '2026-08-31 12:00:00.000000', '2026-09-01 12:00:01.000000', 1, 1, '736c56f5fa2cc900dda77436ced2b7ae4b47d0159eb7005d10e457b855a52a87');

INSERT INTO digest_entries (id, notifier, address, schedule, accession, watchlist_id, delivery_id, item, entered_at, digest_id) VALUES
(1, 'email', 'jane@example.com', 'daily 08:00 America/New_York', '0001950047-26-000123', 'example', 1, '{"accession":"0001950047-26-000123","form":"Form 144","issuer":"Example Industries Inc.","issuer_cik":1999500,"seller":"Jane Q. Example","said":"Jane Q. Example proposes to sell 10,000 units of Common","figures":"market value $250,000.00","value":"250000.00","units":10000,"class_title":"Common","sale_date":"2026-09-01","url":"https://www.sec.gov/","accepted_at":"2026-09-01T20:05:19Z","seen_at":"2026-09-01T20:06:00Z","list_name":"Example"}', '2026-09-01 20:06:01.000000', 1);
