//! How much an agency's delivery may cost before it is refused.

/// Bounds on one delivery, checked before anything is unpacked and again while it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Entries of any kind in the central directory. Default 200,000: twice a full provincial delivery.
    pub entries: u32,
    /// Bytes of the central directory itself. Default 64 MiB: 200,000 entries with names of 256 bytes.
    pub directory_bytes: u64,
    /// Sum of the declared unpacked sizes. Default 64 GiB: 12,000 camera originals of 5 MiB.
    pub total_bytes: u64,
    /// Unpacked size of one entry. Default 64 MiB: no portrait and no manifest is larger.
    pub entry_bytes: u64,
    /// Unpacked to packed size, for one entry and for the whole. Default 200: photos hardly shrink, tables by 20 at most.
    pub ratio: u64,
    /// Unpacked bytes below which the ratio is not looked at. Default 1 MiB: a blank table may shrink a thousandfold.
    pub ratio_floor_bytes: u64,
    /// Bytes of an entry's name as stored. Default 1,024.
    pub name_bytes: usize,
    /// Bytes of one part of the path. Default 255, what file systems take.
    pub component_bytes: usize,
    /// Folders above an entry. Default 32.
    pub depth: usize,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            entries: 200_000,
            directory_bytes: 64 << 20,
            total_bytes: 64 << 30,
            entry_bytes: 64 << 20,
            ratio: 200,
            ratio_floor_bytes: 1 << 20,
            name_bytes: 1024,
            component_bytes: 255,
            depth: 32,
        }
    }
}

impl ArchiveLimits {
    /// Says whether so much output from so little input is a bomb rather than a file.
    pub(super) fn is_bomb(&self, size_bytes: u64, packed_bytes: u64) -> bool {
        size_bytes > self.ratio_floor_bytes && size_bytes > packed_bytes.saturating_mul(self.ratio)
    }
}
