//! Reads the pages that `pdftoppm` writes one after the other: a header of a few characters, then bare pixels. Nothing has to be decoded
//! that a broken renderer could have spoilt.

use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::Refusal;
use crate::imaging::{SCAN_PX, Scan};

/// `P6`, two sides and the largest level, with their separators.
const MAX_HEADER_BYTES: usize = 32;

/// The next page; `None` at the end.
pub(super) async fn next_page(from: &mut (impl AsyncRead + Unpin)) -> Result<Option<Scan>, Refusal> {
    let Some((width, height)) = read_header(from).await? else {
        return Ok(None);
    };
    let mut pixels = vec![0; width * height * 3];
    from.read_exact(&mut pixels).await.map_err(|_| Refusal::Damaged)?;
    Ok(Some(Scan::from_rgb(width, height, pixels)?))
}

async fn read_header(from: &mut (impl AsyncRead + Unpin)) -> Result<Option<(usize, usize)>, Refusal> {
    let mut header = Vec::with_capacity(MAX_HEADER_BYTES);
    let mut separators = 0;
    while separators < 4 && header.len() < MAX_HEADER_BYTES {
        let mut byte = [0];
        if from.read(&mut byte).await.map_err(|_| Refusal::Damaged)? == 0 {
            return if header.is_empty() {
                Ok(None)
            } else {
                Err(Refusal::Damaged)
            };
        }
        separators += usize::from(byte.iter().all(u8::is_ascii_whitespace));
        header.extend_from_slice(&byte);
    }
    let text = std::str::from_utf8(&header).map_err(|_| Refusal::Damaged)?;
    let mut words = text.split_ascii_whitespace();
    let side = |word: Option<&str>| {
        let side: Option<u32> = word.and_then(|word| word.parse().ok());
        side.filter(|side| (1..=SCAN_PX).contains(side))
            .map(|side| side as usize)
    };
    let (kind, width, height) = (words.next(), side(words.next()), side(words.next()));
    match (kind, width, height, words.next(), words.next()) {
        (Some("P6"), Some(width), Some(height), Some("255"), None) => Ok(Some((width, height))),
        _ => Err(Refusal::Damaged),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pages_follow_each_other_until_the_end() {
        let written = [b"P6\n2 1\n255\nabcdef".as_slice(), b"P6\n1 1\n255\n\n\n\n"].concat();
        let mut from = written.as_slice();
        let sizes = [(2, 1), (1, 1)];
        for size in sizes {
            let page = next_page(&mut from).await.expect("well written").expect("a page");
            assert_eq!(page.size(), size);
        }
        assert_eq!(next_page(&mut from).await, Ok(None));
    }

    #[tokio::test]
    async fn what_no_renderer_of_ours_writes_is_damaged() {
        for written in [
            "P5\n2 1\n255\nab",
            "P6\n0 1\n255\n",
            "P6\n2 1\n65535\n",
            "P6\n9999 1\n255\n",
            "P6\n2 1\n255\nabc",
            "P6",
            "P6 -2 1 255 abc",
            "P6                                          2 1",
        ] {
            let page = next_page(&mut written.as_bytes()).await;
            assert_eq!(page, Err(Refusal::Damaged), "{written:?}");
        }
    }
}
