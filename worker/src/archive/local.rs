//! The header beside an entry's bytes, read to see that it tells the same story as the directory.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;

const FIXED_BYTES: usize = 30;
const HAS_DESCRIPTOR: u16 = 1 << 3;

/// What a local file header (APPNOTE 4.3.7) says.
pub(super) struct LocalHeader {
    pub flags: u16,
    /// Where the packed bytes begin.
    pub data_offset: u64,
    method: u16,
    crc32: u32,
    compressed_bytes: u32,
    size_bytes: u32,
    name: Option<Vec<u8>>,
}

impl LocalHeader {
    /// Reads the header at `offset`, where a name of `name_bytes` is expected; `None` where there is no header.
    pub(super) fn read(file: &File, offset: u64, name_bytes: usize) -> io::Result<Option<Self>> {
        let mut bytes = vec![0; FIXED_BYTES + name_bytes];
        match file.read_exact_at(&mut bytes, offset) {
            Ok(()) => {}
            Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidInput) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
        let Some((fixed, name)) = bytes.split_first_chunk::<FIXED_BYTES>() else {
            return Ok(None);
        };
        let [b'P', b'K', 3, 4, _, _, f0, f1, m0, m1, _, _, _, _, sums @ ..] = *fixed else {
            return Ok(None);
        };
        let [c0, c1, c2, c3, p0, p1, p2, p3, u0, u1, u2, u3, n0, n1, e0, e1] = sums;
        let (name_len, extra_len) = (u16::from_le_bytes([n0, n1]), u16::from_le_bytes([e0, e1]));
        let header_bytes = FIXED_BYTES as u64 + u64::from(name_len) + u64::from(extra_len);
        Ok(Some(Self {
            flags: u16::from_le_bytes([f0, f1]),
            data_offset: offset.saturating_add(header_bytes),
            method: u16::from_le_bytes([m0, m1]),
            crc32: u32::from_le_bytes([c0, c1, c2, c3]),
            compressed_bytes: u32::from_le_bytes([p0, p1, p2, p3]),
            size_bytes: u32::from_le_bytes([u0, u1, u2, u3]),
            name: (usize::from(name_len) == name_bytes).then(|| name.to_vec()),
        }))
    }

    /// Whether the name is the directory's, apart from the direction of slashes, which some packers turn in one place.
    pub(super) fn has_name(&self, raw: &[u8]) -> bool {
        let turned = |byte: u8| if byte == b'\\' { b'/' } else { byte };
        let name = self.name.as_deref();
        name.is_some_and(|name| {
            name.iter()
                .zip(raw)
                .all(|(&here, &there)| turned(here) == turned(there))
        })
    }

    /// Whether method, sizes and checksum are the directory's, as far as this header states them.
    pub(super) fn agrees_with(&self, method: u16, crc32: u32, compressed_bytes: u64, size_bytes: u64) -> bool {
        // Streaming packers write zeros here and the truth after the data; ZIP64 ones write the largest number.
        let is_left_open = self.flags & HAS_DESCRIPTOR != 0 || (self.compressed_bytes, self.size_bytes) == (0, 0);
        let same = |here: u32, there: u64| here == u32::MAX || u64::from(here) == there;
        let has_same_sizes = same(self.compressed_bytes, compressed_bytes) && same(self.size_bytes, size_bytes);
        self.method == method && (is_left_open || (has_same_sizes && self.crc32 == crc32))
    }
}
