// Many clients upload at once, against one program that copies the same bytes over loopback into files that are made durable.
//
//   node tests/clients/crowd.mjs BINARY [CLIENTS] [MIB_EACH]

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, open, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Upload } from "tus-js-client";
import { Server } from "./server.mjs";

const MIB = 1024 * 1024;
const PIECE_BYTES = 8 * MIB;
const WANTED_SHARE = 0.7;
const [binary, clients = "50", sizeMiB = "16"] = process.argv.slice(2);
const [count, sizeBytes] = [Number(clients), Number(sizeMiB) * MIB];
const totalMiB = (count * sizeBytes) / MIB;

async function seconds(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

// One client, one file after the other: bytes over a socket, written as they come, synchronised at the end of each piece.
async function copy(bytes, folder) {
  const server = createServer({ allowHalfOpen: true }, async (socket) => {
    const file = await open(join(folder, `copy-${Math.random()}`), "w");
    let unsynced = 0;
    for await (const chunk of socket) {
      await file.write(chunk);
      unsynced += chunk.length;
      if (unsynced >= PIECE_BYTES) {
        await file.datasync();
        unsynced = 0;
      }
    }
    await file.datasync();
    await file.close();
    socket.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  for (let file = 0; file < count; file += 1) {
    const socket = connect({ port: server.address().port, host: "127.0.0.1", allowHalfOpen: true });
    socket.end(bytes);
    socket.resume();
    await once(socket, "end");
  }
  server.close();
}

function upload(server, bytes) {
  return new Promise((resolve, reject) => {
    new Upload(bytes, {
      endpoint: `${server.base}/api/v1/uploads`,
      headers: { authorization: `Bearer ${server.token}` },
      chunkSize: PIECE_BYTES,
      uploadSize: bytes.length,
      retryDelays: null,
      metadata: { filename: "delivery.zip" },
      onError: reject,
      onSuccess: resolve,
    }).start();
  });
}

const folder = await mkdtemp(join(tmpdir(), "rollproof-crowd-"));
const server = await Server.open(resolve(binary), folder);
try {
  const bytes = randomBytes(sizeBytes);
  const copied = await seconds(() => copy(bytes, folder));
  const uploaded = await seconds(() => Promise.all(Array.from({ length: count }, () => upload(server, bytes))));
  await server.measure();
  const share = copied / uploaded;
  console.log(
    `${count} clients, ${totalMiB} MiB: ${(totalMiB / uploaded).toFixed(0)} MiB/s; one client copying: ${(totalMiB / copied).toFixed(0)} MiB/s; ` +
      `ratio ${share.toFixed(2)} of ${WANTED_SHARE}; server at most ${server.peakMiB} MiB`,
  );
  process.exitCode = share >= WANTED_SHARE ? 0 : 1;
} finally {
  await server.kill();
  await rm(folder, { recursive: true, force: true });
}
