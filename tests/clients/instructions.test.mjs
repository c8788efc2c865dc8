// No step of the pipeline has become dearer than what was accepted: docs/benches.md says how a new count is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_GROWTH, acceptedSteps, countSteps } from "./instructions.mjs";

test("no step of the pipeline costs five in a hundred more instructions than was accepted", async () => {
  const [found, accepted] = [await countSteps(), await acceptedSteps()];
  assert.deepEqual(Object.keys(found), Object.keys(accepted), "every step has an accepted count");
  for (const [step, instructions] of Object.entries(found)) {
    const ratio = instructions / accepted[step];
    console.log(`${step}: ${instructions} instructions, ${ratio.toFixed(3)} of what was accepted`);
    assert.ok(ratio <= MOST_GROWTH, `${step} takes ${ratio.toFixed(3)} times as many instructions as was accepted`);
  }
});
