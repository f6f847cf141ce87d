//! The object model: the value word, the heap, types and their instances.
