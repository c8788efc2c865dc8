// tus-js-client as a program: uploads a file, goes on where an earlier run of it stopped, prints the address of the upload.
//
//   TOKEN=… node tests/clients/upload.mjs BASE FILE CHUNK_BYTES SHA256 STATE_FILE

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { canStoreURLs, Upload } from "tus-js-client";
import { FileUrlStorage } from "tus-js-client";

const [base, file, chunk, sha256, state] = process.argv.slice(2);
const { size } = await stat(file);
if (!canStoreURLs) throw new Error("this build of tus-js-client stores no addresses");

const upload = new Upload(createReadStream(file), {
  endpoint: `${base}/api/v1/uploads`,
  headers: { authorization: `Bearer ${process.env.TOKEN}` },
  chunkSize: Number(chunk),
  uploadSize: size,
  metadata: { filename: "delivery.zip", sha256 },
  retryDelays: Array(40).fill(250),
  urlStorage: new FileUrlStorage(state),
  fingerprint: async () => `delivery ${sha256}`,
  onError(error) {
    console.error(error.message);
    process.exit(1);
  },
  onSuccess() {
    console.log(upload.url);
  },
});
const [earlier] = await upload.findPreviousUploads();
if (earlier) upload.resumeFromPreviousUpload(earlier);
upload.start();
