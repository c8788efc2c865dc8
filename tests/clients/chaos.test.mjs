// The short form of the run in which a cluster loses one part after the other: scripts/chaos.sh does it with twenty thousand photos.

import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { proveChaos } from "./chaos.mjs";

const BUILT = fileURLToPath(new URL("../../target/debug/", import.meta.url));

test("a cluster that loses one part after the other ends as a calm house does", { timeout: 600_000 }, async () => {
  const seed = Number(process.env.CHAOS_SEED ?? 7);
  console.log(await proveChaos({ built: BUILT, photos: 1_500, seed, students: 100, chunkMiB: 1, every_ms: 400, cut_ms: 3_000, disk_ms: 1_000 }));
});
