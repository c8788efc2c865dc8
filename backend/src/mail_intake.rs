//! Mails on their way into the house, from the command line and from the interface for programs: read off the threads that answer, their
//! files sealed and stored, then taken in by one commit.

use domain::error::{Error, Result};
use domain::evidence::sealing::SealedUpload;
use domain::mail_intake::commands::{letter_index, take_letter};
use domain::mail_intake::letter::Letter;
use domain::mail_intake::model::Taken;
use domain::mail_intake::queries::find_known;

use crate::files::compute;
use crate::house::House;
use crate::intake::whole;

/// Takes a mail in as it came (RFC 5322).
pub async fn take_mail(house: &House, raw: Vec<u8>) -> Result<Taken> {
    let house = house.clone();
    whole(async move {
        let (sealer, mail_from) = (house.sealer.clone(), house.config.mail_from.clone());
        let read = compute(move || {
            let letter = Letter::read(&raw, &mail_from)?;
            let index = letter_index(&sealer, &letter, &raw);
            Ok::<_, Error>((letter, index))
        });
        let (letter, index) = read.await??;
        if let Some(known) = house.db.read(move |conn| find_known(conn, &index)).await? {
            return Ok(known);
        }
        let files = store(&house, &letter).await?;
        let (sealer, mail_from) = (house.sealer.clone(), house.config.mail_from.clone());
        let (now_ms, uploads) = (house.clock.now_ms(), files.clone());
        let taken = house
            .db
            .write_tx(move |conn| take_letter(conn, &sealer, (&letter, &index), &uploads, &mail_from, now_ms))
            .await;
        let kept = taken.as_ref().map_or(0, |taken| taken.files_kept);
        for upload in files.iter().skip(kept) {
            if let Err(error) = house.store.delete(&upload.key()).await {
                tracing::warn!(
                    error.code = error.code(),
                    "a sealed file that is not needed could not be removed"
                );
            }
        }
        taken
    })
    .await
}

/// Seals and stores the files of a mail that a person wrote.
async fn store(house: &House, letter: &Letter) -> Result<Vec<SealedUpload>> {
    if letter.automatic.is_some() {
        return Ok(Vec::new());
    }
    let (sealer, files) = (house.sealer.clone(), letter.files.clone());
    let sealed = compute(move || {
        let sealed = files.iter().map(|file| SealedUpload::seal(&sealer, file));
        sealed.collect::<Result<Vec<SealedUpload>>>()
    });
    let sealed = sealed.await??;
    let objects = sealed.iter().map(|upload| (upload.key(), upload.sealed.clone()));
    house.store.put_many(objects.collect()).await?;
    Ok(sealed)
}
