//! The `yalu` command.
fn main() {}
