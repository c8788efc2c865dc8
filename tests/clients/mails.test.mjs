// The small form of the proof that mails arrive once each: scripts/mail_proof.sh sends ten thousand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { proveMails } from "./mails.mjs";

const BUILT = new URL("../../target/debug/", import.meta.url).pathname;

test("every student is told once, though the mail server dies three times and the worker once", async () => {
  const { expected, accounts, mails, students, repeated } = await proveMails(BUILT, 200);
  assert.equal(mails, expected, "no mail is lost, and none is sent under two identifiers");
  assert.equal(students, accounts, "every student is told");
  assert.ok(repeated <= 12, `${repeated} were under way when somebody died`);
});
