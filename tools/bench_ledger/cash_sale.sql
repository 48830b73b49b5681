\set n random(1, @members@)
\set points random(40, 200)
SELECT uuidv7() AS bill, '00000000-0000-7000-8000-' || lpad(cast(:n AS text), 12, '0') AS member \gset
BEGIN;
SELECT points AS held, bill_count + 1 AS place, last_hash AS link FROM wallets WHERE member_id = cast(:member AS uuid) FOR UPDATE \gset
INSERT INTO bills (member_id, bill_id, kind, store_id, register_id, staff_id, business_date, occurred_at, posted_at, total_fen, points_earned, programme_version, reason, sequence, hash, document, allocation, receipt) VALUES (cast(:member AS uuid), cast(:bill AS uuid), 1, '@store@', 'R1', '8001', '2026-05-01', now(), now(), 8000, cast(:points AS bigint), 1, '', cast(:place AS bigint), '\x@hash@', '\x@document@', '\x@allocation@', '\x@receipt@');
INSERT INTO transfers (member_id, bill_id, ordinal, asset, debit_account, credit_account, amount, lot_bill_id, lot_ordinal, store_id, business_date, posted_at) VALUES (cast(:member AS uuid), cast(:bill AS uuid), 0, 1, 'tender' || chr(58) || 'cash', 'revenue', 8000, NULL, NULL, '@store@', '2026-05-01', now()), (cast(:member AS uuid), cast(:bill AS uuid), 1, 2, 'points_issued', 'wallet', cast(:points AS bigint), cast(:bill AS uuid), 0, '@store@', '2026-05-01', now());
INSERT INTO lots (member_id, bill_id, ordinal, asset, granted, remaining, expired, rule_version, store_id, earned_at, available_at) VALUES (cast(:member AS uuid), cast(:bill AS uuid), 0, 2, cast(:points AS bigint), cast(:points AS bigint), 0, 'base@1', '@store@', now(), now());
UPDATE wallets SET points = points + cast(:points AS bigint), sale_count = sale_count + 1, bill_count = bill_count + 1, last_hash = '\x@hash@' WHERE member_id = cast(:member AS uuid);
INSERT INTO outbox (event_id, member_id, event_type, occurred_at, traceparent, payload) VALUES (cast(:bill AS uuid), cast(:member AS uuid), 'yika.points.v1.SalesPosted', now(), '', '\x@document@');
COMMIT;
