//! `rollproof demo`: a fresh synthetic school, its agency's batch, the whole way, and a check that everything planted was found.

mod score;

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use domain::accounts::model::Role;
use domain::agencies::commands::add_agency;
use domain::audit::OPERATOR;
use domain::batches::model::{BatchKind, KeyPolicyWord};
use domain::campaigns::commands::add_campaign;
use domain::campaigns::model::{CampaignMode, Expected, NewCampaign};
use domain::campaigns::profile::Profile;
use domain::clock::year_in_shanghai;
use domain::config::Config;
use domain::error::{Error, Result};
use domain::roll::model::{ImportKind, ImportOptions};
use domain::schools::commands::put_contact;
use domain::schools::model::{Contact, Reach};
use domain::schools::queries::list_schools;
use domain::verdicts::category::NextActor;
use indicatif::{ProgressBar, ProgressDrawTarget};
use worker::synthetic::{AgencyBatch, School, Truth};

use super::Outcome;
use super::batch::{self, IngestArgs};
use super::output::{self, Format};
use super::{roll, serve, staff};
use crate::house::House;

/// Arguments of `demo`.
#[derive(clap::Args)]
pub struct Args {
    /// How many students the school has.
    #[arg(long, default_value_t = 2_000)]
    students: usize,
    /// Another seed is another school.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stop after the report.
    #[arg(long)]
    exit: bool,
    /// Address to serve on afterwards.
    #[arg(long)]
    listen: Option<std::net::SocketAddr>,
}

const CAMPAIGN: &str = "demo";
const AGENCY: &str = "demo-agency";
/// Says that a folder is a demo's and may be made anew.
const MARKER: &str = "this-is-a-demo";

/// Runs the verb in a folder of its own below the data folder.
pub async fn run(config: Config, args: Args, format: Format) -> Result<Outcome> {
    let folder = config.data_dir.join("demo");
    clear(&folder)?;
    let mut demo_config = Config::in_folder(&folder)?;
    demo_config.listen = args.listen.unwrap_or(config.listen);
    demo_config.public_url = format!("http://{}", demo_config.listen);
    let house = House::open(demo_config)?;
    // Autumn graduates belong to the coming year: photos are dated within a year of graduation.
    let grad_year = year_in_shanghai(house.clock.now_ms()) + 1;
    let files = generate(&folder, &args, grad_year)?;
    open_campaign(&house, grad_year).await?;
    let import = roll::import_file(&house, &files.roll, ImportKind::Roll, ImportOptions::default(), false).await?;
    name_offices(&house).await?;
    let batch_id = batch::ingest(&house, ingest_args(&files.archive)).await?;
    let (report, findings) = batch::report_of(&house, batch_id).await?;
    let again = roll::import_file(&house, &files.roll, ImportKind::Roll, ImportOptions::default(), false).await?;
    let known = batch::ingest(&house, ingest_args(&files.archive)).await?;
    let score = score::score(&files.truth, &report);
    let is_unchanged = again.new + again.changed == 0 && known == batch_id;
    output::print(
        format,
        &serde_json::json!({ "import": import, "report": report, "score": score, "second_run_changed_nothing": is_unchanged }),
        |_| {
            let second = if is_unchanged {
                "handed in again: nothing changed"
            } else {
                "handed in again: SOMETHING CHANGED"
            };
            format!(
                "{}\n{}\n{}\n{second}",
                roll::describe(&import),
                batch::describe(&report, &findings),
                score::describe(&score)
            )
        },
    )?;
    if !score.is_perfect() || !is_unchanged {
        return Err(Error::internal(
            "the demo's report does not agree with what was planted",
        ));
    }
    if args.exit {
        return Ok(Outcome::Done);
    }
    let link = staff::add(&house, "demo@example.edu".to_owned(), Role::Admin).await?;
    output::print(format, &serde_json::json!({ "link": link }), |_| {
        format!("set a password for demo@example.edu: {link}")
    })?;
    serve::serve_and_work(&house, house.config.listen, true).await?;
    Ok(Outcome::Done)
}

struct DemoFiles {
    roll: PathBuf,
    archive: PathBuf,
    truth: Truth,
}

fn generate(folder: &Path, args: &Args, grad_year: i32) -> Result<DemoFiles> {
    let files = folder.join("files");
    std::fs::create_dir_all(&files).map_err(Error::internal)?;
    let school = School::generate(args.seed, args.students, grad_year);
    let (roll, archive) = (files.join("roll.csv"), files.join("batch.zip"));
    let mut out = BufWriter::new(File::create(&roll).map_err(Error::internal)?);
    school
        .write_roll_csv(&mut out)
        .and_then(|()| out.flush())
        .map_err(Error::internal)?;
    let batch = AgencyBatch::plan(&school, args.seed);
    let bar = ProgressBar::new(batch.photo_count() as u64).with_message("drawing portraits");
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let mut out = BufWriter::new(File::create(&archive).map_err(Error::internal)?);
    let truth = batch
        .write_zip(&mut out, &mut |done, _| bar.set_position(done as u64))
        .map_err(Error::internal)?;
    out.flush().map_err(Error::internal)?;
    bar.finish_and_clear();
    Ok(DemoFiles { roll, archive, truth })
}

fn clear(folder: &Path) -> Result<()> {
    let marker = folder.join(MARKER);
    if folder.exists() && !marker.exists() {
        return Err(Error::conflict(
            "demo-folder",
            "the data folder has a folder `demo` that is no demo's; move it away",
        ));
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(Error::internal)?;
    }
    std::fs::create_dir_all(folder).map_err(Error::internal)?;
    std::fs::write(marker, []).map_err(Error::internal)
}

async fn open_campaign(house: &House, grad_year: i32) -> Result<()> {
    let profile =
        Profile::builtin("chsi-graduation").ok_or_else(|| Error::internal("the default profile is missing"))?;
    let now_ms = house.clock.now_ms();
    house
        .db
        .write_tx(move |conn| {
            add_agency(conn, OPERATOR, AGENCY, "示例图片社", now_ms)?;
            let new = NewCampaign {
                code: CAMPAIGN.to_owned(),
                name: format!("{grad_year} 届集中采集"),
                mode: CampaignMode::Legacy,
                profile,
                freeze_at_ms: None,
                upload_expected: None,
                recapture_place: Some("图书馆一楼报告厅旁，周一至周五 9:00–16:00，带身份证".to_owned()),
                expected: Expected {
                    school_id: None,
                    grad_year: Some(grad_year),
                    level_kind: None,
                    statuses: vec!["注册学籍".to_owned()],
                },
            };
            add_campaign(conn, OPERATOR, &new, now_ms)?;
            Ok(())
        })
        .await
}

/// How the students of the school reach those who act for them.
async fn name_offices(house: &House) -> Result<()> {
    let (sealer, now_ms) = (house.sealer.clone(), house.clock.now_ms());
    let offices = [
        (
            NextActor::College,
            "010-5550 0101",
            "学院办公楼 105",
            "周一至周五 8:30–17:00",
        ),
        (
            NextActor::School,
            "010-5550 0202",
            "行政楼 203 学籍科",
            "周一至周五 8:30–11:30、14:00–17:00",
        ),
        (NextActor::Agency, "400-555-0303", "", "每天 9:00–18:00"),
    ];
    let kept = house.db.write_tx(move |conn| {
        // One school, of three offices.
        for school in list_schools(conn)? {
            for (actor, phone, place, hours) in offices {
                let contact = Contact {
                    school_id: school.school_id,
                    actor,
                    college: String::new(),
                    reach: Reach {
                        phone: Some(phone.to_owned()),
                        email: None,
                        place: Some(place.to_owned()).filter(|place| !place.is_empty()),
                        hours: Some(hours.to_owned()),
                    },
                };
                put_contact(conn, &sealer, OPERATOR, &contact, now_ms)?;
            }
        }
        Ok(())
    });
    kept.await
}

fn ingest_args(archive: &Path) -> IngestArgs {
    IngestArgs {
        delivery: archive.to_owned(),
        campaign: CAMPAIGN.to_owned(),
        agency: AGENCY.to_owned(),
        kind: BatchKind::Graduation,
        key: KeyPolicyWord::Auto,
        manifest: None,
    }
}
