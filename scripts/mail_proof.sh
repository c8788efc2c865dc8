#!/usr/bin/env bash
# Ten thousand students are reminded of their photo, while the mail server dies three times and the worker once. Prints how many
# mails and students there were, and how many a dying server took without saying so, which it is told once more under the same identifier.
#
#   scripts/mail_proof.sh [STUDENTS] [reminders | news]
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PATH:$HOME/.cargo/bin"

cargo build --release --locked --quiet --package rollproof-backend --bins --example furnish_students
node tests/clients/mails.mjs "$@"
