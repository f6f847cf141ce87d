//! Shows the instructions of a file: `dis FILE`.

use taipan_compile::{Options, compile};
use taipan_isa::dis;

fn main() {
    let path = std::env::args().nth(1).expect("a file");
    let source = std::fs::read(&path).expect("readable");
    match compile(&source, &Options::default()) {
        Ok(c) => println!("{}", dis::disassemble_all(&c.code)),
        Err(e) => println!("{e}"),
    }
}
