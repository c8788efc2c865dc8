// Real clients of tus upload over a bad line. The full form, with gigabytes, is scripts/upload_proof.sh.
//
//   node --test tests/clients/*.test.mjs          after cargo build --bins and scripts/setup.sh --tests

import assert from "node:assert/strict";
import { test } from "node:test";
import { uploadWithCuts } from "./cuts.mjs";

const BINARY = new URL("../../target/debug/rollproof", import.meta.url).pathname;

for (const [kind, client] of [["js", "tus-js-client"], ["py", "tuspy"]]) {
  test(`${client} delivers the same bytes through nine cuts`, async () => {
    const done = await uploadWithCuts({ binary: BINARY, kind, sizeMiB: 48, chunkMiB: 2, cuts: 9, seed: 7 });
    assert.ok(done.isSame, "the server made a batch of other bytes");
    assert.equal(done.cuts, 9);
    assert.ok(done.peakMiB < 200, `the server took ${done.peakMiB} MiB`);
  });
}
