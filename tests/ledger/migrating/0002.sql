-- Conversations: both messages began one; a message was told in another.

INSERT INTO threads (delivery_id, top_id, amends_id, mark_due_at, mark_attempts, marked_at, mark_error) VALUES
(1, 1, NULL, NULL, 0, NULL, NULL),
(2, 2, NULL, NULL, 0, NULL, NULL);

INSERT INTO lanes (notifier, address, open_at, ended_because) VALUES
('slack', '#rolled-up', '2026-09-01 20:06:03.000000', NULL);

INSERT INTO deliveries (id, alert_id, notifier, address, key, message, state, due_at, owner, attempts, owed_since, first_attempt_at, settled_at, receipt, last_error) VALUES
(101, 1, 'slack', '#rolled-up', '1111111111111111111111111111111111111111111111111111111111111111', '{"text":"Form 144"}', 'rolled_up', NULL, NULL, 0, '2026-09-01 20:06:01.000000', NULL, '2026-09-01 20:06:02.000000', NULL, NULL),
(102, NULL, 'slack', '#rolled-up', '2222222222222222222222222222222222222222222222222222222222222222', '{"text":"2 notices of Form 144"}', 'delivered', NULL, NULL, 1, '2026-09-01 20:06:02.000000', '2026-09-01 20:06:02.000000', '2026-09-01 20:06:03.000000', 'C0/1', NULL);

INSERT INTO rollups (member_id, rollup_id) VALUES
(101, 102);
