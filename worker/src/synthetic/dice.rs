//! Seeded randomness that gives the same values on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// One independent stream of random values, named by what it decides.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// Opens the stream `topic` number `index` of a seed, so that adding one stream never shifts another.
    pub(crate) fn new(seed: u64, topic: &str, index: u64) -> Self {
        let mut key = 0xcbf2_9ce4_8422_2325_u64 ^ seed;
        for byte in topic.bytes().chain(seed.to_le_bytes()).chain(index.to_le_bytes()) {
            key = (key ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Self(ChaCha8Rng::seed_from_u64(key))
    }

    /// A whole random word, for seeding something else.
    pub(crate) fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..n`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u64::from(self.0.next_u32()) * n as u64) >> 32) as usize
    }

    /// A number in `low..=high`.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low + 1).max(1) as usize) as i32
    }

    /// A fraction in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// A fraction in `low..high`.
    pub(crate) fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A value around 0, seldom near `-spread` or `spread`.
    pub(crate) fn around(&mut self, spread: f32) -> f32 {
        (self.unit() + self.unit() - 1.0) * spread
    }

    /// True in `per_mille` of 1,000 cases.
    pub(crate) fn chance(&mut self, per_mille: usize) -> bool {
        self.below(1000) < per_mille
    }

    /// One of a non-empty list.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// Brings a list into random order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.below(place + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn one_stream_repeats_itself_and_differs_from_its_neighbours() {
        let words = |topic, index| {
            let mut dice = Dice::new(7, topic, index);
            (dice.word(), dice.below(1000), dice.unit())
        };
        assert_eq!(words("face", 1), words("face", 1));
        assert_ne!(words("face", 1), words("face", 2));
        assert_ne!(words("face", 1), words("hair", 1));
    }

    #[test]
    fn every_value_stays_inside_its_range() {
        let mut dice = Dice::new(1, "range", 0);
        for _ in 0..2000 {
            assert!((-3..=4).contains(&dice.between(-3, 4)));
            assert!((0.0..1.0).contains(&dice.unit()));
            assert!(dice.around(2.0).abs() <= 2.0);
        }
        assert_eq!(dice.below(0), 0);
    }
}
