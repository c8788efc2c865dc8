//! A scanner that speaks the protocol over loopback.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixListener};

use crate::evidence::clamd::{ClamdAddress, scan};
use crate::evidence::{Fault, Refusal};

/// Answers one conversation, and gives back the bytes that it was shown.
pub(super) async fn serve_one(listener: TcpListener, answer: &'static str) -> Vec<u8> {
    let (line, _) = listener.accept().await.expect("somebody asks");
    converse(line, answer).await
}

async fn converse(mut line: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin, answer: &str) -> Vec<u8> {
    let mut command = [0; 10];
    line.read_exact(&mut command).await.expect("a command");
    assert_eq!(&command, b"zINSTREAM\0");
    let mut shown = Vec::new();
    loop {
        let length = line.read_u32().await.expect("a length") as usize;
        if length == 0 {
            break;
        }
        let start = shown.len();
        shown.resize(start + length, 0);
        line.read_exact(&mut shown[start..]).await.expect("a piece");
    }
    line.write_all(answer.as_bytes()).await.expect("the asker listens");
    shown
}

async fn ask(answer: &'static str, file: &[u8]) -> (Result<(), Fault>, Vec<u8>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = ClamdAddress::Tcp(listener.local_addr().expect("an address").to_string());
    tokio::join!(scan(&address, file), serve_one(listener, answer))
}

#[tokio::test]
async fn the_scanner_sees_every_byte_and_is_believed() {
    let file: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
    let (outcome, shown) = ask("stream: OK\0", &file).await;
    assert!(outcome.is_ok() && shown == file);
    let (outcome, _) = ask("stream: Eicar-Test-Signature FOUND\0", &file).await;
    assert!(matches!(outcome, Err(Fault::Refused(Refusal::Infected))));
}

#[tokio::test]
async fn an_answer_that_is_no_verdict_lets_nothing_pass() {
    for answer in [
        "",
        "INSTREAM size limit exceeded. ERROR\0",
        "stream: OK FOUNDATION\0",
        "OK\0",
    ] {
        let (outcome, _) = ask(answer, b"file").await;
        assert!(
            matches!(
                outcome,
                Err(Fault::Later {
                    code: "evidence-scanner-away",
                    ..
                })
            ),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn a_scanner_that_is_away_lets_nothing_pass() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    assert!(matches!(
        scan(&ClamdAddress::Tcp(address), b"x").await,
        Err(Fault::Later { .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn a_scanner_that_says_nothing_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    // Held open and never answered; the clock of the runtime runs on by itself as nothing else does.
    let _silent: TcpStream = TcpStream::connect(&address).await.expect("it listens");
    let outcome = tokio::time::timeout(Duration::from_secs(3_600), scan(&ClamdAddress::Tcp(address), b"x")).await;
    assert!(matches!(outcome, Ok(Err(Fault::Later { .. }))));
}

#[tokio::test]
async fn a_socket_of_this_machine_does_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("clamd.sock");
    let listener = UnixListener::bind(&path).expect("a socket");
    let address: ClamdAddress = format!("unix:{}", path.display())
        .parse()
        .expect("any text is an address");
    assert_eq!(address, ClamdAddress::Unix(path));
    let answer = async {
        let (line, _) = listener.accept().await.expect("somebody asks");
        converse(line, "stream: OK\0").await
    };
    let (outcome, _) = tokio::join!(scan(&address, b"x"), answer);
    assert!(outcome.is_ok());
}
