-- The record: two entries, chained.

INSERT INTO entries (id, at, kind, subject, body, sealed) VALUES
(1, '2026-09-01 20:06:00.000000', 'announced', '0001950047-26-000123', '{"found_by":"feed"}', TRUE),
(2, '2026-09-01 20:06:01.000000', 'read', '0001950047-26-000123', '{"sha256":"736c56f5fa2cc900dda77436ced2b7ae4b47d0159eb7005d10e457b855a52a87"}', TRUE);

INSERT INTO links (position, entry_id, entry_hash, hash) VALUES
(1, 1, '5b85ea6d591ad24e8d070c88de8829193d0825b0cc1f54e1c06ca1183a36aeba', 'e2bad91175f15e01eb5e32b58e8df3c28426ec314d156df3aad9e2ebe38efe47'),
(2, 2, 'c03be3c7ab48147de3c75cce0b891faff2e522b43a2b6ca91a186d21001f7f3d', 'b7d4a4971ff1fe4bb7a2ded9d68c342c2b7a3ef06eb6543fc4fad06584467f23');
