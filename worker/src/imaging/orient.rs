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
    let mut pixels = Vec::with_capacity(picture.pixels.len());
    for y in 0..down {
        // Each target row is a straight line through the source: where it starts, and the step from pixel to pixel.
        let (start, step) = match orientation {
            2 => (y * width + width - 1, -1),
            3 => ((height - 1 - y) * width + width - 1, -1),
            4 => ((height - 1 - y) * width, 1),
            5 => (y, width as isize),
            6 => ((height - 1) * width + y, -(width as isize)),
            7 => ((height - 1) * width + (width - 1 - y), -(width as isize)),
            _ => (width - 1 - y, width as isize),
        };
        for x in 0..across {
            let at = start.wrapping_add_signed(step * x as isize);
            pixels.extend_from_slice(source.get(at).unwrap_or(&[0; 3]));
        }
    }
    Raster::new(across, down, pixels)
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
