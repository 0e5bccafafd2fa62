//! Paths in archives and pickers, of which none may lead elsewhere.

/// `path` with `/` between its parts and no part that leads elsewhere: no root, drive, `.` or `..`.
///
/// Control characters become U+FFFD, so that a path can be shown. `None` if nothing is left.
pub(crate) fn clean_path(path: &str) -> Option<String> {
    let parts: Vec<String> = path
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | "..") && !is_drive(part))
        .map(|part| part.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect())
        .collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn is_drive(part: &str) -> bool {
    matches!(part.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

/// Whether a cleaned path is one of the files that systems leave beside the user's own.
pub(crate) fn is_hidden(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
        || ["Thumbs.db", "desktop.ini"].iter().any(|hidden| name.eq_ignore_ascii_case(hidden))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_nowhere_else() {
        for (path, clean) in [
            ("../../etc/cats/1.jpg", Some("etc/cats/1.jpg")),
            ("/cats/1.jpg", Some("cats/1.jpg")),
            ("C:\\pets\\..\\cats\\1.jpg", Some("pets/cats/1.jpg")),
            ("./cats//1\n.jpg", Some("cats/1\u{fffd}.jpg")),
            ("Häuser/ü.png", Some("Häuser/ü.png")),
            ("..", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(clean_path(path).as_deref(), clean, "{path:?}");
        }
    }
}
