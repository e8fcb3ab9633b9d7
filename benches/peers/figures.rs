//! Figures as people compare them: median, least and most, and the ratio round by round.

use std::time::Duration;

/// Prints a table's title, what it compares, and its head.
pub(crate) fn head(title: &str, how: &str) {
    println!("\n{title}\n{how}\n");
    println!("| work | program | median (least – most) | × ours (least – most) |");
    println!("|---|---|---|---|");
}

/// Prints a line for each program; the first is ours. All have the same number of rounds.
pub(crate) fn compare(work: &str, programs: &[(&str, Vec<Duration>)]) {
    let ours = programs.first().map(|(_, times)| times.clone()).unwrap_or_default();
    for (name, times) in programs {
        let pairs = times.iter().zip(&ours);
        let ratios: Vec<f64> = pairs.map(|(t, o)| t.as_secs_f64() / o.as_secs_f64()).collect();
        let seconds: Vec<f64> = times.iter().map(Duration::as_secs_f64).collect();
        let times = spread(&seconds, |s| {
            if s < 1.0 { format!("{:.1} ms", s * 1e3) } else { format!("{s:.2} s") }
        });
        println!("| {work} | {name} | {times} | {} |", spread(&ratios, |r| format!("{r:.2}")));
    }
}

fn spread(values: &[f64], text: impl Fn(f64) -> String) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.first(), sorted.get(sorted.len() / 2), sorted.last()) {
        (Some(least), Some(median), Some(most)) => {
            format!("{} ({} – {})", text(*median), text(*least), text(*most))
        }
        _ => "–".to_owned(),
    }
}
