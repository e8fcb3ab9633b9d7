//! Which known word was meant by an unknown one.

/// The candidate that differs least from `word`, if it differs by a third of its letters at most.
pub(super) fn near_miss<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let bound = candidate.len().div_ceil(3).min(3);
        // a file of the wrong kind is a million unknown words: most need no more than this
        if candidate.len().abs_diff(word.len()) > bound {
            continue;
        }
        let distance = distance(&word, candidate);
        if distance <= bound && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Levenshtein's distance: letters added, dropped or changed.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b.chars()) {
            let here = (diagonal + usize::from(x != y)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, here);
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Bytes of the longest word worth comparing.
const LONGEST: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_levenshteins() {
        for (a, b, expected) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ä", "a", 1)]
        {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn only_a_near_word_is_suggested() {
        let words = ["virtual", "real", "request", "receive"];
        assert_eq!(near_miss("virtal", words), Some("virtual"));
        assert_eq!(near_miss("REQUEST", words), Some("request"));
        assert_eq!(near_miss("recieve", words), Some("receive"));
        assert_eq!(near_miss("checkinterval", words), None);
        assert_eq!(near_miss(&"r".repeat(1 << 20), words), None);
    }
}
