// Counts the instructions of the pipeline's steps, under valgrind, and compares them with what was accepted before. Counts do not depend on
// what else the machine does.
//
//   node tests/clients/instructions.mjs [--accept]          after cargo build --examples

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const PROGRAM = fileURLToPath(new URL("../../target/debug/examples/instructions", import.meta.url));
const ACCEPTED = new URL("instructions.json", import.meta.url);
export const MOST_GROWTH = 1.05;
// How often each is done in the shorter of two runs; the longer does it twice as often.
const STEPS = {
  "photo-kept": 10,
  "photo-encoded": 1,
  "photo-original": 1,
  "archive-of-40": 20,
  "search-in-100000": 20,
  "aligned-pair": 2,
  "roll-of-100": 2,
};

async function count(step, times) {
  const words = ["--tool=callgrind", "--callgrind-out-file=/dev/null", PROGRAM, step, String(times)];
  const { stderr } = await promisify(execFile)("valgrind", words);
  return Number(/Collected : (\d+)/.exec(stderr)[1]);
}

// What one more time of each step costs.
export async function countSteps() {
  const found = {};
  for (const [step, times] of Object.entries(STEPS)) {
    const [shorter, longer] = await Promise.all([count(step, times), count(step, 2 * times)]);
    found[step] = Math.round((longer - shorter) / times);
  }
  return found;
}

export async function acceptedSteps() {
  return JSON.parse(await readFile(ACCEPTED, "utf8"));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [found, accepted] = [await countSteps(), await acceptedSteps().catch(() => ({}))];
  for (const [step, instructions] of Object.entries(found)) {
    const ratio = accepted[step] ? (instructions / accepted[step]).toFixed(3) : "new";
    console.log(`${step.padEnd(16)} ${String(instructions).padStart(14)}  ${ratio}`);
  }
  if (process.argv.includes("--accept")) await writeFile(ACCEPTED, `${JSON.stringify(found, null, 2)}\n`);
}
