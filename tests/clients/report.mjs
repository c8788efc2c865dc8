// The report of a batch without its number and in one order, so that two runs over the same delivery can be compared.
//
//   node tests/clients/report.mjs <report.json

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const sorted = (list) => {
  const texts = list.map((value) => [JSON.stringify(value), value]);
  return texts.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)).map(([, value]) => value);
};

export function normalise(text) {
  const report = JSON.parse(text);
  delete report.batch_id;
  for (const photo of report.photos) photo.findings = sorted(photo.findings);
  for (const list of ["photos", "missing", "manifest_only"]) report[list] = sorted(report[list]);
  return `${JSON.stringify(report, null, 1)}\n`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(normalise(readFileSync(0, "utf8")));
}
