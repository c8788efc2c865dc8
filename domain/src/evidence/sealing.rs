//! How evidence lies in the store: the upload under a random name, each page under the same name with its number, all sealed with the
//! piece's own key.

use bytes::Bytes;
use secrecy::SecretSlice;

use super::model::{MAX_FILE_BYTES, MAX_PAGES, StoredPage};
use crate::crypto::{DataKey, Purpose, Sealer};
use crate::error::{Error, Result};
use crate::storage::{ContentHash, ObjectId, ObjectKey};

/// A file that was sealed with a key of its own.
#[derive(Clone, Debug)]
pub struct SealedUpload {
    /// Names its objects.
    pub object: ObjectId,
    /// What is stored.
    pub sealed: Bytes,
    /// Its key, sealed with the house's.
    pub key_sealed: Vec<u8>,
    /// Size of the file, in bytes.
    pub size_bytes: i64,
}

impl SealedUpload {
    /// Seals a file as it came.
    pub fn seal(sealer: &Sealer, file: &[u8]) -> Result<Self> {
        let size_bytes = i64::try_from(file.len()).unwrap_or(i64::MAX);
        if file.is_empty() {
            return Err(Error::invalid(
                "evidence-empty",
                "file",
                "the file is empty; choose another",
            ));
        }
        if size_bytes.unsigned_abs() > MAX_FILE_BYTES {
            return Err(Error::TooMuch {
                code: "evidence-too-large",
                message: format!(
                    "a file has at most {} MB; make it smaller, or send its pages one by one",
                    MAX_FILE_BYTES >> 20
                ),
            });
        }
        let (key, key_sealed) = sealer.make_data_key(Purpose::EVIDENCE)?;
        Ok(Self {
            object: ObjectId::random(),
            sealed: key.seal(UPLOAD, file)?.into(),
            key_sealed,
            size_bytes,
        })
    }

    /// Where it is stored.
    pub fn key(&self) -> ObjectKey {
        ObjectKey::Evidence {
            id: self.object.clone(),
        }
    }

    /// SHA-256 of what is stored.
    pub fn sha256(&self) -> String {
        ContentHash::of(&self.sealed).to_string()
    }
}

const UPLOAD: &str = "upload";

fn page_part(number: i64) -> String {
    format!("page {number}")
}

/// Opens the key of a piece; a piece without one has been made unreadable.
pub fn open_key(sealer: &Sealer, key_sealed: Option<&[u8]>) -> Result<DataKey> {
    let sealed = key_sealed.ok_or(Error::Gone {
        code: "evidence-gone",
        message: "the evidence was deleted when its time had passed".to_owned(),
    })?;
    Ok(sealer.open_data_key(Purpose::EVIDENCE, sealed)?)
}

/// Opens an upload.
pub fn open_upload(key: &DataKey, sealed: &[u8]) -> Result<SecretSlice<u8>> {
    Ok(key.open(UPLOAD, sealed)?)
}

/// Opens a page.
pub fn open_page(key: &DataKey, number: i64, sealed: &[u8]) -> Result<SecretSlice<u8>> {
    Ok(key.open(&page_part(number), sealed)?)
}

/// Seals a page of that width and height: its row, and what is stored.
pub fn seal_page(
    key: &DataKey,
    number: i64,
    jpeg: &[u8],
    (width_px, height_px): (i64, i64),
) -> Result<(StoredPage, Bytes)> {
    let sealed = key.seal(&page_part(number), jpeg)?;
    let page = StoredPage {
        number,
        sha256: ContentHash::of(&sealed).to_string(),
        size_bytes: i64::try_from(sealed.len()).unwrap_or(i64::MAX),
        width_px,
        height_px,
    };
    Ok((page, sealed.into()))
}

/// Where the upload of a piece is stored.
pub fn upload_key(object: &str) -> Result<ObjectKey> {
    let id: ObjectId = object.parse().map_err(Error::internal)?;
    Ok(ObjectKey::Evidence { id })
}

/// Where a page is stored.
pub fn page_key(object: &str, number: i64) -> Result<ObjectKey> {
    let id: ObjectId = object.parse().map_err(Error::internal)?;
    let number = usize::try_from(number).map_err(Error::internal)?;
    let part = id.part(number);
    let id = part.ok_or_else(|| Error::internal("an object's name has no room for a page's number"))?;
    Ok(ObjectKey::Evidence { id })
}

/// Everything that may be stored of a piece, whether its rows say so or not: an attempt may have been cut between the two.
pub fn every_key(object: &str) -> Result<Vec<ObjectKey>> {
    let last = i64::try_from(MAX_PAGES).map_err(Error::internal)?;
    let pages = (1..=last).map(|number| page_key(object, number));
    std::iter::once(upload_key(object)).chain(pages).collect()
}

/// The name of the piece that an object belongs to.
pub fn piece_of(key: &ObjectKey) -> Option<&str> {
    let ObjectKey::Evidence { id } = key else { return None };
    let name = id.as_str();
    Some(name.split_once('-').map_or(name, |(piece, _)| piece))
}
