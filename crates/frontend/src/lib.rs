//! Native modules that need the compiler.
