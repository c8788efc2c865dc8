//! `rollproof mail take`: one mail from a pipe, and all that are new in a Maildir.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use rollproof_tests::{TestHouse, path, ran};

fn mail(id: &str, from: &str) -> String {
    format!("Message-ID: <{id}@mail.example>\r\nFrom: {from}@mail.example\r\nSubject: name\r\n\r\nwrong\r\n")
}

#[test]
fn a_pipe_brings_one_mail_and_the_same_again_is_known() {
    let house = TestHouse::new();
    let take = || {
        let mut child = house
            .command(&["mail", "take", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut input = child.stdin.take().expect("a pipe");
        input.write_all(mail("a", "zhang").as_bytes()).expect("written");
        drop(input);
        ran(child.wait_with_output().expect("it ends"))
    };
    let (first, again) = (take(), take());
    assert_eq!(
        (first.code, &first.json["outcome"]),
        (0, &"drafted".into()),
        "{}",
        first.log
    );
    assert_eq!(
        (&again.json["is_known"], &again.json["ticket_id"]),
        (&true.into(), &1.into())
    );
}

#[test]
fn a_maildir_is_emptied_but_for_what_cannot_be_read() {
    let house = TestHouse::new();
    let folder = house.folder().join("mail");
    fs::create_dir_all(folder.join("new")).expect("a folder");
    for (name, text) in [
        ("1.a", mail("a", "zhang")),
        ("2.b", "no mail".to_owned()),
        ("3.c", mail("c", "li")),
    ] {
        fs::write(folder.join("new").join(name), text).expect("a mail");
    }
    let taken = house.expect(3, &["mail", "take", "--maildir", path(&folder)]);
    assert_eq!((&taken["taken"]["drafted"], &taken["failed"]), (&2.into(), &1.into()));
    let left = fs::read_dir(folder.join("new")).expect("the folder");
    let left: Vec<_> = left.map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(left, ["2.b"]);
    assert!(folder.join("cur/1.a:2,S").is_file());
    house.expect(2, &["mail", "take", "--maildir", path(&folder.join("nowhere"))]);
    house.expect(2, &["mail", "take"]);
}
