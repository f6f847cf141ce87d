//! TextIOWrapper: tell, seek and truncate. A place is a number: the place of the buffer, and where that is
//! not the start of a character, what to decode and skip from there.

use super::text::{TextIOWrapper, this};
use super::text_codec::{decode, get_state, reset, set_state};
use super::unsupported;
use crate::prelude::*;

#[derive(Default, Clone, Copy, PartialEq, Debug)]
struct Cookie {
    start: i64,
    flags: i64,
    feed: usize,
    need_eof: bool,
    skip: usize,
}

impl Cookie {
    /// Little-endian: 8 bytes of place, 4 of flags, 4 of bytes to feed, 4 of characters to skip, 1.
    fn pack(&self, ts: &ThreadState) -> Result {
        let rest = (self.flags as u32 as u128)
            | (self.feed as u32 as u128) << 32
            | (self.skip as u32 as u128) << 64
            | (self.need_eof as u128) << 96;
        let mut bytes = [0u8; 32];
        bytes[..8].copy_from_slice(&self.start.to_le_bytes());
        bytes[8..24].copy_from_slice(&rest.to_le_bytes());
        int_from_le_bytes(ts, &bytes)
    }
    fn unpack(ts: &ThreadState, v: &Value) -> Result<Cookie> {
        let bytes = int_to_le_bytes(ts, v, 21)?;
        let word = |i: usize| u32::from_le_bytes([bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]]);
        let mut start = [0u8; 8];
        start.copy_from_slice(&bytes[..8]);
        Ok(Cookie {
            start: i64::from_le_bytes(start),
            flags: word(8) as i32 as i64,
            feed: word(12) as usize,
            skip: word(16) as usize,
            need_eof: bytes[20] != 0,
        })
    }
}

fn count(b: &[u8]) -> usize {
    b.iter().filter(|&&c| c & 0xc0 != 0x80).count()
}

impl TextIOWrapper {
    fn decoded_chars(&self, ts: &ThreadState, bytes: &[u8], last: bool) -> Result<usize> {
        let mut out = vec![];
        decode(ts, &self.decoder, &Value::none(), bytes, last, &mut out)?;
        Ok(count(&out))
    }
    fn tell_place(&self, ts: &ThreadState, slf: &Value) -> Result {
        let buffer = self.check_closed(ts, slf)?;
        if !self.seekable.get() {
            return Err(unsupported(ts, "underlying stream is not seekable"));
        }
        if !self.telling.get() {
            return Err(raise_os_error_text(ts, "telling position disabled by next() call"));
        }
        self.write_pending(ts)?;
        protocol::call_method(ts, slf, "flush", &[])?;
        let place = protocol::call_method(ts, &buffer, "tell", &[])?;
        let Some((flags, next_input)) = self.snapshot.get().filter(|_| self.decoder.read(|d| d.is_some())) else {
            return Ok(place);
        };
        let place = to_i64(&place).ok_or_else(|| ts.overflow_error("Python int too large to convert to C long"))?;
        let mut cookie = Cookie { start: place - next_input.len() as i64, flags, ..Cookie::default() };
        let skip = self.decoded.read(|d| count(&d[..self.used.get()]));
        if skip == 0 {
            return cookie.pack(ts);
        }
        let saved = get_state(ts, &self.decoder)?;
        let found = self.find_place(ts, &mut cookie, &next_input, skip);
        let restored = set_state(ts, &self.decoder, &saved.0, saved.1);
        found?;
        restored?;
        cookie.pack(ts)
    }
    /// Finds the last safe point before the character number `skip` after the snapshot.
    fn find_place(&self, ts: &ThreadState, cookie: &mut Cookie, input: &[u8], skip: usize) -> Result<()> {
        let mut skip = skip;
        // A guess from the usual size of a character, made smaller until it is safe.
        let mut skip_bytes = ((self.bytes_per_char.get() * skip as f64) as usize).min(input.len());
        let mut back = 1;
        let mut safe = false;
        while skip_bytes > 0 {
            set_state(ts, &self.decoder, b"", cookie.flags)?;
            let chars = self.decoded_chars(ts, &input[..skip_bytes], false)?;
            if chars <= skip {
                let (held, flags) = get_state(ts, &self.decoder)?;
                if held.is_empty() {
                    cookie.flags = flags;
                    skip -= chars;
                    safe = true;
                    break;
                }
                skip_bytes = skip_bytes.saturating_sub(held.len());
                back = 1;
            } else {
                skip_bytes = skip_bytes.saturating_sub(back);
                back *= 2;
            }
        }
        if !safe {
            skip_bytes = 0;
            set_state(ts, &self.decoder, b"", cookie.flags)?;
        }
        cookie.start += skip_bytes as i64;
        cookie.skip = skip;
        if skip == 0 {
            return Ok(());
        }
        // Then byte by byte, noting each safe point.
        let (mut fed, mut chars) = (0, 0);
        for b in &input[skip_bytes..] {
            chars += self.decoded_chars(ts, std::slice::from_ref(b), false)?;
            fed += 1;
            let (held, flags) = get_state(ts, &self.decoder)?;
            if held.is_empty() && chars <= skip {
                cookie.start += fed as i64;
                skip -= chars;
                cookie.flags = flags;
                (fed, chars) = (0, 0);
            }
            if chars >= skip {
                break;
            }
        }
        if chars < skip {
            chars += self.decoded_chars(ts, b"", true)?;
            cookie.need_eof = true;
            if chars < skip {
                return Err(raise_os_error_text(ts, "can't reconstruct logical file position"));
            }
        }
        cookie.feed = fed;
        cookie.skip = skip;
        Ok(())
    }
    fn reset_encoder(&self, ts: &ThreadState, at_start: bool) -> Result<()> {
        let Some(encoder) = self.encoder_object() else { return Ok(()) };
        if at_start {
            self.encoding_start.set(true);
            protocol::call_method(ts, &encoder, "reset", &[])?;
        } else {
            self.encoding_start.set(false);
            protocol::call_method(ts, &encoder, "setstate", &[int_value(ts, 0)])?;
        }
        Ok(())
    }
    fn seek_place(&self, ts: &ThreadState, slf: &Value, cookie: &Value, whence: i32) -> Result {
        let buffer = self.check_closed(ts, slf)?;
        if !self.seekable.get() {
            return Err(unsupported(ts, "underlying stream is not seekable"));
        }
        let zero = int_value(ts, 0);
        let mut cookie = cookie.clone();
        match whence {
            1 => {
                if !protocol::eq(ts, &cookie, &zero)? {
                    return Err(unsupported(ts, "can't do nonzero cur-relative seeks"));
                }
                // Seeking to where we are: as tell() and seek() of that.
                cookie = protocol::call_method(ts, slf, "tell", &[])?;
            }
            2 => {
                if !protocol::eq(ts, &cookie, &zero)? {
                    return Err(unsupported(ts, "can't do nonzero end-relative seeks"));
                }
                protocol::call_method(ts, slf, "flush", &[])?;
                self.forget_decoded();
                reset(ts, &self.decoder)?;
                let r = protocol::call_method(ts, &buffer, "seek", &[zero, int_value(ts, 2)])?;
                self.reset_encoder(ts, to_i64(&r) == Some(0))?;
                return Ok(r);
            }
            0 => {}
            _ => return Err(ts.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
        }
        if protocol::lt(ts, &cookie, &zero)? {
            return Err(ts.value_error(format!("negative seek position {}", protocol::repr(ts, &cookie)?.to_string_lossy())));
        }
        protocol::call_method(ts, slf, "flush", &[])?;
        let c = Cookie::unpack(ts, &cookie)?;
        protocol::call_method(ts, &buffer, "seek", &[int_value(ts, c.start)])?;
        self.forget_decoded();
        if self.decoder.read(|d| d.is_some()) {
            if c.start == 0 && c.flags == 0 {
                reset(ts, &self.decoder)?;
            } else {
                set_state(ts, &self.decoder, b"", c.flags)?;
            }
        }
        if c.skip > 0 {
            let input = protocol::call_method(ts, &buffer, "read", &[int_value(ts, c.feed as i64)])?;
            let Some(b) = input.downcast::<Bytes>() else {
                return Err(ts.type_error(format!("underlying read() should have returned a bytes object, not '{}'", input.type_name(ts))));
            };
            let mut out = vec![];
            decode(ts, &self.decoder, &Value::none(), b.bytes(), c.need_eof, &mut out)?;
            if count(&out) < c.skip {
                return Err(raise_os_error_text(ts, "can't restore logical file position"));
            }
            let used = out.iter().enumerate().filter(|(_, b)| **b & 0xc0 != 0x80).nth(c.skip).map_or(out.len(), |e| e.0);
            self.snapshot.set(Some((c.flags, b.bytes().to_vec())));
            self.decoded.set(out);
            self.used.set(used);
        } else {
            self.snapshot.set(Some((c.flags, vec![])));
        }
        self.reset_encoder(ts, c.start == 0 && c.flags == 0)?;
        Ok(cookie)
    }
}

#[methods(part = PLACES)]
impl TextIOWrapper {
    /// Return the stream position as an opaque number.
    ///
    /// The return value of tell() can be given as input to seek(), to restore a
    /// previous stream position.
    #[method("tell($self, /)")]
    fn tell(slf: &Value, ts: &ThreadState) -> Result {
        this(ts, slf)?.tell_place(ts, slf)
    }
    /// Set the stream position, and return the new stream position.
    ///
    ///   cookie
    ///     Zero or an opaque number returned by tell().
    ///   whence
    ///     The relative position to seek from.
    ///
    /// Four operations are supported, given by the following argument
    /// combinations:
    ///
    /// - seek(0, SEEK_SET): Rewind to the start of the stream.
    /// - seek(cookie, SEEK_SET): Restore a previous position;
    ///   'cookie' must be a number returned by tell().
    /// - seek(0, SEEK_END): Fast-forward to the end of the stream.
    /// - seek(0, SEEK_CUR): Leave the current stream position unchanged.
    ///
    /// Any other argument combinations are invalid,
    /// and may raise exceptions.
    #[method("seek($self, cookie, whence=0, /)")]
    fn seek(slf: &Value, ts: &ThreadState, cookie: &Value, whence: i32) -> Result {
        this(ts, slf)?.seek_place(ts, slf, cookie, whence)
    }
    #[method("truncate($self, pos=None, /)")]
    fn truncate(slf: &Value, ts: &ThreadState, pos: Option<&Value>) -> Result {
        let w = this(ts, slf)?;
        let buffer = w.buffer(ts)?;
        protocol::call_method(ts, slf, "flush", &[])?;
        protocol::call_method(ts, &buffer, "truncate", &[pos.cloned().unwrap_or(Value::none())])
    }
}
