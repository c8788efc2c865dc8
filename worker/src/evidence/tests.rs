//! The room from outside: kinds, PDF files through the real renderer, and a scanner that speaks the protocol.

mod clamd;
mod keeping;
mod pdf_files;

use std::time::Duration;

use proptest::prelude::*;

use self::pdf_files::{drawn, locked, of_pages, spinning};
use super::*;

fn renderer(folder: &tempfile::TempDir) -> Renderer {
    Renderer::new("pdftoppm".into(), folder.path().join("scratch"))
}

/// The sizes of a file's pages, or why there are none.
async fn sizes(renderer: &Renderer, file: Vec<u8>) -> Result<Vec<(usize, usize)>, Fault> {
    let mut rendering = Rendering::start(renderer, file.into())?;
    let mut sizes = Vec::new();
    while let Some(page) = rendering.next().await? {
        sizes.push(page.size());
    }
    Ok(sizes)
}

fn refusal(outcome: Result<Vec<(usize, usize)>, Fault>) -> Refusal {
    match outcome {
        Err(Fault::Refused(refusal)) => refusal,
        other => panic!("refused was expected: {other:?}"),
    }
}

#[test]
fn a_file_is_what_its_bytes_say() {
    let kinds: [(&[u8], Result<Kind, Refusal>); 12] = [
        (b"\xFF\xD8\xFF\xE0", Ok(Kind::Picture)),
        (b"\x89PNG\r\n\x1a\n", Ok(Kind::Picture)),
        (b"%PDF-1.7", Ok(Kind::Pdf)),
        (b"\r\n\xEF\xBB\xBF%PDF-1.4", Ok(Kind::Pdf)),
        (b"", Err(Refusal::UnknownKind)),
        (b"<svg onload='x()'/>", Err(Refusal::UnknownKind)),
        (b"<html><body>", Err(Refusal::UnknownKind)),
        (b"PK\x03\x04", Err(Refusal::UnknownKind)),
        (b"\0\0\0\x18ftypheic", Err(Refusal::UnknownKind)),
        (b"PK\x03\x04%PDF-1.4", Err(Refusal::Ambiguous)),
        (b"<html>%PDF-1.4", Err(Refusal::Ambiguous)),
        (b"\xFF\xD8\xFF\xE0%PDF-1.4", Err(Refusal::Ambiguous)),
    ];
    for (bytes, kind) in kinds {
        assert_eq!(Kind::of(bytes), kind, "{bytes:?}");
    }
    let late = [vec![b' '; 1024], b"%PDF-1.4".to_vec()].concat();
    assert_eq!(Kind::of(&late), Err(Refusal::UnknownKind));
}

#[tokio::test]
async fn a_pdf_becomes_pages_of_one_size_and_leaves_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let renderer = renderer(&folder);
    let pages = sizes(&renderer, of_pages(3, "0 0 595 842")).await.expect("pages");
    assert_eq!(pages.len(), 3);
    assert!(
        pages
            .iter()
            .all(|&(width, height)| height == 2000 && width.abs_diff(1413) < 3),
        "{pages:?}"
    );
    let poster = sizes(&renderer, of_pages(1, "0 0 14400 14400")).await.expect("a page");
    assert_eq!(poster, [(2000, 2000)]);
    let left = std::fs::read_dir(folder.path().join("scratch")).expect("the folder");
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn a_page_shows_what_the_file_draws() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = drawn("1 0 0 rg 0 0 595 842 re f");
    let mut rendering = Rendering::start(&renderer(&folder), file.into()).expect("it starts");
    let page = rendering.next().await.expect("well").expect("a page");
    let typeface = Typeface::read(font()).expect("a font");
    let page = Page::of(page, &typeface, "仅用于").expect("marked");
    assert!(page.jpeg.starts_with(&[0xFF, 0xD8]) && page.jpeg.len() > 10_000);
}

fn font() -> Vec<u8> {
    let config = domain::config::Config::in_folder(std::path::Path::new("none")).expect("defaults");
    std::fs::read(config.evidence.font).expect("scripts/setup.sh installs the font")
}

#[tokio::test]
async fn of_a_thousand_pages_only_one_too_many_is_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let pages = sizes(&renderer(&folder), of_pages(1000, "0 0 59 84"))
        .await
        .expect("pages");
    assert_eq!(pages.len(), MAX_PAGES + 1);
}

#[tokio::test]
async fn a_pdf_that_spins_or_swells_is_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let impatient = Renderer {
        time: Duration::from_millis(300),
        ..renderer(&folder)
    };
    assert_eq!(refusal(sizes(&impatient, spinning()).await), Refusal::TooDear);
    let cheap = Renderer {
        processor_seconds: 1,
        ..renderer(&folder)
    };
    assert_eq!(refusal(sizes(&cheap, spinning()).await), Refusal::TooDear);
    let poor = Renderer {
        memory_bytes: 80 << 20,
        processor_seconds: 1,
        ..renderer(&folder)
    };
    let outcome = sizes(&poor, spinning()).await;
    assert!(
        matches!(outcome, Err(Fault::Refused(_) | Fault::Later { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn locked_and_broken_files_are_refused_each_with_its_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let renderer = renderer(&folder);
    assert_eq!(refusal(sizes(&renderer, locked()).await), Refusal::Locked);
    for broken in [
        b"%PDF-1.4\n".to_vec(),
        b"%PDF-1.4\n%%EOF".to_vec(),
        of_pages(0, "0 0 1 1"),
    ] {
        assert_eq!(refusal(sizes(&renderer, broken).await), Refusal::Damaged);
    }
}

#[tokio::test]
async fn without_its_renderer_a_pdf_waits() {
    let folder = tempfile::tempdir().expect("a folder");
    let renderer = Renderer::new("/nowhere/pdftoppm".into(), folder.path().into());
    let outcome = sizes(&renderer, of_pages(1, "0 0 595 842")).await;
    assert!(
        matches!(
            outcome,
            Err(Fault::Later {
                code: "evidence-renderer-missing",
                ..
            })
        ),
        "{outcome:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn changed_pdf_files_end_in_pages_or_a_refusal(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut file = of_pages(2, "0 0 59 84");
        for (index, value) in changes {
            let at = index.index(file.len());
            file[at] = value;
        }
        file.truncate(file.len() / 2 + cut.index(file.len()));
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let outcome = runtime.block_on(sizes(&renderer(&folder), file));
        prop_assert!(matches!(&outcome, Ok(_) | Err(Fault::Refused(_))), "{:?}", outcome);
    }
}
