DROP INDEX idx_batch_entries__verdict;
DROP TABLE entry_decisions;
DELETE FROM entry_findings WHERE stage = 'decision';
ALTER TABLE entry_findings DROP CONSTRAINT entry_findings_stage_check;
ALTER TABLE entry_findings ADD CONSTRAINT entry_findings_stage_check
    CHECK (stage IN ('inspection', 'reconciliation'));
