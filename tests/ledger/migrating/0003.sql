-- What became of messages: one was refused and went to the fallback, one is held by a silence.

INSERT INTO lanes (notifier, address, open_at, ended_because) VALUES
('email', 'nobody@example.com', '2026-09-01 20:06:03.000000', '550 5.1.1 no such mailbox'),
('slack', '#held', '2026-09-01 20:06:03.000000', NULL);

INSERT INTO deliveries (id, alert_id, notifier, address, key, message, state, due_at, owner, attempts, owed_since, first_attempt_at, settled_at, receipt, last_error) VALUES
(103, 1, 'email', 'nobody@example.com', '3333333333333333333333333333333333333333333333333333333333333333', '{"text":"Form 144","subject":"Form 144"}', 'refused', NULL, NULL, 1, '2026-09-01 20:06:01.000000', '2026-09-01 20:06:02.000000', '2026-09-01 20:06:02.000000', NULL, '550 5.1.1 no such mailbox'),
(104, 1, 'slack', '#held', '4444444444444444444444444444444444444444444444444444444444444444', '{"text":"Form 144"}', 'held', NULL, NULL, 0, '2026-09-01 20:06:01.000000', NULL, NULL, NULL, NULL);

INSERT INTO troubles (id, kind, subject, what, first_at, last_at, times, told_times, told_at) VALUES
(1, 'ended', 'email:nobody@example.com', '550 5.1.1 no such mailbox', '2026-09-01 20:06:02.000000', '2026-09-01 20:06:02.000000', 1, 1, '2026-09-01 20:06:12.000000');

INSERT INTO redirects (delivery_id, notifier, address, redirected_at) VALUES
(103, 'email', 'desk@example.com', '2026-09-01 20:06:12.000000');

INSERT INTO silences (id, about, subject, author, reason, created_at, expires_at) VALUES
(1, 'issuer', '1999999', 'Jane Doe', 'in registration', '2026-08-31 09:00:00.000000', '2027-01-01 00:00:00.000000');

INSERT INTO holds (delivery_id, silence_id, because, author, held_at, until) VALUES
(104, 1, 'in registration', 'Jane Doe', '2026-09-01 20:06:01.000000', NULL);

INSERT INTO acknowledgements (alert_id, person, acknowledged_at, how, remark) VALUES
(1, 'Jane Doe', '2026-09-01 20:10:00.000000', 'cli', 'seen to');
