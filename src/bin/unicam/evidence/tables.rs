//! Numbers and tables of the document.

/// Three digits after the point.
pub fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    if text == "-0.000" { "0.000".to_owned() } else { text }
}

/// The same with its sign.
pub fn signed(value: f64) -> String {
    let text = format!("{value:+.3}");
    if text == "-0.000" { "+0.000".to_owned() } else { text }
}

/// Where there is no number.
pub fn none() -> String {
    "—".to_owned()
}

/// A Markdown table with aligned columns, as the formatter of the repository writes it: the first column is text, the rest
/// numbers or short words.
pub fn rows(head: &[&str], lines: impl IntoIterator<Item = Vec<String>>) -> String {
    let lines: Vec<Vec<String>> = lines.into_iter().collect();
    let length = |text: &str| text.chars().count();
    let widths: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(column, title)| {
            lines.iter().map(|line| length(&line[column])).chain([length(title), 3]).max().unwrap_or(3)
        })
        .collect();
    let line = |cells: &[String]| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| format!(" {cell:width$} ")).collect::<Vec<_>>();
        format!("|{}|\n", cells.join("|"))
    };
    let mut text = line(&head.iter().map(|&title| title.to_owned()).collect::<Vec<_>>());
    text += &line(&widths.iter().map(|&width| "-".repeat(width)).collect::<Vec<_>>());
    for cells in &lines {
        text += &line(cells);
    }
    text
}
