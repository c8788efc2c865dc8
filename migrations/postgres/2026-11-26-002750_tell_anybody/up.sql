-- Not only students are told something: the office is, and people who wrote a mail and have no account. Their address stands with the
-- delivery, sealed like any; the notice says in which language.
ALTER TABLE notices ALTER COLUMN student_id DROP NOT NULL;
ALTER TABLE notices ADD COLUMN language TEXT CHECK (language IN ('zh-CN', 'en'));
ALTER TABLE notices ADD CHECK (student_id IS NOT NULL OR language IS NOT NULL);
