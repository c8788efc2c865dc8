// The small form of the proof that mails arrive once each: scripts/mail_proof.sh sends ten thousand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { proveMails } from "./mails.mjs";

const BUILT = new URL("../../target/debug/", import.meta.url).pathname;

for (const kind of ["news", "reminders"]) test(`${kind} reach every student once, though the mail server dies three times and the worker once`, async () => {
  const { accounts, students, mails, repeated } = await proveMails(BUILT, 200, kind);
  assert.equal(students, accounts, "every student is told");
  // A second mail is about a second enrolment, which few have; a mail sent under another identifier would be one more as well.
  assert.ok(mails <= accounts * 1.05, `${mails} mails for ${accounts} students`);
  assert.ok(repeated <= 12, `${repeated} were under way when somebody died`);
});
