//! The `rollproof` binary: reads its arguments and hands over.

use std::process::ExitCode;

fn main() -> ExitCode {
    backend::cli::main()
}
