//! BufferedRWPair: a reader and a writer that are used as one stream.

use super::base::{BufferedIOBase, chain, check_readable, check_writable};
use super::buffered_classes::{BufferedReader, BufferedWriter};
use crate::prelude::*;

#[repr(C)]
pub struct BufferedRWPair {
    base: BufferedIOBase,
    reader: GilCell<Option<Value>>,
    writer: GilCell<Option<Value>>,
}
payload!(BufferedRWPair, parent = BufferedIOBase, container, traverse = |s, visit| {
    s.reader.read(|r| r.iter().for_each(&mut *visit));
    s.writer.read(|r| r.iter().for_each(&mut *visit));
});

impl BufferedRWPair {
    fn part(&self, ts: &ThreadState, part: &GilCell<Option<Value>>) -> Result {
        part.get().ok_or_else(|| ts.value_error("I/O operation on uninitialized object"))
    }
    fn read_with(&self, ts: &ThreadState, name: &str, args: &[Value]) -> Result {
        let r = self.part(ts, &self.reader)?;
        protocol::call_method(ts, &r, name, args)
    }
    fn write_with(&self, ts: &ThreadState, name: &str, args: &[Value]) -> Result {
        let w = self.part(ts, &self.writer)?;
        protocol::call_method(ts, &w, name, args)
    }
}

/// A buffered reader and writer object together.
///
/// A buffered reader object and buffered writer object put together to
/// form a sequential IO object that can read and write. This is typically
/// used with a socket or two-way pipe.
///
/// reader and writer are RawIOBase objects that are readable and
/// writeable respectively. If the buffer_size is omitted it defaults to
/// DEFAULT_BUFFER_SIZE.
#[class(name = "BufferedRWPair", module = "_io", base = BufferedIOBase)]
impl BufferedRWPair {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        let pair = BufferedRWPair { base: BufferedIOBase::NEW, reader: GilCell::new(None), writer: GilCell::new(None) };
        new_of(ts, cls, pair)
    }
    #[init("(reader, writer, buffer_size=131072, /)")]
    fn init(&self, ts: &ThreadState, reader: &Value, writer: &Value, buffer_size: isize) -> Result<()> {
        check_readable(ts, reader)?;
        check_writable(ts, writer)?;
        let r = heap::new(ts, BufferedReader::fresh()).into_value();
        BufferedReader::setup(ts, &r, reader, buffer_size)?;
        let w = heap::new(ts, BufferedWriter::fresh()).into_value();
        BufferedWriter::setup(ts, &w, writer, buffer_size)?;
        self.reader.set(Some(r));
        self.writer.set(Some(w));
        Ok(())
    }
    #[method("read($self, *args)", no_signature)]
    fn read(&self, ts: &ThreadState, args: &[Value]) -> Result {
        self.read_with(ts, "read", args)
    }
    #[method("peek($self, *args)", no_signature)]
    fn peek(&self, ts: &ThreadState, args: &[Value]) -> Result {
        self.read_with(ts, "peek", args)
    }
    #[method("read1($self, *args)", no_signature)]
    fn read1(&self, ts: &ThreadState, args: &[Value]) -> Result {
        self.read_with(ts, "read1", args)
    }
    #[method("readinto($self, *args)", no_signature)]
    fn readinto(&self, ts: &ThreadState, args: &[Value]) -> Result {
        self.read_with(ts, "readinto", args)
    }
    #[method("readinto1($self, *args)", no_signature)]
    fn readinto1(&self, ts: &ThreadState, args: &[Value]) -> Result {
        self.read_with(ts, "readinto1", args)
    }
    #[method("write($self, *args)", no_signature)]
    fn write(&self, ts: &ThreadState, args: &[Value]) -> Result {
        self.write_with(ts, "write", args)
    }
    #[method("flush($self, /)")]
    fn flush(&self, ts: &ThreadState) -> Result {
        self.write_with(ts, "flush", &[])
    }
    #[method("readable($self, /)")]
    fn readable(&self, ts: &ThreadState) -> Result {
        self.read_with(ts, "readable", &[])
    }
    #[method("writable($self, /)")]
    fn writable(&self, ts: &ThreadState) -> Result {
        self.write_with(ts, "writable", &[])
    }
    #[method("close($self, /)")]
    fn close(&self, ts: &ThreadState) -> Result {
        let r = self.write_with(ts, "close", &[]);
        let pending = if r.is_err() { ts.take_exception() } else { None };
        let second = self.read_with(ts, "close", &[]);
        chain(ts, pending, second)
    }
    #[method("isatty($self, /)")]
    fn isatty(&self, ts: &ThreadState) -> Result {
        let r = self.write_with(ts, "isatty", &[])?;
        if r.is_false_object() { self.read_with(ts, "isatty", &[]) } else { Ok(r) }
    }
    #[getter]
    fn closed(&self, ts: &ThreadState) -> Result {
        match self.writer.get() {
            Some(w) => protocol::getattr_name(ts, &w, "closed"),
            None => Err(ts.runtime_error("the BufferedRWPair object is being garbage-collected")),
        }
    }
}
