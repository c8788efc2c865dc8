// A clock that a test moves: the program is started under libfaketime, which reads from a file how far off the day is.

import { rename, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";

const LIBRARIES = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`);

export class FakeClock {
  constructor(folder) {
    this.file = join(folder, "clock");
    this.offset_s = 0;
  }

  // Begins at an instant, whatever day it is, so that the working days of a test are always the same.
  static async at(folder, instant) {
    const clock = new FakeClock(folder);
    await clock.forward(Math.round((Date.parse(instant) - Date.now()) / 1000));
    return clock;
  }

  async forward(seconds) {
    this.offset_s += seconds;
    // Half a file would be another day.
    await writeFile(`${this.file}.new`, `${this.offset_s < 0 ? "" : "+"}${this.offset_s}`);
    await rename(`${this.file}.new`, this.file);
  }

  // Timers go on as they do; only the time of day is another.
  get environment() {
    const library = LIBRARIES.find((path) => existsSync(path));
    if (!library) throw new Error("there is no libfaketime: run scripts/setup.sh --tests");
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    };
  }
}
