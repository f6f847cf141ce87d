//! What the buffered streams share: a buffer of bytes read ahead, a buffer of bytes not yet written, and
//! the lock that lets one thread at a time work on them.
//!
//! At most one of the two buffers has contents: before reading, what is pending is written; before
//! writing, the raw stream is moved back over what was read ahead. A raw stream that is a plain
//! FileIO is called directly; any other through its Python methods.

use super::fileio::FileIO;
use super::unsupported;
use crate::prelude::*;
use std::cell::Cell;

pub struct Buffered {
    pub raw: GilCell<Option<Value>>,
    pub state: Cell<State>,
    pub size: Cell<usize>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    pub finalizing: Cell<bool>,
    ahead: GilCell<Vec<u8>>,
    /// The part of `ahead` that is still to be given out.
    at: Cell<usize>,
    end: Cell<usize>,
    pending: GilCell<Vec<u8>>,
    owner: Cell<u64>,
    /// Released for others by sleeping: contention is rare.
    waiting: Cell<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Uninitialized,
    Ready,
    Detached,
}

/// Holds the lock of a stream.
pub struct Held<'a>(&'a Buffered);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.owner.set(0);
    }
}

/// The outcome of a step on the raw stream: a number of bytes, or that it would have to wait.
type Step = Option<usize>;

impl Default for Buffered {
    fn default() -> Self {
        Buffered {
            raw: GilCell::new(None),
            state: Cell::new(State::Uninitialized),
            size: Cell::new(0),
            readable: Cell::new(false),
            writable: Cell::new(false),
            finalizing: Cell::new(false),
            ahead: GilCell::new(vec![]),
            at: Cell::new(0),
            end: Cell::new(0),
            pending: GilCell::new(vec![]),
            owner: Cell::new(0),
            waiting: Cell::new(0),
        }
    }
}

impl Buffered {
    pub fn traverse(&self, visit: heap::Visit<'_>) {
        self.raw.read(|r| r.iter().for_each(visit));
    }
    pub fn setup(&self, ts: &ThreadState, raw: &Value, size: isize, readable: bool, writable: bool) -> Result<()> {
        self.state.set(State::Uninitialized);
        if size <= 0 {
            return Err(ts.value_error("buffer size must be strictly positive"));
        }
        self.raw.set(Some(raw.clone()));
        self.size.set(size as usize);
        self.readable.set(readable);
        self.writable.set(writable);
        self.ahead.set(vec![]);
        self.at.set(0);
        self.end.set(0);
        self.pending.set(vec![]);
        // Some streams want to be asked where they are before anything else.
        if file(raw).is_none() && protocol::call_method(ts, raw, "tell", &[]).is_err() {
            let e = &exceptions(ts).exception;
            if !ts.exception_matches(e) {
                return Err(Raised);
            }
            ts.take_exception();
        }
        self.state.set(State::Ready);
        Ok(())
    }
    pub fn raw(&self, ts: &ThreadState) -> Result {
        match self.state.get() {
            State::Ready => self.raw.get().ok_or_else(|| ts.value_error("I/O operation on uninitialized object")),
            State::Detached => Err(ts.value_error("raw stream has been detached")),
            State::Uninitialized => Err(ts.value_error("I/O operation on uninitialized object")),
        }
    }
    pub fn lock(&self, slf: &Value, ts: &ThreadState) -> Result<Held<'_>> {
        if self.owner.get() == 0 {
            self.owner.set(ts.ident);
            return Ok(Held(self));
        }
        self.lock_slowly(slf, ts)
    }
    #[cold]
    fn lock_slowly(&self, slf: &Value, ts: &ThreadState) -> Result<Held<'_>> {
        if self.owner.get() == ts.ident {
            let text = protocol::repr(ts, slf)?;
            return Err(ts.runtime_error(format!("reentrant call inside {}", text.to_string_lossy())));
        }
        self.waiting.set(self.waiting.get() + 1);
        let mut pause = 20;
        while self.owner.get() != 0 {
            ts.allow_threads(|| std::thread::sleep(std::time::Duration::from_micros(pause)));
            pause = (pause * 2).min(2000);
        }
        self.waiting.set(self.waiting.get() - 1);
        self.owner.set(ts.ident);
        Ok(Held(self))
    }
    /// After a fork the thread that held the lock may not exist.
    pub fn forget_owner(&self) {
        self.owner.set(0);
    }
    pub fn is_closed(&self, ts: &ThreadState) -> Result<bool> {
        let raw = self.raw(ts)?;
        match file(&raw) {
            Some(f) => Ok(f.is_closed()),
            None => super::is_closed(ts, &raw),
        }
    }
    pub fn check_closed(&self, ts: &ThreadState, message: &str) -> Result<()> {
        if self.ahead_len() == 0 && self.is_closed(ts)? { Err(ts.value_error(message)) } else { Ok(()) }
    }
    pub fn ahead_len(&self) -> usize {
        self.end.get() - self.at.get()
    }
    /// Calls `f` with the bytes read ahead.
    pub fn with_ahead<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        self.ahead.read(|b| f(&b[self.at.get()..self.end.get()]))
    }
    fn drop_ahead(&self) {
        self.at.set(0);
        self.end.set(0);
    }
    /// Gives out `n` of the bytes read ahead.
    fn consume(&self, n: usize) {
        self.at.set(self.at.get() + n);
    }

    // --- steps on the raw stream ---

    fn raw_read(&self, ts: &ThreadState, buf: &mut [u8]) -> Result<Step> {
        let raw = self.raw(ts)?;
        if let Some(f) = file(&raw) {
            return f.read_raw(ts, buf);
        }
        let view = bytearray_from_vec(ts, vec![0; buf.len()]);
        let target = memoryview_of(ts, &view)?;
        let r = protocol::call_method(ts, &raw, "readinto", std::slice::from_ref(&target))?;
        // Nobody can write to our memory later through a view that was kept.
        protocol::call_method(ts, &target, "release", &[])?;
        if r.is_none() {
            return Ok(None);
        }
        let n = match index_i64(ts, &r) {
            Ok(n) => n,
            Err(_) => {
                let cause = ts.take_exception();
                return Err(raise_from(ts, "raw readinto() failed", cause));
            }
        };
        if n < 0 || n as usize > buf.len() {
            let text = format!("raw readinto() returned invalid length {n} (should have been between 0 and {})", buf.len());
            return Err(raise_os_error_text(ts, &text));
        }
        let data = readable(ts, &view)?;
        buf[..n as usize].copy_from_slice(&data.as_bytes()[..n as usize]);
        Ok(Some(n as usize))
    }
    fn raw_write(&self, ts: &ThreadState, data: &[u8]) -> Result<Step> {
        let raw = self.raw(ts)?;
        if let Some(f) = file(&raw) {
            return f.write_raw(ts, data);
        }
        let view = memoryview_of(ts, &bytes_value(ts, data))?;
        let r = protocol::call_method(ts, &raw, "write", &[view])?;
        if r.is_none() {
            return Ok(None);
        }
        let n = index_i64(ts, &r)?;
        if n < 0 || n as usize > data.len() {
            let text = format!("raw write() returned invalid length {n} (should have been between 0 and {})", data.len());
            return Err(raise_os_error_text(ts, &text));
        }
        Ok(Some(n as usize))
    }
    pub fn raw_seek(&self, ts: &ThreadState, pos: i64, whence: i32) -> Result<i64> {
        let raw = self.raw(ts)?;
        if let Some(f) = file(&raw) {
            return f.seek_raw(ts, pos, whence);
        }
        let r = protocol::call_method(ts, &raw, "seek", &[int_value(ts, pos), int_value(ts, whence as i64)])?;
        let n = super::offset(ts, &r)?;
        if n < 0 {
            return Err(raise_os_error_text(ts, &format!("Raw stream returned invalid position {n}")));
        }
        Ok(n)
    }
    pub fn raw_tell(&self, ts: &ThreadState) -> Result<i64> {
        let raw = self.raw(ts)?;
        if let Some(f) = file(&raw) {
            return f.seek_raw(ts, 0, libc::SEEK_CUR);
        }
        let r = protocol::call_method(ts, &raw, "tell", &[])?;
        let n = super::offset(ts, &r)?;
        if n < 0 {
            return Err(raise_os_error_text(ts, &format!("Raw stream returned invalid position {n}")));
        }
        Ok(n)
    }

    // --- reading; the caller holds the lock ---

    fn before_read(&self, ts: &ThreadState) -> Result<()> {
        if self.writable.get() && !self.pending.read(|p| p.is_empty()) { self.flush_pending(ts) } else { Ok(()) }
    }
    /// Reads ahead when nothing is left of the last time.
    fn fill(&self, ts: &ThreadState) -> Result<Step> {
        self.drop_ahead();
        let mut buf = self.ahead.take();
        let size = self.size.get();
        if buf.len() != size {
            buf = crate::posix::files::buffer(ts, size)?;
        }
        let r = self.raw_read(ts, &mut buf);
        self.ahead.set(buf);
        if let Ok(Some(n)) = r {
            self.end.set(n);
        }
        r
    }
    /// Everything to the end of the file. None: nothing there now.
    pub fn read_all(&self, ts: &ThreadState) -> Result<Option<Vec<u8>>> {
        let mut data = self.with_ahead(|a| a.to_vec());
        self.drop_ahead();
        self.before_read(ts)?;
        let raw = self.raw(ts)?;
        if let Some(f) = file(&raw) {
            return Ok(match f.read_all(ts)? {
                Some(rest) if data.is_empty() => Some(rest),
                Some(rest) => {
                    data.extend_from_slice(&rest);
                    Some(data)
                }
                None if data.is_empty() => None,
                None => Some(data),
            });
        }
        if let Some(readall) = protocol::getattr_opt(ts, &raw, &Str::intern(ts, "readall"))? {
            let rest = protocol::call(ts, &readall, &[])?;
            if rest.is_none() {
                return Ok(if data.is_empty() { None } else { Some(data) });
            }
            let Some(b) = rest.downcast::<Bytes>() else { return Err(ts.type_error("readall() should return bytes")) };
            data.extend_from_slice(b.bytes());
            return Ok(Some(data));
        }
        let mut any = !data.is_empty();
        loop {
            let part = protocol::call_method(ts, &raw, "read", &[])?;
            if part.is_none() {
                return Ok(if any { Some(data) } else { None });
            }
            let Some(b) = part.downcast::<Bytes>() else { return Err(ts.type_error("read() should return bytes")) };
            if b.bytes().is_empty() {
                return Ok(Some(data));
            }
            any = true;
            data.extend_from_slice(b.bytes());
        }
    }
    /// Up to `n` bytes, as many as there are before the end of the file.
    pub fn read_exactly(&self, ts: &ThreadState, n: usize) -> Result<Option<Vec<u8>>> {
        let mut data = crate::posix::files::buffer(ts, n)?;
        let got = self.read_to(ts, &mut data, true)?;
        match got {
            Some(k) => {
                data.truncate(k);
                Ok(Some(data))
            }
            None => Ok(None),
        }
    }
    /// Fills `out`; `fully`: goes on until it is full or the file ends.
    pub fn read_to(&self, ts: &ThreadState, out: &mut [u8], fully: bool) -> Result<Step> {
        let mut done = self.with_ahead(|a| {
            let k = a.len().min(out.len());
            out[..k].copy_from_slice(&a[..k]);
            k
        });
        self.consume(done);
        // What is not asked for fully comes of one call at most, and not of one that would read ahead.
        if done == out.len() || (done > 0 && !fully && out.len() - done <= self.size.get()) {
            return Ok(Some(done));
        }
        self.before_read(ts)?;
        self.drop_ahead();
        let size = self.size.get();
        while done < out.len() {
            let left = out.len() - done;
            let step = if left > size || (left == size && fully) {
                // Whole buffers go straight to where they are wanted.
                let whole = if fully { left - left % size } else { left };
                self.raw_read(ts, &mut out[done..done + whole])?
            } else {
                match self.fill(ts)? {
                    Some(n) => {
                        let k = n.min(left);
                        self.with_ahead(|a| out[done..done + k].copy_from_slice(&a[..k]));
                        self.consume(k);
                        Some(k)
                    }
                    None => None,
                }
            };
            match step {
                Some(0) => break,
                None if done == 0 => return Ok(None),
                None => break,
                Some(n) => done += n,
            }
            if !fully {
                break;
            }
        }
        Ok(Some(done))
    }
    pub fn read1(&self, ts: &ThreadState, n: isize) -> Result<Vec<u8>> {
        let n = if n < 0 { self.size.get() } else { n as usize };
        if n == 0 {
            return Ok(vec![]);
        }
        let have = self.ahead_len();
        if have > 0 {
            let k = have.min(n);
            let data = self.with_ahead(|a| a[..k].to_vec());
            self.consume(k);
            return Ok(data);
        }
        self.before_read(ts)?;
        self.drop_ahead();
        let mut data = crate::posix::files::buffer(ts, n)?;
        let k = self.raw_read(ts, &mut data)?.unwrap_or(0);
        data.truncate(k);
        Ok(data)
    }
    pub fn peek(&self, ts: &ThreadState) -> Result<Vec<u8>> {
        self.before_read(ts)?;
        if self.ahead_len() == 0 {
            self.fill(ts)?;
        }
        Ok(self.with_ahead(|a| a.to_vec()))
    }
    /// A line of at most `limit` bytes, handed to `f`.
    pub fn read_line(&self, ts: &ThreadState, limit: isize) -> Result<Value> {
        // Usually the whole line is here already.
        let most = |have: usize, done: usize| if limit < 0 { have } else { have.min(limit as usize - done) };
        let quick = self.with_ahead(|a| {
            let part = &a[..most(a.len(), 0)];
            match memchr::memchr(b'\n', part) {
                Some(i) => Some(i + 1),
                None if limit >= 0 && part.len() == limit as usize => Some(part.len()),
                None => None,
            }
        });
        if let Some(n) = quick {
            let line = self.with_ahead(|a| bytes_value(ts, &a[..n]));
            self.consume(n);
            return Ok(line);
        }
        let mut line = vec![];
        loop {
            let found = self.with_ahead(|a| {
                let part = &a[..most(a.len(), line.len())];
                let n = memchr::memchr(b'\n', part).map(|i| i + 1);
                line.extend_from_slice(&part[..n.unwrap_or(part.len())]);
                (n.unwrap_or(part.len()), n.is_some())
            });
            self.consume(found.0);
            if found.1 || (limit >= 0 && line.len() >= limit as usize) {
                break;
            }
            self.before_read(ts)?;
            match self.fill(ts)? {
                Some(0) | None => break,
                Some(_) => {}
            }
        }
        Ok(bytes_from_vec(ts, line))
    }

    // --- writing; the caller holds the lock ---

    fn would_block(&self, ts: &ThreadState, written: usize) -> Raised {
        blocking_io_error(ts, libc::EAGAIN, "write could not complete without blocking", written)
    }
    /// Writes what is pending.
    pub fn flush_pending(&self, ts: &ThreadState) -> Result<()> {
        let mut data = self.pending.take();
        let mut done = 0;
        let r = loop {
            if done == data.len() {
                break Ok(());
            }
            match self.raw_write(ts, &data[done..]) {
                Ok(Some(n)) => done += n,
                Ok(None) => break Err(self.would_block(ts, 0)),
                Err(raised) => break Err(raised),
            }
            // A short write may have been cut by a signal.
            if done < data.len()
                && let Err(raised) = ts.check_signals()
            {
                break Err(raised);
            }
        };
        data.drain(..done);
        // Bytes that somebody wrote meanwhile come after ours.
        self.pending.write(|p| {
            data.append(p);
            *p = data;
        });
        r
    }
    /// Moves the raw stream back over what was read ahead.
    pub fn rewind_ahead(&self, ts: &ThreadState) -> Result<()> {
        let n = self.ahead_len();
        if n > 0 {
            self.raw_seek(ts, -(n as i64), libc::SEEK_CUR)?;
        }
        self.drop_ahead();
        Ok(())
    }
    pub fn flush(&self, ts: &ThreadState) -> Result<()> {
        if self.writable.get() {
            self.flush_pending(ts)?;
        }
        if self.readable.get() { self.rewind_ahead(ts) } else { Ok(()) }
    }
    pub fn write(&self, ts: &ThreadState, data: &[u8]) -> Result<usize> {
        if self.readable.get() {
            self.rewind_ahead(ts)?;
        }
        let size = self.size.get();
        let room = size.saturating_sub(self.pending.read(|p| p.len()));
        if data.len() <= room {
            self.pending.write(|p| p.extend_from_slice(data));
            return Ok(data.len());
        }
        if self.flush_pending(ts).is_err() {
            if !ts.exception_matches(&exceptions(ts).blocking_io_error) {
                return Err(Raised);
            }
            // Keep what there is room for, and tell how much that is.
            let room = size.saturating_sub(self.pending.read(|p| p.len()));
            let n = room.min(data.len());
            self.pending.write(|p| p.extend_from_slice(&data[..n]));
            ts.take_exception();
            return if n == data.len() { Ok(n) } else { Err(self.would_block(ts, n)) };
        }
        let mut done = 0;
        while data.len() - done > size {
            match self.raw_write(ts, &data[done..])? {
                Some(n) => done += n,
                None => {
                    if data.len() - done > size {
                        self.pending.write(|p| p.extend_from_slice(&data[done..done + size]));
                        return Err(self.would_block(ts, done + size));
                    }
                    break;
                }
            }
            ts.check_signals()?;
        }
        self.pending.write(|p| p.extend_from_slice(&data[done..]));
        Ok(data.len())
    }

    // --- places ---

    pub fn tell(&self, ts: &ThreadState) -> Result<i64> {
        let pos = self.raw_tell(ts)?;
        // Devices that are always at 0 are not before it.
        Ok((pos - self.ahead_len() as i64 + self.pending.read(|p| p.len()) as i64).max(0))
    }
    pub fn seek(&self, ts: &ThreadState, target: i64, whence: i32) -> Result<i64> {
        let (mut target, mut whence) = (target, whence);
        let ahead = self.ahead_len() as i64;
        if self.readable.get() && whence != libc::SEEK_END && self.end.get() > 0 && matches!(whence, 0 | 1) {
            // Within what was read ahead no call is needed.
            let pos = self.raw_tell(ts)?;
            let here = (pos - ahead).max(0);
            let by = if whence == libc::SEEK_SET { target - here } else { target };
            if by >= -(self.at.get() as i64) && by <= ahead && self.pending.read(|p| p.is_empty()) {
                self.at.set((self.at.get() as i64 + by) as usize);
                return Ok(here + by);
            }
        }
        if self.writable.get() {
            self.flush_pending(ts)?;
        }
        if whence == libc::SEEK_CUR {
            target -= ahead;
            whence = libc::SEEK_CUR;
        }
        let pos = self.raw_seek(ts, target, whence)?;
        self.drop_ahead();
        Ok(pos)
    }
    pub fn check_whence(&self, ts: &ThreadState, whence: i32) -> Result<()> {
        if (0..=4).contains(&whence) { Ok(()) } else { Err(ts.value_error(format!("whence value {whence} unsupported"))) }
    }
    pub fn forget_buffers(&self) {
        self.drop_ahead();
        self.ahead.set(vec![]);
        self.pending.set(vec![]);
    }
    pub fn require_write(&self, ts: &ThreadState, what: &str) -> Result<()> {
        if self.writable.get() { Ok(()) } else { Err(unsupported(ts, what)) }
    }
}

/// The raw stream as a plain file, which is called without Python's help.
fn file(raw: &Value) -> Option<&FileIO> {
    exact_class::<FileIO>(raw)
}
