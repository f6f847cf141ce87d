//! What an engine must be able to say. Handlers' variables are called alike in all of them: `ip`, `sp`,
//! `fp`, `ts`, `k` (constants), `w` (the word), `tb` (the dispatch table).

pub trait Engine {
    /// Goes on with the instruction at `ip`.
    fn next(&self) -> String;
    /// Goes on in another handler with the same word.
    fn goto(&self, handler: &str) -> String;
    /// As [`Engine::goto`], with the word of a reference in the place of the constants.
    fn goto_with(&self, handler: &str, word: &str) -> String {
        format!("{{ k = ({word}) as _; {} }}", self.goto(handler))
    }
    /// Dispatches the word `w`.
    fn dispatch_word(&self) -> String;
    /// Leaves the engine.
    fn exit(&self, value: &str) -> String;
    /// Reads the dispatch table and the constants again after Python code may have run.
    fn reload(&self) -> String {
        "tb = (*ts).frames.table.get() as _; k = (*fp).consts;".to_string()
    }
}
