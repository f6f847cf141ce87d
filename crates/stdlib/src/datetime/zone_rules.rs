//! The rules behind the last transition of a zone: strings such as `EST5EDT,M3.2.0,M11.1.0`.

use super::calendar;

/// Where a rule cannot be read; the text of the error begins so.
pub type Malformed = &'static str;

pub struct Rules {
    pub standard: Name,
    /// Absent: standard time all the year.
    pub summer: Option<Summer>,
}

pub struct Name {
    pub abbreviation: String,
    pub offset: i64,
}

pub struct Summer {
    pub name: Name,
    start: Change,
    end: Change,
}

/// A day of the year and the seconds into it at which clocks change.
struct Change {
    day: Day,
    seconds: i64,
}

enum Day {
    /// Month, week and weekday (Sunday is 0); week 5 is the last one.
    OfWeek(i64, i64, i64),
    /// The day's number; Julian days begin with 1 and leave out leap days.
    OfYear(i64, bool),
}

const DAY: i64 = 86_400;
const EPOCH_ORDINAL: i64 = 719_163;

impl Change {
    /// Seconds since 1970, by the clocks that are changed.
    fn in_year(&self, year: i64) -> i64 {
        let days = match self.day {
            Day::OfYear(d, julian) => {
                let leap = julian && d >= 59 && calendar::is_leap(year);
                calendar::ordinal(year, 1, 1) - 1 - EPOCH_ORDINAL + d + i64::from(leap)
            }
            Day::OfWeek(month, week, weekday) => {
                let first = (calendar::weekday(year, month, 1) + 1) % 7;
                let mut day = (weekday - first).rem_euclid(7) + 1 + (week - 1) * 7;
                if day > calendar::days_in_month(year, month) {
                    day -= 7;
                }
                calendar::ordinal(year, month, day) - EPOCH_ORDINAL
            }
        };
        days * DAY + self.seconds
    }
}

fn within(start: i64, end: i64, t: i64) -> bool {
    if start < end { start <= t && t < end } else { !(end <= t && t < start) }
}

impl Rules {
    fn difference(&self, s: &Summer) -> i64 {
        s.name.offset - self.standard.offset
    }
    /// Is it summer at a local time?
    pub fn is_summer(&self, t: i64, year: i64, fold: bool) -> bool {
        let Some(s) = &self.summer else { return false };
        let (mut start, mut end) = (s.start.in_year(year), s.end.in_year(year));
        let difference = self.difference(s);
        // Which clock tells where the gap and the fold end depends on the fold and on the sign.
        if fold == (difference >= 0) {
            end -= difference;
        } else {
            start += difference;
        }
        within(start, end, t)
    }
    /// Is it summer at a moment, and does local time show it for the second time?
    pub fn is_summer_utc(&self, t: i64, year: i64) -> (bool, bool) {
        let Some(s) = &self.summer else { return (false, false) };
        let start = s.start.in_year(year) - self.standard.offset;
        let end = s.end.in_year(year) - s.name.offset;
        let difference = self.difference(s);
        let ambiguous = if difference > 0 { end..end + difference } else { start..start - difference };
        (within(start, end, t), ambiguous.contains(&t))
    }
    pub fn parse(text: &[u8]) -> Result<Rules, Malformed> {
        let mut p = Parser { text };
        let standard = p.abbreviation().ok_or("Invalid STD format in ")?;
        let offset = p.offset().ok_or("Invalid STD offset in ")?;
        let standard = Name { abbreviation: standard, offset };
        if p.text.is_empty() {
            return Ok(Rules { standard, summer: None });
        }
        let abbreviation = p.abbreviation().ok_or("Invalid DST format in ")?;
        let offset = match p.text.first() {
            Some(b',') => offset + 3600,
            _ => p.offset().ok_or("Invalid DST offset in ")?,
        };
        let name = Name { abbreviation, offset };
        let mut changes = [None, None];
        for change in &mut changes {
            if !p.skip(b',') {
                return Err("Missing transition rules in TZ string: ");
            }
            *change = Some(p.change().ok_or("Malformed transition rule in TZ string: ")?);
        }
        if !p.text.is_empty() {
            return Err("Extraneous characters at end of TZ string: ");
        }
        let [Some(start), Some(end)] = changes else { return Err("Missing transition rules in TZ string: ") };
        Ok(Rules { standard, summer: Some(Summer { name, start, end }) })
    }
}

/// What is left of the string.
struct Parser<'a> {
    text: &'a [u8],
}

impl Parser<'_> {
    fn skip(&mut self, c: u8) -> bool {
        match self.text.split_first() {
            Some((&first, rest)) if first == c => {
                self.text = rest;
                true
            }
            _ => false,
        }
    }
    fn take_while(&mut self, belongs: impl Fn(u8) -> bool) -> String {
        let n = self.text.iter().position(|c| !belongs(*c)).unwrap_or(self.text.len());
        let (taken, rest) = self.text.split_at(n);
        self.text = rest;
        taken.iter().map(|c| *c as char).collect()
    }
    fn abbreviation(&mut self) -> Option<String> {
        let name = if self.skip(b'<') {
            let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == b'+' || c == b'-');
            self.skip(b'>').then_some(name)?
        } else {
            self.take_while(|c| c.is_ascii_alphabetic())
        };
        (!name.is_empty()).then_some(name)
    }
    fn digits(&mut self, min: usize, max: usize) -> Option<i64> {
        let n = self.text.iter().take(max).take_while(|c| c.is_ascii_digit()).count();
        if n < min {
            return None;
        }
        let (digits, rest) = self.text.split_at(n);
        self.text = rest;
        Some(digits.iter().fold(0, |n, d| n * 10 + (d - b'0') as i64))
    }
    /// `[+-]hhh[:mm[:ss]]`: the hours and all of it in seconds.
    fn time(&mut self) -> Option<(i64, i64)> {
        let negative = self.skip(b'-');
        if !negative {
            self.skip(b'+');
        }
        let hours = self.digits(1, 3)?;
        let mut seconds = hours * 3600;
        if self.skip(b':') {
            seconds += self.digits(2, 2)? * 60;
            if self.skip(b':') {
                seconds += self.digits(2, 2)?;
            }
        }
        Some((hours, if negative { -seconds } else { seconds }))
    }
    /// What is added to UTC; the string tells the opposite.
    fn offset(&mut self) -> Option<i64> {
        let (hours, seconds) = self.time()?;
        (hours <= 24).then_some(-seconds)
    }
    fn change(&mut self) -> Option<Change> {
        let day = if self.skip(b'M') {
            let month = self.digits(1, 2)?;
            let week = self.skip(b'.').then(|| self.digits(1, 1))??;
            let day = self.skip(b'.').then(|| self.digits(1, 1))??;
            ((1..=12).contains(&month) && (1..=5).contains(&week) && (0..=6).contains(&day)).then_some(Day::OfWeek(month, week, day))?
        } else {
            let julian = self.skip(b'J');
            let day = self.digits(1, 3)?;
            (i64::from(julian)..=365).contains(&day).then_some(Day::OfYear(day, julian))?
        };
        let (hours, seconds) = if self.skip(b'/') { self.time()? } else { (2, 7200) };
        (hours <= 167).then_some(Change { day, seconds })
    }
}
