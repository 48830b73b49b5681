\set n random(1, 2000)
\set points random(1, 100)
BEGIN;
INSERT INTO wallets (member_id, asset, balance) VALUES (('00000000-0000-7000-8000-' || lpad(cast(:n AS text), 12, '0'))::uuid, 2, 0) ON CONFLICT DO NOTHING;
SELECT balance FROM wallets WHERE member_id = ('00000000-0000-7000-8000-' || lpad(cast(:n AS text), 12, '0'))::uuid AND asset = 2 FOR UPDATE;
SELECT uuidv7() AS bill \gset
INSERT INTO bills (member_id, bill_id, kind, store_id, business_date, occurred_at, posted_at, total_fen, points_earned, points_after, document) VALUES (('00000000-0000-7000-8000-' || lpad(cast(:n AS text), 12, '0'))::uuid, cast(:bill AS uuid), 1, '@store@', current_date, now(), now(), 10000, cast(:points AS bigint), cast(:points AS bigint), decode('@document@', 'hex'));
INSERT INTO transfers (member_id, bill_id, ordinal, asset, debit_account, credit_account, amount, store_id, business_date, posted_at) VALUES (('00000000-0000-7000-8000-' || lpad(cast(:n AS text), 12, '0'))::uuid, cast(:bill AS uuid), 0, 1, 'tender_cash', 'revenue', 10000, '@store@', current_date, now()), (('00000000-0000-7000-8000-' || lpad(cast(:n AS text), 12, '0'))::uuid, cast(:bill AS uuid), 1, 2, 'points_issued', 'wallet', cast(:points AS bigint), '@store@', current_date, now());
INSERT INTO lots (member_id, bill_id, ordinal, asset, granted, remaining, rule_version, store_id, earned_at, available_at) VALUES (('00000000-0000-7000-8000-' || lpad(cast(:n AS text), 12, '0'))::uuid, cast(:bill AS uuid), 0, 2, cast(:points AS bigint), cast(:points AS bigint), 'base@1', '@store@', now(), now());
UPDATE wallets SET balance = balance + cast(:points AS bigint) WHERE member_id = ('00000000-0000-7000-8000-' || lpad(cast(:n AS text), 12, '0'))::uuid AND asset = 2;
INSERT INTO outbox (event_id, member_id, event_type, occurred_at, traceparent, payload) VALUES (cast(:bill AS uuid), ('00000000-0000-7000-8000-' || lpad(cast(:n AS text), 12, '0'))::uuid, 'yika.points.v1.Bench', now(), '', decode('@document@', 'hex'));
COMMIT;
