//! Class and part of a picture by its path.

/// The part of a data set that a folder's name puts its files into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Train,
    Test,
}

/// Class and part that a cleaned path tells.
///
/// The class is the folder that holds the file. Where that folder only names a part, or there is none, it is the first
/// word of a name like `cat.17.jpg`, or else the deepest other folder. Archives are no folders here.
pub(super) fn place(path: &str) -> (Option<String>, Option<Part>) {
    let mut folders: Vec<&str> = path.split('/').collect();
    let file = folders.pop().unwrap_or_default();
    let part = folders.iter().rev().find_map(|folder| part_of(folder));
    let names_class = |folder: &&&str| part_of(folder).is_none() && !is_archive_name(folder);
    let class = folders
        .last()
        .filter(names_class)
        .copied()
        .or_else(|| flat_class(file))
        .or_else(|| folders.iter().rev().find(names_class).copied());
    (class.map(readable), part)
}

/// The part that a folder's name stands for, with a number behind it or not (`test1`, `val2017`).
fn part_of(folder: &str) -> Option<Part> {
    match folder.to_ascii_lowercase().trim_end_matches(|c: char| c.is_ascii_digit()) {
        "train" | "training" => Some(Part::Train),
        "test" | "testing" | "val" | "valid" | "validation" => Some(Part::Test),
        _ => None,
    }
}

fn is_archive_name(folder: &str) -> bool {
    let folder = folder.to_ascii_lowercase();
    [".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz"].iter().any(|ending| folder.ends_with(ending))
}

/// The class in a name like `cat.17.jpg`, as ASIRRA's cats and dogs are named: letters, a number, an ending.
fn flat_class(file: &str) -> Option<&str> {
    let mut parts = file.split('.');
    let (class, number, extension) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = !class.is_empty()
        && class.chars().all(char::is_alphabetic)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !extension.is_empty()
        && parts.next().is_none();
    fits.then_some(class)
}

/// `Corn_(maize)___Common_rust` of PlantVillage as "Corn (maize): Common rust"; every other folder as it is.
fn readable(folder: &str) -> String {
    let words = |part: &str| part.split('_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match folder.split_once("___").map(|(crop, disease)| (words(crop), words(disease))) {
        Some((crop, disease)) if !crop.is_empty() && !disease.is_empty() => format!("{crop}: {disease}"),
        _ => folder.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_class_and_part() {
        use Part::{Test, Train};
        for (path, class, part) in [
            ("cats/1.jpg", Some("cats"), None),
            ("pets/train/cats/1.jpg", Some("cats"), Some(Train)),
            ("pets/cats/VAL/1.jpg", Some("cats"), Some(Test)),
            ("pets.zip/cats/1.jpg", Some("cats"), None),
            ("train/cat.0.jpg", Some("cat"), Some(Train)),
            ("dogs-vs-cats/train/dog.12.jpg", Some("dog"), Some(Train)),
            ("dogs-vs-cats.zip/train.zip/dog.12.jpg", Some("dog"), None),
            ("pets.tar.gz/cat.0.jpg", Some("cat"), None),
            ("pets.TXZ/Cat/0.jpg", Some("Cat"), None),
            ("pets.tar/1.jpg", None, None),
            ("cat.0.jpg", Some("cat"), None),
            ("cats/dog.0.jpg", Some("cats"), None),
            ("test1/17.jpg", None, Some(Test)),
            ("Testing/17.jpg", None, Some(Test)),
            ("validation/x/17.jpg", Some("x"), Some(Test)),
            ("valid/x/17.jpg", Some("x"), Some(Test)),
            ("1.jpg", None, None),
            ("pets.zip/1.jpg", None, None),
            ("c4t.0.jpg", None, None),
            ("cat.0.1.jpg", None, None),
            ("cat.x.jpg", None, None),
            ("cat.jpg", None, None),
            ("cat.0", None, None),
            (".0.jpg", None, None),
            ("trains/1.jpg", Some("trains"), None),
            ("leaves/Potato___Early_blight/1.jpg", Some("Potato: Early blight"), None),
            ("train/Pepper,_bell___healthy/1.jpg", Some("Pepper, bell: healthy"), Some(Train)),
            ("x/Corn_(maize)___Cercospora_leaf_spot Gray_leaf_spot/1.jpg", Some(MAIZE), None),
            ("hot_dog/1.jpg", Some("hot_dog"), None),
            ("___x/1.jpg", Some("___x"), None),
        ] {
            assert_eq!(place(path), (class.map(str::to_owned), part), "{path}");
        }
    }

    const MAIZE: &str = "Corn (maize): Cercospora leaf spot Gray leaf spot";
}
