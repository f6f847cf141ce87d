//! timedelta.

use super::answer;
use crate::prelude::*;
use dashu_int::IBig;
use taipan_objects::{float, int};

pub const SECOND: i128 = 1_000_000;
pub const DAY: i128 = 86_400 * SECOND;
const MAX_DAYS: i128 = 999_999_999;

pub struct Delta {
    pub days: i32,
    pub seconds: i32,
    pub us: i32,
}
payload!(Delta);

impl Delta {
    pub fn total(&self) -> i128 {
        self.days as i128 * DAY + self.seconds as i128 * SECOND + self.us as i128
    }
    fn parts(ts: &ThreadState, us: i128) -> Result<Delta> {
        // Small differences, the usual ones, need no wide division.
        if let Ok(n) = i64::try_from(us) {
            let (days, rest) = (n.div_euclid(DAY as i64), n.rem_euclid(DAY as i64));
            return Ok(Delta { days: days as i32, seconds: (rest / 1_000_000) as i32, us: (rest % 1_000_000) as i32 });
        }
        let (days, rest) = (us.div_euclid(DAY), us.rem_euclid(DAY));
        if !(-MAX_DAYS..=MAX_DAYS).contains(&days) {
            return Err(match i32::try_from(days) {
                Ok(_) => ts.overflow_error(format!("days={days}; must have magnitude <= 999999999")),
                Err(_) => ts.overflow_error("Python int too large to convert to C int"),
            });
        }
        Ok(Delta { days: days as i32, seconds: (rest / SECOND) as i32, us: (rest % SECOND) as i32 })
    }
    pub fn from_us(ts: &ThreadState, us: i128) -> Result {
        Ok(heap::new(ts, Delta::parts(ts, us)?).into_value())
    }
    fn of(v: &Value) -> Option<&Delta> {
        v.downcast::<Delta>()
    }
    fn from_big(ts: &ThreadState, us: IBig) -> Result {
        match i128::try_from(&us) {
            Ok(us) => Delta::from_us(ts, us),
            Err(_) => Err(ts.overflow_error("Python int too large to convert to C int")),
        }
    }
    fn big(&self) -> IBig {
        IBig::from(self.total())
    }
    pub fn show(&self, name: &str) -> String {
        let mut parts = vec![];
        for (label, n) in [("days", self.days), ("seconds", self.seconds), ("microseconds", self.us)] {
            if n != 0 {
                parts.push(format!("{label}={n}"));
            }
        }
        if parts.is_empty() { format!("{name}(0)") } else { format!("{name}({})", parts.join(", ")) }
    }
}

/// a / b, rounded to the nearest, halves to even.
fn divide_nearest(a: &IBig, b: &IBig) -> IBig {
    let (mut q, mut r) = int::arith::div_mod_big(a, b);
    r *= IBig::from(2);
    let (twice, whole) = if *b < IBig::ZERO { (-r, -b.clone()) } else { (r, b.clone()) };
    let odd = q.clone() % IBig::from(2) != IBig::ZERO;
    if twice > whole || twice == whole && odd {
        q += IBig::from(1);
    }
    q
}

/// A float as a fraction.
fn ratio(ts: &ThreadState, f: f64) -> Result<(IBig, IBig)> {
    if f.is_nan() {
        return Err(ts.value_error("cannot convert NaN to integer ratio"));
    }
    if f.is_infinite() {
        return Err(ts.overflow_error("cannot convert Infinity to integer ratio"));
    }
    let bits = f.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64;
    let mantissa = bits & ((1 << 52) - 1) | if exponent == 0 { 0 } else { 1 << 52 };
    let exponent = exponent.max(1) - 1075;
    let mut n = IBig::from(mantissa);
    if f < 0.0 {
        n = -n;
    }
    if exponent >= 0 { Ok((n << exponent as usize, IBig::from(1))) } else { Ok((n, IBig::from(1) << (-exponent) as usize)) }
}

/// Adds `v` of units to the sum; what is less than a microsecond goes to `left`.
fn accumulate(ts: &ThreadState, name: &str, v: &Value, unit: i128, sum: &mut i128, left: &mut f64) -> Result<()> {
    if let Some(n) = int::view(v) {
        let n = n.to_i128().and_then(|n| n.checked_mul(unit)).and_then(|n| sum.checked_add(n));
        *sum = n.ok_or_else(|| ts.overflow_error("Python int too large to convert to C int"))?;
        return Ok(());
    }
    let Some(f) = float::view(v) else {
        return Err(ts.type_error(format!("unsupported type for timedelta {name} component: {}", v.type_name(ts))));
    };
    if !f.is_finite() {
        let what = if f.is_nan() { "cannot convert float NaN to integer" } else { "cannot convert float infinity to integer" };
        return Err(if f.is_nan() { ts.value_error(what) } else { ts.overflow_error(what) });
    }
    if f.abs() > 1e30 {
        return Err(ts.overflow_error("Python int too large to convert to C int"));
    }
    let part = (f.fract() * unit as f64).trunc();
    let whole = (f.trunc() as i128).checked_mul(unit).and_then(|n| n.checked_add(part as i128));
    let whole = whole.and_then(|n| sum.checked_add(n));
    *sum = whole.ok_or_else(|| ts.overflow_error("Python int too large to convert to C int"))?;
    *left += (f.fract() * unit as f64).fract();
    Ok(())
}

/// Difference between two datetime values.
///
/// timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)
///
/// All arguments are optional and default to 0.
/// Arguments may be integers or floats, and may be positive or negative.
#[class(name = "timedelta", module = "datetime")]
impl Delta {
    #[new("(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)", no_signature)]
    #[allow(clippy::too_many_arguments)]
    fn new(
        cls: &Type,
        ts: &ThreadState,
        #[default(None)] days: Option<&Value>,
        #[default(None)] seconds: Option<&Value>,
        #[default(None)] microseconds: Option<&Value>,
        #[default(None)] milliseconds: Option<&Value>,
        #[default(None)] minutes: Option<&Value>,
        #[default(None)] hours: Option<&Value>,
        #[default(None)] weeks: Option<&Value>,
    ) -> Result<Ref<Delta>> {
        let (mut sum, mut left) = (0, 0.0);
        for (name, v, unit) in [
            ("microseconds", microseconds, 1),
            ("milliseconds", milliseconds, 1000),
            ("seconds", seconds, SECOND),
            ("minutes", minutes, 60 * SECOND),
            ("hours", hours, 3600 * SECOND),
            ("days", days, DAY),
            ("weeks", weeks, 7 * DAY),
        ] {
            if let Some(v) = v {
                accumulate(ts, name, v, unit, &mut sum, &mut left)?;
            }
        }
        if left != 0.0 {
            let mut whole = left.round();
            if (whole - left).abs() == 0.5 {
                // Halves go to the even sum.
                let odd = (sum & 1) as f64;
                whole = 2.0 * ((left + odd) * 0.5).round() - odd;
            }
            sum += whole as i128;
        }
        Ok(heap::new_with_type(ts, cls, Delta::parts(ts, sum)?))
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let Some(d) = Delta::of(slf) else { return Err(ts.type_error("a timedelta is required")) };
        let name = if super::is_plain::<Delta>(ts, slf) { "datetime.timedelta".into() } else { slf.type_name(ts) };
        Ok(str_value(ts, &d.show(&name)))
    }
    #[slot(str)]
    fn str(&self, ts: &ThreadState) -> Result {
        let (h, m, s) = (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60);
        let mut out = String::new();
        if self.days != 0 {
            let plural = if self.days.abs() == 1 { "" } else { "s" };
            out = format!("{} day{plural}, ", self.days);
        }
        out.push_str(&format!("{h}:{m:02}:{s:02}"));
        if self.us != 0 {
            out.push_str(&format!(".{:06}", self.us));
        }
        Ok(str_value(ts, &out))
    }
    #[slot(hash)]
    fn hash(&self, ts: &ThreadState) -> Result<i64> {
        let parts = [self.days, self.seconds, self.us].map(|n| int_value(ts, n as i64));
        protocol::hash(ts, &tuple(ts, parts.to_vec()))
    }
    #[slot(richcompare)]
    fn compare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        let _ = ts;
        let (Some(a), Some(b)) = (Delta::of(a), Delta::of(b)) else { return Ok(Value::not_implemented()) };
        Ok(answer(op, (a.days, a.seconds, a.us).cmp(&(b.days, b.seconds, b.us))))
    }
    #[slot(bool_)]
    fn truth(&self) -> bool {
        self.days != 0 || self.seconds != 0 || self.us != 0
    }
    #[slot(add)]
    fn add(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        match (Delta::of(a), Delta::of(b)) {
            (Some(a), Some(b)) => Delta::from_us(ts, a.total() + b.total()),
            _ => Ok(Value::not_implemented()),
        }
    }
    #[slot(sub)]
    fn sub(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        match (Delta::of(a), Delta::of(b)) {
            (Some(a), Some(b)) => Delta::from_us(ts, a.total() - b.total()),
            _ => Ok(Value::not_implemented()),
        }
    }
    #[slot(neg)]
    fn neg(ts: &ThreadState, v: &Value) -> Result {
        Delta::from_us(ts, Delta::of(v).map_or(0, |d| -d.total()))
    }
    #[slot(pos)]
    fn pos(ts: &ThreadState, v: &Value) -> Result {
        Delta::from_us(ts, Delta::of(v).map_or(0, |d| d.total()))
    }
    #[slot(abs)]
    fn abs(ts: &ThreadState, v: &Value) -> Result {
        Delta::from_us(ts, Delta::of(v).map_or(0, |d| d.total().abs()))
    }
    #[slot(mul)]
    fn mul(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (d, n) = match (Delta::of(a), Delta::of(b)) {
            (Some(d), None) => (d, b),
            (None, Some(d)) => (d, a),
            _ => return Ok(Value::not_implemented()),
        };
        if let Some(i) = int::view(n) {
            return match i.to_i64().and_then(|i| d.total().checked_mul(i as i128)) {
                Some(us) => Delta::from_us(ts, us),
                None => Delta::from_big(ts, d.big() * i.to_big()),
            };
        }
        if let Some(f) = float::view(n) {
            let (p, q) = ratio(ts, f)?;
            return Delta::from_big(ts, divide_nearest(&(d.big() * p), &q));
        }
        Ok(Value::not_implemented())
    }
    #[slot(floordiv)]
    fn floordiv(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let Some(x) = Delta::of(a) else { return Ok(Value::not_implemented()) };
        if let Some(y) = Delta::of(b) {
            if y.total() == 0 {
                return Err(ts.zero_division_error("division by zero"));
            }
            let (x, y) = (x.total(), y.total());
            let q = x.div_euclid(y) - i128::from(y < 0 && x.rem_euclid(y) != 0);
            return Ok(int_from_i128(ts, q));
        }
        let Some(i) = int::view(b) else { return Ok(Value::not_implemented()) };
        if i.is_zero() {
            return Err(ts.zero_division_error("division by zero"));
        }
        Delta::from_big(ts, int::arith::div_mod_big(&x.big(), &i.to_big()).0)
    }
    #[slot(truediv)]
    fn truediv(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let Some(x) = Delta::of(a) else { return Ok(Value::not_implemented()) };
        if let Some(y) = Delta::of(b) {
            let (x, y) = (int_from_i128(ts, x.total()), int_from_i128(ts, y.total()));
            return protocol::binary_op(ts, protocol::BinaryOp::TrueDivide, &x, &y);
        }
        if let Some(i) = int::view(b) {
            if i.is_zero() {
                return Err(ts.zero_division_error("division by zero"));
            }
            return Delta::from_big(ts, divide_nearest(&x.big(), &i.to_big()));
        }
        if let Some(f) = float::view(b) {
            let (p, q) = ratio(ts, f)?;
            if p == IBig::ZERO {
                return Err(ts.zero_division_error("division by zero"));
            }
            return Delta::from_big(ts, divide_nearest(&(x.big() * q), &p));
        }
        Ok(Value::not_implemented())
    }
    #[slot(mod_)]
    fn modulo(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (Some(x), Some(y)) = (Delta::of(a), Delta::of(b)) else { return Ok(Value::not_implemented()) };
        if y.total() == 0 {
            return Err(ts.zero_division_error("division by zero"));
        }
        Delta::from_big(ts, int::arith::div_mod_big(&x.big(), &y.big()).1)
    }
    #[slot(divmod)]
    fn divmod(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (Some(x), Some(y)) = (Delta::of(a), Delta::of(b)) else { return Ok(Value::not_implemented()) };
        if y.total() == 0 {
            return Err(ts.zero_division_error("division by zero"));
        }
        let (q, r) = int::arith::div_mod_big(&x.big(), &y.big());
        Ok(tuple(ts, vec![int::from_big(ts, q), Delta::from_big(ts, r)?]))
    }
    /// Number of days (negative, or between -999999999 and 999999999).
    #[getter("days", member)]
    fn get_days(&self) -> i32 {
        self.days
    }
    /// Number of seconds (>= 0 and less than 1 day).
    #[getter("seconds", member)]
    fn get_seconds(&self) -> i32 {
        self.seconds
    }
    /// Number of microseconds (>= 0 and less than 1 second).
    #[getter("microseconds", member)]
    fn get_us(&self) -> i32 {
        self.us
    }
    /// Total seconds in the duration.
    #[method("total_seconds($self, /)")]
    fn total_seconds(&self, ts: &ThreadState) -> Result {
        let (us, second) = (int_from_i128(ts, self.total()), int_value(ts, SECOND as i64));
        protocol::binary_op(ts, protocol::BinaryOp::TrueDivide, &us, &second)
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result {
        let Some(d) = Delta::of(slf) else { return Ok(Value::none()) };
        let parts = [d.days, d.seconds, d.us].map(|n| int_value(ts, n as i64));
        Ok(tuple(ts, vec![slf.class_ref(ts).into_value(), tuple(ts, parts.to_vec())]))
    }
}
