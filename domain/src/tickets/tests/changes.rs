//! Changes of locked fields: proposed by one, approved by another, applied whole.

use diesel::prelude::*;
use secrecy::ExposeSecret as _;

use super::{DAY_MS, Desk, HOUR_MS, NOW_MS, NUMBER, OTHER_NUMBER, add_record, add_student};
use crate::accounts::model::Staff;
use crate::crypto::Purpose;
use crate::db::schema::{audit_entries, roll_imports, roll_record_versions, roll_records, students};
use crate::error::Result;
use crate::id::{RecordId, TicketId};
use crate::roll::import::stage::id_index;
use crate::students::model::StudentState;
use crate::tickets::commands::proposals::{drop_proposal, propose};
use crate::tickets::commands::submit_ticket;
use crate::tickets::machine::{Step, TicketState};
use crate::tickets::model::{Hand, ProposalState, RollField, TicketKind};
use crate::tickets::queries::{find_account_of, get_ticket, list_proposals, read_field};

impl Desk {
    async fn propose(&self, by: &Staff, ticket_id: TicketId, field: RollField, after: &str) -> Result<()> {
        let (by, after) = (by.clone(), after.to_owned());
        self.run(move |conn, sealer| {
            let version = get_ticket(conn, Hand::Staff(&by), ticket_id)?.version;
            propose(
                conn,
                sealer,
                &by,
                (ticket_id, version),
                (field, &after),
                NOW_MS + HOUR_MS,
            )
        })
        .await
    }

    async fn says(&self, field: RollField) -> String {
        let record_id = self.record_id;
        self.run(move |conn, sealer| read_field(conn, sealer, record_id, field))
            .await
            .expect("a field")
    }

    /// A roll ticket that the registrar has taken up.
    async fn in_review(&self) -> TicketId {
        let ticket_id = self.submitted(TicketKind::Roll).await;
        self.step(&self.registrar, ticket_id, Step::Review, NOW_MS)
            .await
            .expect("taken up");
        ticket_id
    }
}

#[tokio::test]
async fn two_people_change_a_name_and_everything_knows_it() {
    let desk = Desk::new().await;
    let ticket_id = desk.in_review().await;
    desk.propose(&desk.registrar, ticket_id, RollField::Name, "张晓明")
        .await
        .expect("proposed");
    assert_eq!(
        desk.says(RollField::Name).await,
        "张小明",
        "nothing changes before the second person"
    );

    let own = desk
        .step(&desk.registrar, ticket_id, Step::Approve, NOW_MS + 2 * HOUR_MS)
        .await;
    assert_eq!(own.expect_err("their own").code(), "second-person");
    let end = desk
        .step(&desk.admin, ticket_id, Step::Approve, NOW_MS + 2 * HOUR_MS)
        .await;
    assert_eq!(end.expect("approved"), TicketState::Notified);
    assert_eq!(desk.says(RollField::Name).await, "张晓明");

    let record_id = desk.record_id;
    let found = desk.run(move |conn, _| {
        let import: (Option<i64>, String) = roll_imports::table
            .filter(roll_imports::ticket_id.is_not_null())
            .select((roll_imports::ticket_id, roll_imports::actor))
            .first(conn)?;
        let kept: i64 = roll_record_versions::table
            .filter(roll_record_versions::record_id.eq(record_id))
            .count()
            .get_result(conn)?;
        let changed: i64 = roll_records::table
            .inner_join(roll_imports::table.on(roll_imports::import_id.eq(roll_records::changed_import_id)))
            .filter(roll_imports::ticket_id.is_not_null())
            .count()
            .get_result(conn)?;
        let acts: i64 = audit_entries::table
            .filter(audit_entries::action.eq("roll.correct"))
            .count()
            .get_result(conn)?;
        Ok((import, kept, changed, acts))
    });
    let ((ticket, actor), kept, changed, acts) = found.await.expect("rows");
    assert_eq!((ticket, actor.as_str()), (Some(ticket_id.0), "admin@example.edu"));
    assert_eq!((kept, changed, acts), (1, 1, 1));
    let account = desk.run(move |conn, _| find_account_of(conn, record_id)).await;
    assert_eq!(
        account.expect("an account"),
        Some(desk.student.student_id),
        "the account goes on knowing its record"
    );
}

#[tokio::test]
async fn a_number_is_changed_only_together_with_the_birth_date_it_says() {
    let desk = Desk::new().await;
    let ticket_id = desk.in_review().await;
    desk.propose(&desk.registrar, ticket_id, RollField::IdNumber, OTHER_NUMBER)
        .await
        .expect("proposed");
    let refused = desk
        .step(&desk.admin, ticket_id, Step::Approve, NOW_MS + 2 * HOUR_MS)
        .await;
    assert_eq!(refused.expect_err("they disagree").code(), "number-disagrees");
    assert_eq!(
        desk.ticket(ticket_id).await.state,
        TicketState::InReview,
        "nothing is half done"
    );

    desk.propose(&desk.registrar, ticket_id, RollField::BirthDate, "1950-01-01")
        .await
        .expect("proposed");
    desk.propose(&desk.registrar, ticket_id, RollField::Sex, "男")
        .await
        .expect("proposed");
    desk.step(&desk.admin, ticket_id, Step::Approve, NOW_MS + 2 * HOUR_MS)
        .await
        .expect("approved");
    assert_eq!(desk.says(RollField::IdNumber).await, OTHER_NUMBER);
    assert_eq!(desk.says(RollField::BirthDate).await, "19500101");
    let record_id = desk.record_id;
    let account = desk.run(move |conn, _| find_account_of(conn, record_id)).await;
    assert_eq!(account.expect("an account"), Some(desk.student.student_id));
    let (sealer, record_id) = (desk.sealer.clone(), desk.record_id);
    let found = desk.run(move |conn, _| {
        Ok(roll_records::table
            .filter(roll_records::id_index.eq(id_index(&sealer, OTHER_NUMBER)))
            .select(roll_records::record_id)
            .first::<RecordId>(conn)?)
    });
    assert_eq!(found.await.expect("found by the new number"), record_id);
}

#[tokio::test]
async fn a_number_of_somebody_else_and_a_wrong_one_are_refused() {
    let desk = Desk::new().await;
    desk.run(|conn, sealer| add_record(conn, sealer, "2022010009", "李四", OTHER_NUMBER))
        .await
        .expect("a record");
    let ticket_id = desk.in_review().await;
    let wrong = desk
        .propose(&desk.registrar, ticket_id, RollField::IdNumber, "110105194912310021")
        .await;
    assert_eq!(wrong.expect_err("a wrong check digit").field(), Some("value"));
    for (field, value) in [
        (RollField::IdNumber, OTHER_NUMBER),
        (RollField::BirthDate, "1950-01-01"),
        (RollField::Sex, "男"),
    ] {
        desk.propose(&desk.registrar, ticket_id, field, value)
            .await
            .expect("proposed");
    }
    let refused = desk
        .step(&desk.admin, ticket_id, Step::Approve, NOW_MS + 2 * HOUR_MS)
        .await;
    assert_eq!(refused.expect_err("somebody has it").code(), "number-of-another");
    assert_eq!(desk.says(RollField::IdNumber).await, NUMBER);
}

#[tokio::test]
async fn a_proposal_is_replaced_by_the_next_for_its_field_and_can_be_dropped() {
    let desk = Desk::new().await;
    let ticket_id = desk.in_review().await;
    desk.propose(&desk.registrar, ticket_id, RollField::Name, "张晓铭")
        .await
        .expect("proposed");
    desk.propose(&desk.registrar, ticket_id, RollField::Name, "张晓明")
        .await
        .expect("proposed");
    let listed = desk
        .run(move |conn, sealer| list_proposals(conn, sealer, ticket_id))
        .await
        .expect("proposals");
    let states: Vec<ProposalState> = listed.iter().map(|proposal| proposal.state).collect();
    assert_eq!(states, [ProposalState::Dropped, ProposalState::Open]);
    assert_eq!(listed[1].before.expose_secret(), "张小明");
    let (by, proposal_id) = (desk.admin.clone(), listed[1].proposal_id);
    desk.run(move |conn, sealer| {
        let version = get_ticket(conn, Hand::Staff(&by), ticket_id)?.version;
        drop_proposal(conn, sealer, &by, (ticket_id, version), proposal_id, NOW_MS + HOUR_MS)
    })
    .await
    .expect("dropped");
    desk.step(&desk.admin, ticket_id, Step::Approve, NOW_MS + 2 * HOUR_MS)
        .await
        .expect("approved");
    assert_eq!(
        desk.says(RollField::Name).await,
        "张小明",
        "a dropped proposal changes nothing"
    );
}

#[tokio::test]
async fn an_approved_proof_of_identity_ends_the_other_account_with_the_number() {
    let desk = Desk::new().await;
    let draft = format!(
        r#"{{"name":"张小明","id_number":"{NUMBER}","sex":"female","birth_date":"1949-12-31","region":"北京市","phone":"13800000000"}}"#
    );
    let claimant = desk.run(move |conn, sealer| {
        let mut student = add_student(conn, sealer, "new@mail.example", "占位", OTHER_NUMBER)?;
        let sealed = sealer.seal(Purpose::new("student-draft"), draft.as_bytes())?;
        diesel::update(students::table.find(student.student_id))
            .set((
                students::state.eq(StudentState::Confirming),
                students::id_index.eq(None::<Vec<u8>>),
                students::draft_sealed.eq(sealed),
            ))
            .execute(conn)?;
        student.person = None;
        student.state = StudentState::Confirming;
        Ok(student)
    });
    let claimant = claimant.await.expect("another account");
    let (student, mut new) = (claimant.clone(), desk.new_ticket(TicketKind::Account));
    new.student_id = Some(claimant.student_id);
    new.record_id = None;
    let ticket_id = desk
        .run(move |conn, sealer| super::hand_in(conn, sealer, Hand::Student(&student), &new))
        .await
        .expect("a ticket");
    desk.step(&desk.support, ticket_id, Step::Review, NOW_MS)
        .await
        .expect("taken up");
    let own = desk
        .step(&desk.support, ticket_id, Step::Approve, NOW_MS + DAY_MS)
        .await;
    assert_eq!(own.expect_err("the reviewer").code(), "second-person");
    desk.step(&desk.admin, ticket_id, Step::Approve, NOW_MS + DAY_MS)
        .await
        .expect("approved");
    let old = desk.student.student_id;
    let state: StudentState = desk
        .run(move |conn, _| Ok(students::table.find(old).select(students::state).first(conn)?))
        .await
        .expect("the other account");
    assert_eq!(state, StudentState::Cancelled);
}

#[tokio::test]
async fn a_draft_without_the_evidence_of_its_kind_is_not_handed_in() {
    let desk = Desk::new().await;
    let (student, new) = (desk.student.clone(), desk.new_ticket(TicketKind::Roll));
    let submitted = desk.run(move |conn, sealer| submit_ticket(conn, sealer, Hand::Student(&student), &new, NOW_MS));
    assert_eq!(submitted.await.expect_err("no evidence").code(), "evidence-missing");
}
