//! Whether everything that evidence takes is there: for `rollproof doctor`, since a file that waits says so to nobody.

use domain::config::Config;
use domain::evidence::wording::watermark;
use domain::id::TicketId;
use tokio::process::Command;

use super::read_typeface;
use crate::imaging::Watermark;

/// What is wrong with the font of the watermark; `None` where it draws the words.
pub fn find_font_fault(config: &Config) -> Option<String> {
    let path = &config.evidence.font;
    let drawn = || -> Result<(), Box<dyn std::error::Error>> {
        let typeface = read_typeface(path)?;
        Watermark::new(&typeface, watermark(TicketId(1), 0)?)?;
        Ok(())
    };
    let fault = drawn().err()?;
    Some(format!(
        "{} cannot draw the watermark of evidence ({fault}), so evidence waits; install fonts-noto-cjk or set ROLLPROOF_EVIDENCE_FONT",
        path.display()
    ))
}

/// What is wrong with the renderer of PDF files; `None` where it runs.
pub async fn find_renderer_fault(config: &Config) -> Option<String> {
    let program = &config.evidence.pdftoppm;
    let runs = async |name: &std::path::Path, argument: &str| {
        let mut command = Command::new(name);
        command
            .arg(argument)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        command.status().await.is_ok_and(|status| status.success())
    };
    if !runs("prlimit".as_ref(), "--version").await {
        return Some("`prlimit` of util-linux cannot be run, so PDF files wait; install util-linux".to_owned());
    }
    (!runs(program, "-v").await).then(|| {
        format!(
            "{} cannot be run, so PDF files wait; install poppler-utils or set ROLLPROOF_EVIDENCE_PDFTOPPM",
            program.display()
        )
    })
}
