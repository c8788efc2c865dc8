//! What is known about a photo beyond its batch: the words in which checks speak.

pub mod finding;
