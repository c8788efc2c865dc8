//! Reads a storage URL; opening what it names is the backends' business.

use std::path::PathBuf;

use super::error::StorageError;

/// Where objects are to be kept, as written in `ROLLPROOF_STORAGE_URL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StorageAddress {
    /// `file:PATH`.
    Folder(PathBuf),
    /// `s3://bucket?endpoint=…&region=…&path_style=true`.
    S3(S3Address),
    /// `memory:`.
    #[cfg(feature = "testing")]
    Memory,
}

/// A bucket and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct S3Address {
    pub(super) bucket: String,
    /// `http://` or `https://` address of the server; none means Amazon's for the region.
    pub(super) endpoint: Option<String>,
    pub(super) region: String,
    pub(super) path_style: bool,
}

const UNKNOWN_SCHEME: &str = "write file:PATH or s3://BUCKET?endpoint=URL&region=NAME&path_style=true";

impl StorageAddress {
    pub(super) fn parse(url: &str) -> Result<Self, StorageError> {
        #[cfg(feature = "testing")]
        if url == "memory:" {
            return Ok(Self::Memory);
        }
        if let Some(rest) = url.strip_prefix("s3://") {
            return parse_s3(rest).map(Self::S3);
        }
        let path = url
            .strip_prefix("file:")
            .ok_or(StorageError::InvalidUrl { reason: UNKNOWN_SCHEME })?;
        let path = match path.strip_prefix("//") {
            Some(absolute) if absolute.starts_with('/') => absolute,
            Some(_) => return invalid("a file: address names a path on this machine, no host"),
            None => path,
        };
        if path.is_empty() {
            return invalid("file: needs a path behind it, as in file:data/objects");
        }
        Ok(Self::Folder(PathBuf::from(path)))
    }
}

fn parse_s3(rest: &str) -> Result<S3Address, StorageError> {
    let (bucket, query) = rest.split_once('?').unwrap_or((rest, ""));
    let is_bucket_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if bucket.len() < 3 || bucket.contains("..") || !bucket.bytes().all(is_bucket_byte) {
        return invalid("s3:// needs the name of a bucket and nothing more before the question mark");
    }
    let mut address = S3Address {
        bucket: bucket.to_owned(),
        endpoint: None,
        region: "us-east-1".to_owned(),
        path_style: false,
    };
    let mut path_style = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let Some((name, value)) = pair.split_once('=') else {
            return invalid("every option behind the question mark is written name=value");
        };
        let value = percent_decode(value)?;
        match name {
            "endpoint" if value.starts_with("http://") || value.starts_with("https://") => {
                address.endpoint = Some(value.trim_end_matches('/').to_owned());
            }
            "endpoint" => return invalid("endpoint must begin with http:// or https://"),
            "region" if !value.is_empty() => address.region = value,
            "path_style" if value == "true" => path_style = Some(true),
            "path_style" if value == "false" => path_style = Some(false),
            _ => return invalid("the options are endpoint, region and path_style (true or false)"),
        }
    }
    // A server of one's own rarely has a host name per bucket; Amazon demands one.
    address.path_style = path_style.unwrap_or(address.endpoint.is_some());
    Ok(address)
}

fn percent_decode(value: &str) -> Result<String, StorageError> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut byte = [0_u8];
        match (bytes.next(), bytes.next()) {
            (Some(high), Some(low)) if hex::decode_to_slice([high, low], &mut byte).is_ok() => decoded.extend(byte),
            _ => return invalid("a percent sign must be followed by two hexadecimal digits"),
        }
    }
    String::from_utf8(decoded).or_else(|_| invalid("an option is not UTF-8"))
}

fn invalid<T>(reason: &'static str) -> Result<T, StorageError> {
    Err(StorageError::InvalidUrl { reason })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_relative_and_absolute_folders() {
        for (url, path) in [
            ("file:data/objects", "data/objects"),
            ("file:/srv/o", "/srv/o"),
            ("file:///srv/o", "/srv/o"),
        ] {
            assert_eq!(
                StorageAddress::parse(url).ok(),
                Some(StorageAddress::Folder(path.into())),
                "{url}"
            );
        }
    }

    #[test]
    fn reads_a_bucket_with_all_options() {
        let plain =
            StorageAddress::parse("s3://roll-1?endpoint=http://10.0.0.5:9000/&region=cn-north-1&path_style=false");
        let expected = S3Address {
            bucket: "roll-1".into(),
            endpoint: Some("http://10.0.0.5:9000".into()),
            region: "cn-north-1".into(),
            path_style: false,
        };
        assert_eq!(plain.ok(), Some(StorageAddress::S3(expected)));
    }

    #[test]
    fn an_own_endpoint_means_path_style_unless_told_otherwise() {
        for (url, expected) in [
            ("s3://bucket?endpoint=https%3A%2F%2Fs3.school.cn", true),
            ("s3://bucket", false),
        ] {
            let Ok(StorageAddress::S3(address)) = StorageAddress::parse(url) else {
                panic!("{url}")
            };
            assert_eq!(address.path_style, expected);
        }
    }

    #[test]
    fn refuses_addresses_it_would_misread() {
        for url in [
            "",
            "file:",
            "file://host/x",
            "data/objects",
            "ftp://x",
            "s3://",
            "s3://a/b",
            "s3://bucket/prefix",
            "s3://bucket?endpoint=ftp://x",
            "s3://bucket?path_style=yes",
            "s3://bucket?regoin=x",
            "s3://bucket?region",
            "s3://bucket?region=%4",
            "s3://..?region=x",
        ] {
            let code = StorageAddress::parse(url).err().map(|error| error.code());
            assert_eq!(code, Some("storage-url-invalid"), "{url}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,60}", tail in "\\PC{0,60}") {
            drop(StorageAddress::parse(&text));
            drop(StorageAddress::parse(&format!("s3://bucket?{tail}")));
        }
    }
}
