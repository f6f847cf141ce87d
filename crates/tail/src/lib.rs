//! What a tail position is, what bars it and why; the rewriting of a call and return into its tail form.
