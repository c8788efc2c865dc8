//! Turns a picture upright by its EXIF orientation. This is the only turning or mirroring the product ever does.

use super::limits::Refusal;
use super::raster::Raster;

/// Tells whether the orientation swaps width and height.
pub(super) const fn swaps_sides(orientation: u8) -> bool {
    matches!(orientation, 5..=8)
}

/// Gives the upright picture for an EXIF orientation of 1 to 8; any other value leaves it as stored.
pub(super) fn upright(picture: Raster, orientation: u8) -> Result<Raster, Refusal> {
    if !matches!(orientation, 2..=8) {
        return Ok(picture);
    }
    let (width, height) = (picture.width, picture.height);
    let (source, _) = picture.pixels.as_chunks::<3>();
    let (across, down) = if swaps_sides(orientation) {
        (height, width)
    } else {
        (width, height)
    };
    let mut pixels = vec![0; picture.pixels.len()];
    let (target, _) = pixels.as_chunks_mut::<3>();
    for (y, line) in target.chunks_exact_mut(across).enumerate() {
        // Each target row is a row of the source or a column of it, in its direction or against it.
        match orientation {
            2 => fill(line, picture.row(y).iter().rev()),
            3 => fill(line, picture.row(height - 1 - y).iter().rev()),
            4 => fill(line, picture.row(height - 1 - y).iter()),
            5 => fill(line, column_of(source, width, y)),
            6 => fill(line, column_of(source, width, y).rev()),
            7 => fill(line, column_of(source, width, width - 1 - y).rev()),
            _ => fill(line, column_of(source, width, width - 1 - y)),
        }
    }
    Raster::new(across, down, pixels)
}

fn column_of(pixels: &[[u8; 3]], width: usize, x: usize) -> impl DoubleEndedIterator<Item = &[u8; 3]> {
    pixels.get(x..).unwrap_or_default().iter().step_by(width)
}

fn fill<'a>(line: &mut [[u8; 3]], from: impl Iterator<Item = &'a [u8; 3]>) {
    for (to, from) in line.iter_mut().zip(from) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of letters, one letter a pixel.
    fn raster(rows: [&str; 3]) -> Raster {
        let pixels = rows.concat().bytes().flat_map(|b| [b, b, b]).collect();
        Raster::new(rows[0].len(), 3, pixels).expect("the rows are equally long")
    }

    fn letters(picture: &Raster) -> Vec<String> {
        let row = |y| picture.row(y).iter().map(|p| char::from(p[0])).collect();
        (0..picture.height).map(row).collect()
    }

    #[test]
    fn turns_all_eight_orientations_upright() {
        // The letter F, stored in the eight ways a camera may store it.
        let stored = [
            vec!["ab", "cd", "ef"],
            vec!["ba", "dc", "fe"],
            vec!["fe", "dc", "ba"],
            vec!["ef", "cd", "ab"],
            vec!["ace", "bdf"],
            vec!["bdf", "ace"],
            vec!["fdb", "eca"],
            vec!["eca", "fdb"],
        ];
        for (orientation, rows) in (1..=8).zip(stored) {
            let pixels = rows.concat().bytes().flat_map(|b| [b, b, b]).collect();
            let picture = Raster::new(rows[0].len(), rows.len(), pixels).expect("the rows are equally long");
            let turned = upright(picture, orientation).expect("any picture can be turned");
            assert_eq!(letters(&turned), ["ab", "cd", "ef"], "orientation {orientation}");
        }
    }

    #[test]
    fn leaves_the_picture_alone_when_the_value_is_invalid() {
        let picture = raster(["ab", "cd", "ef"]);
        assert_eq!(upright(picture.clone(), 0), Ok(picture.clone()));
        assert_eq!(upright(picture.clone(), 9), Ok(picture));
    }
}
