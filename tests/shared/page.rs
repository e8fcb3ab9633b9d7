//! A manual page, as mdoc has it.

/// The text of a section.
pub(crate) fn part<'a>(page: &'a str, section: &str) -> &'a str {
    let behind = page.split(&format!("\n.Sh {section}\n")).nth(1).unwrap();
    behind.split("\n.Sh ").next().unwrap()
}
