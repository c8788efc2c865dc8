//! The walk over the segments.

use super::{Component, Jpeg, MAX_COMPONENTS, Part, Process};
use crate::imaging::limits::Refusal;

const fn damaged(reason: &'static str) -> Refusal {
    Refusal::Damaged { reason }
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    jpeg: Jpeg,
    has_frame: bool,
    icc: Vec<(u8, &'a [u8])>,
    /// For each component and coefficient the lowest bit sent so far; 255 = nothing sent.
    sent_bits: Vec<[u8; 64]>,
}

pub(super) fn walk(bytes: &[u8], icc_limit: usize) -> Result<Jpeg, Refusal> {
    if !bytes.starts_with(&[0xFF, 0xD8]) {
        return Err(Refusal::UnknownFormat);
    }
    let jpeg = Jpeg {
        width_px: 0,
        height_px: 0,
        bits: 8,
        components: Vec::new(),
        process: Process::Sequential,
        scans: 0,
        is_complete: false,
        has_huffman_tables: false,
        jfif_density: None,
        adobe_transform: None,
        exif: None,
        icc: Vec::new(),
        quantisation: [None; 4],
        parts: Vec::new(),
    };
    let mut walk = Walk {
        bytes,
        at: 2,
        jpeg,
        has_frame: false,
        icc: Vec::new(),
        sent_bits: Vec::new(),
    };
    while let Some(marker) = walk.next_marker()? {
        match marker {
            0xD9 => break,
            // A doubled start marker and stray restart markers carry nothing.
            0xD8 | 0xD0..=0xD7 | 0x01 => {}
            _ => walk.segment(marker)?,
        }
    }
    walk.finish(icc_limit)
}

impl<'a> Walk<'a> {
    /// Gives the next marker; `None` where the file ends without an end-of-image marker.
    fn next_marker(&mut self) -> Result<Option<u8>, Refusal> {
        let Some(&byte) = self.bytes.get(self.at) else {
            return Ok(None);
        };
        if byte != 0xFF {
            return Err(damaged("there are foreign bytes between its segments"));
        }
        let fill = self.bytes.iter().skip(self.at).take_while(|&&b| b == 0xFF).count();
        let at = self.at + fill;
        self.at = at + 1;
        Ok(self.bytes.get(at).copied())
    }

    fn segment(&mut self, marker: u8) -> Result<(), Refusal> {
        let start = self.at - 2;
        let length = self
            .bytes
            .get(self.at..self.at + 2)
            .map(|b| usize::from(u16::from_be_bytes([b[0], b[1]])));
        let length = length.filter(|&l| l >= 2).ok_or(damaged("a segment has no length"))?;
        let end = self.at + length;
        let body = self
            .bytes
            .get(self.at + 2..end)
            .ok_or(damaged("a segment is longer than the file"))?;
        self.at = end;
        match marker {
            0xE0..=0xEF | 0xFE => {
                self.metadata(marker, body, end - body.len());
                return Ok(());
            }
            0xC4 => self.jpeg.has_huffman_tables = true,
            0xC8 | 0xCC => {}
            0xC0..=0xCF => self.frame(marker, body)?,
            0xDB => self.quantisation(body),
            0xDA => return self.scan(start, body),
            _ => {}
        }
        self.jpeg.parts.push(Part {
            range: start..end,
            spectral_at: None,
        });
        Ok(())
    }

    fn metadata(&mut self, marker: u8, body: &'a [u8], body_at: usize) {
        if marker == 0xE0 && body.starts_with(b"JFIF\0") && self.jpeg.jfif_density.is_none() {
            if let Some(&[unit, x1, x0, y1, y0]) = body.get(7..12) {
                self.jpeg.jfif_density = Some((unit, u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0])));
            }
        } else if marker == 0xE1 && body.starts_with(b"Exif\0\0") && self.jpeg.exif.is_none() {
            self.jpeg.exif = Some(body_at + 6..body_at + body.len());
        } else if marker == 0xE2 && body.starts_with(b"ICC_PROFILE\0") {
            if let (Some(&number), Some(chunk)) = (body.get(12), body.get(14..)) {
                self.icc.push((number, chunk));
            }
        } else if marker == 0xEE && body.starts_with(b"Adobe") {
            self.jpeg.adobe_transform = body.get(11).copied().or(self.jpeg.adobe_transform);
        }
    }

    fn frame(&mut self, marker: u8, body: &[u8]) -> Result<(), Refusal> {
        if self.has_frame {
            return Err(damaged("it has two frame headers"));
        }
        self.has_frame = true;
        self.jpeg.process = match marker {
            0xC0 | 0xC1 => Process::Sequential,
            0xC2 => Process::Progressive,
            _ => Process::Unusual,
        };
        let (Some(&[bits, h1, h0, w1, w0, count]), Some(rest)) = (body.get(..6), body.get(6..)) else {
            return Err(damaged("its frame header is cut off"));
        };
        self.jpeg.bits = bits;
        self.jpeg.height_px = u32::from(u16::from_be_bytes([h1, h0]));
        self.jpeg.width_px = u32::from(u16::from_be_bytes([w1, w0]));
        self.jpeg.components = rest
            .chunks_exact(3)
            .take(usize::from(count))
            .map(|c| Component {
                id: c[0],
                horizontal: c[1] >> 4,
                vertical: c[1] & 15,
                table: c[2],
            })
            .collect();
        let is_sound = matches!(count, 1 | 3 | 4)
            && usize::from(count) <= MAX_COMPONENTS
            && self.jpeg.components.len() == usize::from(count)
            && self
                .jpeg
                .components
                .iter()
                .all(|c| (1..=4).contains(&c.horizontal) && (1..=4).contains(&c.vertical));
        if !is_sound {
            return Err(damaged("its frame header names impossible components"));
        }
        self.sent_bits = vec![[255; 64]; usize::from(count)];
        Ok(())
    }

    fn quantisation(&mut self, mut body: &[u8]) {
        while let Some((&head, rest)) = body.split_first() {
            let is_wide = head >> 4 != 0;
            let Some(values) = rest.get(..if is_wide { 128 } else { 64 }) else {
                return;
            };
            let mut table = [0u16; 64];
            for (index, value) in table.iter_mut().enumerate() {
                *value = if is_wide {
                    u16::from_be_bytes([values[2 * index], values[2 * index + 1]])
                } else {
                    u16::from(values[index])
                };
            }
            if let Some(slot) = self.jpeg.quantisation.get_mut(usize::from(head & 15)) {
                *slot = Some(table);
            }
            body = rest.get(values.len()..).unwrap_or_default();
        }
    }

    fn scan(&mut self, start: usize, body: &[u8]) -> Result<(), Refusal> {
        let count = usize::from(body.first().copied().unwrap_or(0));
        let (Some(selectors), Some(&[first, last, bits])) =
            (body.get(1..1 + 2 * count), body.get(1 + 2 * count..4 + 2 * count))
        else {
            return Err(damaged("a scan header is cut off"));
        };
        if !self.has_frame {
            return Err(damaged("a scan comes before the frame header"));
        }
        self.jpeg.scans = self.jpeg.scans.saturating_add(1);
        let is_progressive = self.jpeg.process == Process::Progressive;
        let band = if is_progressive {
            usize::from(first)..usize::from(last) + 1
        } else {
            0..64
        };
        for selector in selectors.chunks_exact(2) {
            let index = self.jpeg.components.iter().position(|c| c.id == selector[0]);
            let sent = index
                .and_then(|i| self.sent_bits.get_mut(i))
                .and_then(|s| s.get_mut(band.clone()));
            let Some(sent) = sent else {
                return Err(damaged("a scan names components that do not exist"));
            };
            sent.fill(if is_progressive { bits & 15 } else { 0 });
        }
        self.at = end_of_entropy(self.bytes, self.at);
        // Marker and length take four bytes, the component count one, each selector two.
        let spectral_at = (self.jpeg.process == Process::Sequential).then_some(5 + 2 * count);
        self.jpeg.parts.push(Part {
            range: start..self.at,
            spectral_at,
        });
        Ok(())
    }

    fn finish(mut self, icc_limit: usize) -> Result<Jpeg, Refusal> {
        if !self.has_frame || self.jpeg.scans == 0 {
            return Err(damaged("it has no frame or no picture data"));
        }
        self.jpeg.is_complete = self.sent_bits.iter().flatten().all(|&bit| bit == 0);
        // Chunks are numbered from 1 and may stand in any order.
        self.icc.sort_by_key(|(number, _)| *number);
        if self.icc.iter().map(|(_, chunk)| chunk.len()).sum::<usize>() <= icc_limit {
            self.jpeg.icc = self.icc.iter().flat_map(|(_, chunk)| chunk.iter().copied()).collect();
        }
        Ok(self.jpeg)
    }
}

/// Finds where the coded data of a scan end: at the first marker that is neither a stuffed byte nor a restart.
fn end_of_entropy(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let Some(found) = bytes.get(at..).and_then(find_ff) else {
            return bytes.len();
        };
        at += found;
        match bytes.get(at + 1) {
            None => return bytes.len(),
            Some(0x00 | 0xD0..=0xD7) => at += 2,
            Some(0xFF) => at += 1,
            Some(_) => return at,
        }
    }
}

/// Looks for 0xFF eight bytes at a time: the data of a camera original are megabytes of anything else.
fn find_ff(bytes: &[u8]) -> Option<usize> {
    let (words, _) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let inverted = !u64::from_ne_bytes(*word);
        let has_zero_byte = inverted.wrapping_sub(0x0101_0101_0101_0101) & !inverted & 0x8080_8080_8080_8080;
        if has_zero_byte != 0 {
            return word.iter().position(|&b| b == 0xFF).map(|within| index * 8 + within);
        }
    }
    let tail = words.len() * 8;
    bytes
        .get(tail..)?
        .iter()
        .position(|&b| b == 0xFF)
        .map(|within| tail + within)
}
