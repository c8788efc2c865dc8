//! The index that finds candidates among a million hashes: a flat scan, which no clustering of studio portraits can spoil
//! as it would spoil buckets.

use fearless_simd::{Level, dispatch};

use super::Hashes;

/// Two pictures are candidates when one of the hashes differs in at most so many of its 64 bits. Copies cut by 2 % at one side were
/// measured at 8 and below; each bit more doubles the strangers among the candidates.
const NEAR_BITS: u32 = 8;
const BLOCK: usize = 64;

/// Holds the hashes of all photos that a new one is compared with.
#[derive(Debug, Clone, Default)]
pub struct Shortlist {
    ids: Vec<u64>,
    gradient: Vec<u64>,
    frequency: Vec<u64>,
}

impl Shortlist {
    /// Makes an empty index.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a photo under the caller's id.
    pub fn insert(&mut self, id: u64, hashes: Hashes) {
        self.ids.push(id);
        self.gradient.push(hashes.gradient);
        self.frequency.push(hashes.frequency);
    }

    /// Gives the number of photos in the index.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Tells whether the index holds nothing.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Gives the ids of all photos near to these hashes, in the order they were inserted.
    pub fn near(&self, wanted: Hashes) -> Vec<u64> {
        dispatch!(Level::new(), _ => self.scan(wanted))
    }

    #[inline(always)]
    fn scan(&self, wanted: Hashes) -> Vec<u64> {
        let mut found = Vec::new();
        let (gradient, last_gradient) = self.gradient.as_chunks::<BLOCK>();
        let (frequency, last_frequency) = self.frequency.as_chunks::<BLOCK>();
        let (ids, last_ids) = self.ids.as_chunks::<BLOCK>();
        for ((gradient, frequency), ids) in gradient.iter().zip(frequency).zip(ids) {
            // Who is near is asked of a whole block, which compiles to vector code; among portraits of one studio most blocks have somebody.
            let near: [bool; BLOCK] = std::array::from_fn(|place| is_near(wanted, gradient[place], frequency[place]));
            let mut hits = (0..BLOCK).fold(0_u64, |hits, place| hits | u64::from(near[place]) << place);
            while hits != 0 {
                found.push(ids[hits.trailing_zeros() as usize]);
                hits &= hits - 1;
            }
        }
        let last = last_gradient.iter().zip(last_frequency).zip(last_ids);
        found.extend(last.filter(|((g, f), _)| is_near(wanted, **g, **f)).map(|(_, id)| *id));
        found
    }
}

#[inline(always)]
fn is_near(wanted: Hashes, gradient: u64, frequency: u64) -> bool {
    let bits = (wanted.gradient ^ gradient).count_ones();
    bits.min((wanted.frequency ^ frequency).count_ones()) <= NEAR_BITS
}
