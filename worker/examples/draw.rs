//! Writes a demo school and its batch into a folder, with contact sheets of clean and of planted photos to look at.
//!
//! `cargo run --release --example draw -- OUT [STUDENTS] [SEED]`

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use image::RgbImage;
use image::imageops::{FilterType, replace, resize};
use worker::synthetic::{AgencyBatch, School};

const COLUMNS: usize = 8;
const ROWS: usize = 4;
const CELL: (u32, u32) = (240, 320);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder to write to")?;
    let students = arguments.next().map_or(Ok(200), |text| text.parse())?;
    let seed = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let school = School::generate(seed, students, 2027);
    school.write_roll_csv(&mut BufWriter::new(File::create(folder.join("roll.csv"))?))?;
    let batch = AgencyBatch::plan(&school, seed);
    let started = Instant::now();
    let truth = batch.write_zip(
        &mut BufWriter::new(File::create(folder.join("batch.zip"))?),
        &mut |_, _| {},
    )?;
    writeln!(
        std::io::stderr(),
        "{} photos in {:?}",
        batch.photo_count(),
        started.elapsed()
    )?;
    serde_json::to_writer_pretty(File::create(folder.join("roll.truth.json"))?, &school.roll_truth())?;
    serde_json::to_writer_pretty(File::create(folder.join("batch.truth.json"))?, &truth)?;
    let clean: Vec<&str> = truth.clean.iter().map(|clean| clean.entry.as_str()).collect();
    let planted: Vec<&str> = truth.planted.iter().map(|plant| plant.entry.as_str()).collect();
    for (name, entries) in [("clean", clean), ("planted", planted)] {
        for (number, part) in entries.chunks(COLUMNS * ROWS).take(2).enumerate() {
            contact_sheet(&folder.join("batch.zip"), part)?.save(folder.join(format!("{name}-{number}.png")))?;
        }
    }
    Ok(())
}

fn contact_sheet(archive: &Path, entries: &[&str]) -> Result<RgbImage, Box<dyn Error>> {
    let bytes = std::fs::read(archive)?;
    let archive = rawzip::ZipArchive::from_slice(&bytes)?;
    let mut sheet = RgbImage::new(CELL.0 * COLUMNS as u32, CELL.1 * ROWS as u32);
    for record in archive.entries() {
        let record = record?;
        let name = std::str::from_utf8(record.file_path().as_bytes())?.to_owned();
        let Some(place) = entries.iter().position(|&entry| entry == name) else {
            continue;
        };
        let content = archive.get_entry(record.wayfinder())?;
        // One planted header claims 40,000×40,000 pixels.
        if turbojpeg::read_header(content.data()).is_ok_and(|header| header.width > 4000) {
            continue;
        }
        let Ok(picture) = turbojpeg::decompress(content.data(), turbojpeg::PixelFormat::RGB) else {
            continue;
        };
        let (width, height) = (picture.width as u32, picture.height as u32);
        let picture = RgbImage::from_raw(width, height, picture.pixels).ok_or("pixels are missing")?;
        let small = resize(&picture, CELL.0, CELL.1, FilterType::Triangle);
        let (column, row) = (place % COLUMNS, place / COLUMNS);
        replace(
            &mut sheet,
            &small,
            (column * CELL.0 as usize) as i64,
            (row * CELL.1 as usize) as i64,
        );
    }
    Ok(sheet)
}
