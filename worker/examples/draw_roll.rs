//! Writes the roll of an invented school, without any photo, for measuring imports: `draw_roll FILE.csv STUDENTS [SEED]`.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;

use worker::synthetic::School;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("name the file to write")?;
    let students = arguments.next().ok_or("say how many students")?.parse()?;
    let seed = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let school = School::generate(seed, students, 2027);
    school.write_roll_csv(&mut BufWriter::new(File::create(file)?))?;
    Ok(())
}
