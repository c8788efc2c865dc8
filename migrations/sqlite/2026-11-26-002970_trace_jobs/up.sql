-- What caused the job, as the W3C's trace context writes it; NULL where nobody watches traces.
ALTER TABLE jobs ADD COLUMN trace_parent TEXT;
