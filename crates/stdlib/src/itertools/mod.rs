//! The module `itertools`.

mod chaining;
mod combinatorics;
mod grouping;
mod infinite;
mod selecting;
mod tee;

use taipan_objects::dict::Dict;
use taipan_objects::heap::Payload;
use taipan_objects::native::*;
use taipan_objects::{Result, ThreadState};

pub static MODULE: ModuleDef = ModuleDef {
    name: "itertools",
    doc: "Iterators that are put together from others, without building lists.",
    functions: &[tee::functions::FUNCTIONS],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    macro_rules! classes {
        ($($t:ty),* $(,)?) => { $(dict.set_name(ts, <$t as ClassDef>::NAME, <$t>::class(ts).into_value());)* };
    }
    classes!(
        chaining::Accumulate,
        chaining::Batched,
        chaining::Chain,
        chaining::Pairwise,
        chaining::Starmap,
        chaining::ZipLongest,
        combinatorics::Combinations,
        combinatorics::CombinationsWithReplacement,
        combinatorics::Permutations,
        combinatorics::Product,
        grouping::GroupBy,
        grouping::Grouper,
        infinite::Count,
        infinite::Cycle,
        infinite::Repeat,
        selecting::Compress,
        selecting::DropWhile,
        selecting::FilterFalse,
        selecting::ISlice,
        selecting::TakeWhile,
        tee::Tee,
        tee::TeeData,
    );
    Ok(())
}
