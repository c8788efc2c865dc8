//! The decision table of the result categories, and verdicts from giving to opening again.

use super::category::{
    Answer, Category, Doubt, EnrolmentFacts, Known, NextActor, PersonFacts, PhotoFact, PublicStanding, Reason, decide,
    decide_beside_ended, decide_without_enrolment,
};
use super::model::Verdict;
use crate::tickets::model::Body;

const PHOTOS: [PhotoFact; 8] = [
    PhotoFact::Accepted { is_too_old: false },
    PhotoFact::Accepted { is_too_old: true },
    PhotoFact::InReview(Doubt::Quality),
    PhotoFact::InReview(Doubt::Data),
    PhotoFact::InReview(Doubt::Copy),
    PhotoFact::Rejected,
    PhotoFact::InTransit,
    PhotoFact::Missing,
];
const FLAGS: [bool; 2] = [false, true];
const HANDED: [Option<Body>; 3] = [None, Some(Body::Province), Some(Body::Chsi)];

/// A row of the table: what must hold, each condition `None` where it does not matter.
struct Rule {
    is_open: bool,
    is_flagged: Option<bool>,
    photos: &'static [PhotoFact],
    is_elsewhere: Option<bool>,
    verdict: Option<Option<Verdict>>,
    is_frozen: Option<bool>,
    told: (Category, Reason, NextActor),
}

const ANY_PHOTO_BUT_ACCEPTED: &[PhotoFact] = &[PHOTOS[2], PHOTOS[3], PHOTOS[4], PHOTOS[5], PHOTOS[6], PHOTOS[7]];

const fn rule(photos: &'static [PhotoFact], told: (Category, Reason, NextActor)) -> Rule {
    Rule {
        is_open: true,
        is_flagged: Some(false),
        photos,
        is_elsewhere: None,
        verdict: None,
        is_frozen: None,
        told,
    }
}

#[rustfmt::skip]
const TABLE: &[Rule] = &[
    Rule { is_open: false, is_flagged: None, ..rule(&[PHOTOS[0], PHOTOS[1]], (Category::B, Reason::Graduated, NextActor::Nobody)) },
    Rule { is_open: false, is_flagged: None, ..rule(ANY_PHOTO_BUT_ACCEPTED, (Category::B, Reason::ClosedWithoutPhoto, NextActor::School)) },
    Rule { is_flagged: Some(true), ..rule(&PHOTOS, (Category::E, Reason::IdentityCheck, NextActor::College)) },
    Rule { verdict: Some(None), is_frozen: Some(false), ..rule(&[PHOTOS[0]], (Category::A, Reason::Awaiting, NextActor::Student)) },
    Rule { verdict: Some(None), is_frozen: Some(true), ..rule(&[PHOTOS[0]], (Category::A, Reason::Frozen, NextActor::School)) },
    Rule { verdict: Some(Some(Verdict::Confirmed)), ..rule(&[PHOTOS[0]], (Category::A, Reason::Confirmed, NextActor::Nobody)) },
    Rule { verdict: Some(Some(Verdict::Disputed)), ..rule(&[PHOTOS[0]], (Category::A, Reason::Disputed, NextActor::School)) },
    rule(&[PHOTOS[1]], (Category::F, Reason::TooOld, NextActor::Student)),
    rule(&[PHOTOS[2]], (Category::C1, Reason::InReview, NextActor::School)),
    rule(&[PHOTOS[3]], (Category::C2, Reason::DataMismatch, NextActor::College)),
    rule(&[PHOTOS[4]], (Category::G, Reason::Duplicate, NextActor::School)),
    rule(&[PHOTOS[5]], (Category::H, Reason::Rejected, NextActor::Student)),
    rule(&[PHOTOS[6]], (Category::C1, Reason::InTransit, NextActor::Agency)),
    Rule { is_elsewhere: Some(true), ..rule(&[PHOTOS[7]], (Category::G, Reason::OtherEnrolment, NextActor::School)) },
    Rule { is_elsewhere: Some(false), ..rule(&[PHOTOS[7]], (Category::C1, Reason::NotCaptured, NextActor::Student)) },
];

impl Rule {
    fn fits(&self, facts: &EnrolmentFacts) -> bool {
        self.is_open == facts.is_open
            && self.is_flagged.is_none_or(|wanted| wanted == facts.is_identity_flagged)
            && self.photos.contains(&facts.photo)
            && self
                .is_elsewhere
                .is_none_or(|wanted| wanted == facts.has_photo_elsewhere)
            && self.verdict.is_none_or(|wanted| wanted == facts.verdict)
            && self.is_frozen.is_none_or(|wanted| wanted == facts.is_frozen)
    }
}

fn every_combination() -> impl Iterator<Item = EnrolmentFacts> {
    let verdicts = [None, Some(Verdict::Confirmed), Some(Verdict::Disputed)];
    FLAGS.into_iter().flat_map(move |is_open| {
        FLAGS.into_iter().flat_map(move |is_identity_flagged| {
            PHOTOS.into_iter().flat_map(move |photo| {
                FLAGS.into_iter().flat_map(move |has_photo_elsewhere| {
                    verdicts.into_iter().flat_map(move |verdict| {
                        FLAGS.into_iter().flat_map(move |is_frozen| {
                            HANDED.into_iter().map(move |handed_to| EnrolmentFacts {
                                is_open,
                                is_identity_flagged,
                                photo,
                                has_photo_elsewhere,
                                verdict,
                                is_frozen,
                                handed_to,
                            })
                        })
                    })
                })
            })
        })
    })
}

#[test]
fn every_combination_of_facts_has_one_answer() {
    let mut seen = 0;
    for facts in every_combination() {
        let fitting: Vec<&Rule> = TABLE.iter().filter(|rule| rule.fits(&facts)).collect();
        assert_eq!(fitting.len(), 1, "{facts:?} fits {} rows of the table", fitting.len());
        let answer = decide(facts);
        let (category, reason, within) = fitting[0].told;
        assert_eq!((answer.category, answer.reason), (category, reason), "{facts:?}");
        // What the office or a college would have to do waits for whoever they handed it to; that a photo is looked at does not.
        let next_actor = match (facts.handed_to, within) {
            (Some(Body::Province), NextActor::School | NextActor::College) if category != Category::C1 => {
                NextActor::Province
            }
            (Some(Body::Chsi), NextActor::School | NextActor::College) if category != Category::C1 => NextActor::Chsi,
            _ => within,
        };
        assert_eq!(answer.next_actor, next_actor, "{facts:?}");
        seen += 1;
    }
    assert_eq!(seen, 2 * 2 * 8 * 2 * 3 * 2 * 3);
}

#[test]
fn whoever_has_no_enrolment_learns_who_must_act() {
    let told = |is_in_roll_under_other_name, in_admission, is_upgrade| {
        let answer = decide_without_enrolment(PersonFacts {
            is_in_roll_under_other_name,
            in_admission,
            is_upgrade,
        });
        (answer.category, answer.reason)
    };
    for in_roll in FLAGS {
        assert_eq!(told(in_roll, Known::Yes, true), (Category::D3, Reason::PriorCredential));
        assert_eq!(told(in_roll, Known::Yes, false), (Category::D1, Reason::NotInRoll));
        for is_upgrade in FLAGS {
            let other_name = told(in_roll, Known::UnderOtherName, is_upgrade);
            assert_eq!(other_name, (Category::D2, Reason::OtherName));
        }
    }
    for is_upgrade in FLAGS {
        assert_eq!(told(true, Known::No, is_upgrade), (Category::D2, Reason::OtherName));
        assert_eq!(told(false, Known::No, is_upgrade), (Category::D1, Reason::Unknown));
    }
}

#[test]
fn whoever_was_admitted_to_go_on_and_is_not_enrolled_for_it_is_told_so_beside_the_ended_enrolment() {
    let told = |is_admitted, enrolled| {
        decide_beside_ended(is_admitted, enrolled).map(|told| (told.category, told.reason, told.next_actor))
    };
    for enrolled in [Known::No, Known::UnderOtherName, Known::Yes] {
        assert_eq!(told(false, enrolled), None);
    }
    assert_eq!(told(true, Known::Yes), None);
    let other_name = (Category::D2, Reason::OtherName, NextActor::Student);
    assert_eq!(told(true, Known::UnderOtherName), Some(other_name));
    let missed = (Category::D3, Reason::PriorCredential, NextActor::Student);
    assert_eq!(told(true, Known::No), Some(missed));
}

#[test]
fn the_public_learns_neither_a_refusal_nor_a_flag() {
    let public = |category, reason| {
        Answer {
            category,
            reason,
            next_actor: NextActor::College,
        }
        .public()
    };
    let attention = (PublicStanding::Attention, NextActor::Student);
    for (category, reason) in [
        (Category::E, Reason::IdentityCheck),
        (Category::F, Reason::TooOld),
        (Category::G, Reason::Duplicate),
        (Category::H, Reason::Rejected),
        (Category::C2, Reason::DataMismatch),
        (Category::A, Reason::Disputed),
    ] {
        assert_eq!(public(category, reason), attention, "{category}");
    }
}
