"""tuspy as a program: uploads a file, goes on where an earlier run of it stopped, prints the address of the upload.

    TOKEN=… python tests/clients/upload.py BASE FILE CHUNK_BYTES SHA256 STATE_FILE
"""

import os
import sys

from tusclient.client import TusClient
from tusclient.storage import filestorage


def main(base, file, chunk, sha256, state):
    client = TusClient(f"{base}/api/v1/uploads", headers={"Authorization": f"Bearer {os.environ['TOKEN']}"})
    uploader = client.uploader(
        file_path=file,
        chunk_size=int(chunk),
        metadata={"filename": "delivery.zip", "sha256": sha256},
        retries=40,
        retry_delay=1,
        store_url=True,
        url_storage=filestorage.FileStorage(state),
        upload_checksum=True,
    )
    uploader.upload()
    print(uploader.url)


if __name__ == "__main__":
    main(*sys.argv[1:])
