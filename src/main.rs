//! The doorbell.

fn main() -> std::process::ExitCode {
    lvs_director::cli::main()
}
