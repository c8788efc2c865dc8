//! Draws the planned photos on all cores and writes them, in order, into one stored ZIP.

use std::io::Write;
use std::num::NonZeroUsize;
use std::thread;

use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, ZipArchiveWriter};

use super::photo::Photo;
use super::plan::JUNK;
use super::{AgencyBatch, BatchError, Truth, manifest};

/// The same time stands on every entry, 2026-11-05 01:30 UTC: an archive must not differ from day to day.
const PACKED_AT: i64 = 1_793_842_200;

/// Photos that one thread draws before they are written: this times 40 KB per core is all that waits in memory.
const PHOTOS_PER_THREAD: usize = 16;

impl AgencyBatch {
    /// Draws and writes the archive; `progress` hears how many photos of how many are written.
    pub fn write_zip(&self, out: &mut impl Write, progress: &mut dyn FnMut(usize, usize)) -> Result<Truth, BatchError> {
        let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let mut archive = ZipArchiveWriter::new(out);
        store(&mut archive, "manifest.csv", &manifest::to_gb18030(&self.manifest))?;
        for name in JUNK {
            store(&mut archive, name, b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ")?;
        }
        let mut written = 0;
        for chunk in self.photos.chunks(threads * PHOTOS_PER_THREAD) {
            for (photo, bytes) in chunk.iter().zip(render_all(chunk, threads)) {
                store(&mut archive, &photo.entry, &bytes?)?;
                written += 1;
                progress(written, self.photos.len());
            }
        }
        archive.finish()?.flush()?;
        Ok(self.truth.clone())
    }
}

/// Renders photos on several threads and answers in their order.
fn render_all(photos: &[Photo], threads: usize) -> Vec<Result<Vec<u8>, BatchError>> {
    let share = photos.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let parts: Vec<_> = photos
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(Photo::render).collect::<Vec<_>>()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().expect("drawing does not panic: it takes no outside input"))
            .collect()
    })
}

fn store<W: Write>(archive: &mut ZipArchiveWriter<W>, name: &str, content: &[u8]) -> Result<(), BatchError> {
    let (mut entry, config) = archive
        .new_file(name)
        .compression_method(CompressionMethod::STORE)
        .last_modified(UtcDateTime::from_unix(PACKED_AT))
        .start()?;
    let mut writer = config.wrap(&mut entry);
    writer.write_all(content)?;
    let (_, descriptor) = writer.finish()?;
    entry.finish(descriptor)?;
    Ok(())
}
