//! The statuses of HTTP that are taken for well.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Statuses and ranges of them, written `200-299,401`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statuses(Vec<RangeInclusive<u16>>);

/// A text that names no statuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("statuses are numbers from 100 to 599 with commas between, or ranges such as 200-299")]
pub struct StatusesError;

impl Statuses {
    /// Whether a status is one of them.
    pub fn contain(&self, status: u16) -> bool {
        self.0.iter().any(|range| range.contains(&status))
    }
}

/// Success: 200 to 299.
impl Default for Statuses {
    fn default() -> Self {
        Statuses(vec![200..=299])
    }
}

impl FromStr for Statuses {
    type Err = StatusesError;

    fn from_str(text: &str) -> Result<Self, StatusesError> {
        text.split(',').map(range).collect::<Option<_>>().map(Statuses).ok_or(StatusesError)
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, range) in self.0.iter().enumerate() {
            let comma = if n == 0 { "" } else { "," };
            match (range.start(), range.end()) {
                (start, end) if start == end => write!(f, "{comma}{start}")?,
                (start, end) => write!(f, "{comma}{start}-{end}")?,
            }
        }
        Ok(())
    }
}

fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let (start, end) = text.split_once('-').unwrap_or((text, text));
    let [start, end] = [start, end].map(|text| text.trim().parse().ok());
    Some(start?..=end?)
        .filter(|range| !range.is_empty() && *range.start() >= 100 && *range.end() <= 599)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_single_ones() {
        let statuses: Statuses = "200-299, 401".parse().unwrap();
        assert!(statuses.contain(204) && statuses.contain(401) && !statuses.contain(400));
        assert_eq!(statuses.to_string(), "200-299,401");
        for wrong in ["", "2xx", "299-200", "200-", "99", "600", "200,,300"] {
            assert_eq!(wrong.parse::<Statuses>(), Err(StatusesError), "{wrong}");
        }
    }
}
