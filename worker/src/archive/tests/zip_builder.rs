//! Builds small archives in memory that can lie about any field.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

pub const DEFLATED: u16 = 8;

/// One entry; `None` means the truth.
#[derive(Clone, Default)]
pub struct Item {
    pub name: Vec<u8>,
    pub data: Vec<u8>,
    pub method: u16,
    /// Packed bytes to write instead of those that `data` packs to.
    pub packed: Option<Vec<u8>>,
    pub flags: u16,
    pub mode: u32,
    pub extra: Vec<u8>,
    pub dos_date_time: Option<(u16, u16)>,
    pub central_method: Option<u16>,
    pub central_crc: Option<u32>,
    pub central_size: Option<u32>,
    pub central_packed_size: Option<u32>,
    pub central_offset: Option<u32>,
    /// What the local header says where it differs.
    pub local_name: Option<Vec<u8>>,
    pub local_size: Option<u32>,
    /// Writes no local header and no data, for entries that point into others.
    pub is_central_only: bool,
    /// Writes zeros in the local header and a descriptor after the data.
    pub has_descriptor: bool,
    /// Puts sizes and offset into a ZIP64 field.
    pub is_zip64: bool,
}

/// A whole archive; `None` means the truth.
#[derive(Clone, Default)]
pub struct Zip {
    pub items: Vec<Item>,
    pub prefix: Vec<u8>,
    pub comment: Vec<u8>,
    pub trailing: Vec<u8>,
    pub disk: u16,
    pub count: Option<u16>,
    pub directory_offset: Option<u32>,
    pub has_zip64_end: bool,
    pub zip64_locator_offset: Option<u64>,
}

pub fn stored(name: &str, data: &[u8]) -> Item {
    Item {
        name: name.as_bytes().to_vec(),
        data: data.to_vec(),
        ..Item::default()
    }
}

pub fn deflated(name: &str, data: &[u8]) -> Item {
    Item {
        method: DEFLATED,
        ..stored(name, data)
    }
}

pub fn raw_named(name: &[u8]) -> Item {
    Item {
        name: name.to_vec(),
        ..stored("", b"photo")
    }
}

pub fn zip(items: impl Into<Vec<Item>>) -> Zip {
    Zip {
        items: items.into(),
        ..Zip::default()
    }
}

pub fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub fn unicode_path_field(text: &str, crc: u32) -> Vec<u8> {
    let mut field = vec![0x75, 0x70];
    field.extend(u16::try_from(5 + text.len()).unwrap().to_le_bytes());
    field.push(1);
    field.extend(crc.to_le_bytes());
    field.extend(text.as_bytes());
    field
}

impl Zip {
    pub fn build(&self) -> Vec<u8> {
        let mut out = self.prefix.clone();
        let mut central = Vec::new();
        for item in &self.items {
            let offset = (out.len() - self.prefix.len()) as u32;
            let packed = item.packed();
            if !item.is_central_only {
                item.write_local(&mut out, &packed);
            }
            item.write_central(&mut central, &packed, offset);
        }
        let directory_offset = (out.len() - self.prefix.len()) as u32;
        let directory_offset = self.directory_offset.unwrap_or(directory_offset);
        let count = self.count.unwrap_or(self.items.len() as u16);
        out.extend(&central);
        if self.has_zip64_end {
            self.write_zip64_end(
                &mut out,
                u64::from(count),
                central.len() as u64,
                u64::from(directory_offset),
            );
        }
        let hidden = |value: u32| if self.has_zip64_end { u32::MAX } else { value };
        let short = if self.has_zip64_end { u16::MAX } else { count };
        out.extend(b"PK\x05\x06");
        for word in [self.disk, self.disk, short, short] {
            out.extend(word.to_le_bytes());
        }
        out.extend(hidden(central.len() as u32).to_le_bytes());
        out.extend(hidden(directory_offset).to_le_bytes());
        out.extend((self.comment.len() as u16).to_le_bytes());
        out.extend(&self.comment);
        out.extend(&self.trailing);
        out
    }

    fn write_zip64_end(&self, out: &mut Vec<u8>, count: u64, directory_bytes: u64, directory_offset: u64) {
        let offset = self.zip64_locator_offset.unwrap_or(out.len() as u64);
        out.extend(b"PK\x06\x06");
        out.extend(44u64.to_le_bytes());
        out.extend([45, 0, 45, 0]);
        out.extend([0; 8]);
        for value in [count, count, directory_bytes, directory_offset] {
            out.extend(value.to_le_bytes());
        }
        out.extend(b"PK\x06\x07");
        out.extend(0u32.to_le_bytes());
        out.extend(offset.to_le_bytes());
        out.extend(1u32.to_le_bytes());
    }
}

impl Item {
    fn packed(&self) -> Vec<u8> {
        match (&self.packed, self.method) {
            (Some(packed), _) => packed.clone(),
            (None, DEFLATED) => deflate(&self.data),
            _ => self.data.clone(),
        }
    }

    fn flags(&self) -> u16 {
        self.flags | if self.has_descriptor { 8 } else { 0 }
    }

    fn write_shared(&self, out: &mut Vec<u8>, method: u16, numbers: [u32; 3]) {
        out.extend(20u16.to_le_bytes());
        out.extend(self.flags().to_le_bytes());
        out.extend(method.to_le_bytes());
        let (date, time) = self.dos_date_time.unwrap_or((0x5A21, 0x4800));
        out.extend(time.to_le_bytes());
        out.extend(date.to_le_bytes());
        for number in numbers {
            out.extend(number.to_le_bytes());
        }
    }

    fn write_local(&self, out: &mut Vec<u8>, packed: &[u8]) {
        let name = self.local_name.as_ref().unwrap_or(&self.name);
        let crc = rawzip::crc32(&self.data);
        let size = self.local_size.or(self.central_size).unwrap_or(self.data.len() as u32);
        let numbers = [
            self.central_crc.unwrap_or(crc),
            self.central_packed_size.unwrap_or(packed.len() as u32),
            size,
        ];
        out.extend(b"PK\x03\x04");
        self.write_shared(out, self.method, if self.has_descriptor { [0; 3] } else { numbers });
        out.extend((name.len() as u16).to_le_bytes());
        out.extend(0u16.to_le_bytes());
        out.extend(name);
        out.extend(packed);
        if self.has_descriptor {
            out.extend(b"PK\x07\x08");
            for number in numbers {
                out.extend(number.to_le_bytes());
            }
        }
    }

    fn write_central(&self, out: &mut Vec<u8>, packed: &[u8], offset: u32) {
        let crc = self.central_crc.unwrap_or_else(|| rawzip::crc32(&self.data));
        let size = self.central_size.unwrap_or(self.data.len() as u32);
        let packed_size = self.central_packed_size.unwrap_or(packed.len() as u32);
        let offset = self.central_offset.unwrap_or(offset);
        let mut extra = self.extra.clone();
        let hidden = |value: u32| if self.is_zip64 { u32::MAX } else { value };
        if self.is_zip64 {
            extra.extend([1, 0, 24, 0]);
            for value in [size, packed_size, offset] {
                extra.extend(u64::from(value).to_le_bytes());
            }
        }
        out.extend(b"PK\x01\x02\x14\x03");
        self.write_shared(
            out,
            self.central_method.unwrap_or(self.method),
            [crc, hidden(packed_size), hidden(size)],
        );
        out.extend((self.name.len() as u16).to_le_bytes());
        out.extend((extra.len() as u16).to_le_bytes());
        out.extend([0; 6]);
        out.extend((self.mode << 16).to_le_bytes());
        out.extend(hidden(offset).to_le_bytes());
        out.extend(&self.name);
        out.extend(&extra);
    }
}
