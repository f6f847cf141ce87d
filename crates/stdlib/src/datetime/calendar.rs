//! The proleptic Gregorian calendar.

pub const MAX_ORDINAL: i64 = 3_652_059;

const BEFORE: [i64; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

pub fn is_leap(year: i64) -> bool {
    let year = year as i32;
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub fn days_before_month(year: i64, month: i64) -> i64 {
    BEFORE[month as usize] + i64::from(month > 2 && is_leap(year))
}

fn days_before_year(year: i64) -> i64 {
    let y = (year - 1) as i32;
    (y * 365 + y / 4 - y / 100 + y / 400) as i64
}

/// Days since the last day of the year 0.
pub fn ordinal(year: i64, month: i64, day: i64) -> i64 {
    days_before_year(year) + days_before_month(year, month) + day
}

/// Year, month and day of an ordinal from 1 to the last one there is (Neri and Schneider's way: years begin in
/// March, and divisions are by constants).
pub fn from_ordinal(ordinal: i64) -> (i64, i64, i64) {
    let n = 4 * (ordinal as u32 + 305) + 3;
    let (century, n) = (n / 146_097, n % 146_097 | 3);
    let p = 2_939_745 * n as u64;
    let (year, day) = ((p >> 32) as u32, p as u32 / 2_939_745 / 4);
    let n = 2141 * day + 197_913;
    let (month, day_of_month) = (n >> 16, (n & 0xffff) / 2141);
    let late = day >= 306;
    let year = 100 * century + year + late as u32;
    let month = if late { month - 12 } else { month };
    (year as i64, month as i64, day_of_month as i64 + 1)
}

/// Monday is 0.
pub fn weekday(year: i64, month: i64, day: i64) -> i64 {
    (ordinal(year, month, day) + 6) % 7
}

/// The ordinal of the Monday that begins week 1.
pub fn iso_week1(year: i64) -> i64 {
    let first = ordinal(year, 1, 1);
    let weekday = (first + 6) % 7;
    let monday = first - weekday;
    if weekday > 3 { monday + 7 } else { monday }
}

/// Year, week and day (from 1 on) of the ISO calendar.
pub fn iso(year: i64, month: i64, day: i64) -> (i64, i64, i64) {
    let today = ordinal(year, month, day);
    let mut y = year;
    let mut week = (today - iso_week1(y)).div_euclid(7);
    if week < 0 {
        y -= 1;
        week = (today - iso_week1(y)) / 7;
    } else if week >= 52 && today >= iso_week1(y + 1) {
        y += 1;
        week = 0;
    }
    (y, week + 1, (today + 6) % 7 + 1)
}
