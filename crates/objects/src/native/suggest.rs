//! "Did you mean": the nearest known name, by CPython's measure (a Levenshtein distance in which a move
//! costs two and a change of case one).

const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;
const MAX_SIZE: usize = 40;
const MAX_CANDIDATES: usize = 750;

/// The candidate nearest to `name`, if one is near enough and is not the name itself.
pub fn suggestion<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut best = None;
    let mut best_distance = usize::MAX;
    for (i, item) in candidates.into_iter().enumerate() {
        if i >= MAX_CANDIDATES {
            return None;
        }
        if item == name {
            continue;
        }
        // No more than a third of the characters may need changes.
        let mut limit = (name.len() + item.len() + 3) * MOVE_COST / 6;
        limit = limit.min(best_distance.saturating_sub(1));
        let distance = distance(name.as_bytes(), item.as_bytes(), limit);
        if distance <= limit && distance < best_distance {
            best = Some(item);
            best_distance = distance;
        }
    }
    best
}

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE_COST
    } else {
        MOVE_COST
    }
}

/// The cost of turning `a` into `b`; anything above `limit` when it is more than that.
fn distance<'a>(mut a: &'a [u8], mut b: &'a [u8], limit: usize) -> usize {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (a, b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE_COST;
    }
    if a.len() > MAX_SIZE || b.len() > MAX_SIZE {
        return limit + 1;
    }
    if b.len() < a.len() {
        (a, b) = (b, a);
    }
    if (b.len() - a.len()) * MOVE_COST > limit {
        return limit + 1;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|i| i * MOVE_COST).collect();
    let mut result = 0;
    for (i, &y) in b.iter().enumerate() {
        let mut diagonal = i * MOVE_COST;
        result = diagonal;
        let mut smallest = usize::MAX;
        for (cell, &x) in row.iter_mut().zip(a) {
            let substitute = diagonal + substitution(y, x);
            diagonal = *cell;
            result = substitute.min(result.min(diagonal) + MOVE_COST);
            *cell = result;
            smallest = smallest.min(result);
        }
        if smallest > limit {
            return limit + 1;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::suggestion;

    #[test]
    fn nearest_name() {
        assert_eq!(suggestion("kay", ["key", "reverse"]), Some("key"));
        assert_eq!(suggestion("revers", ["key", "reverse"]), Some("reverse"));
        assert_eq!(suggestion("encodin", ["encoding", "errors"]), Some("encoding"));
        assert_eq!(suggestion("foo", ["key", "reverse"]), None);
        assert_eq!(suggestion("key", ["key"]), None);
    }
}
