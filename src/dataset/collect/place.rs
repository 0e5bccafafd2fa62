//! Where a picture lies, by its path alone.

use super::part_name::{archive_stem, is_part};

/// The part of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Part {
    Train,
    Test,
}

/// Where pictures lie that belong together: they have the same class and part, whatever these are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Spot {
    /// In a folder, or in one and under names that begin with the same class.
    Folder {
        /// From the outermost, archives among them.
        folders: Vec<String>,
        /// The class in a name like `cat.17.jpg`.
        flat: Option<String>,
    },
    /// In a file that tells class and part itself.
    Told {
        /// Number of its table of class names.
        table: usize,
        /// Index into the table.
        label: usize,
        part: Option<Part>,
    },
}

impl Spot {
    /// The spot of a cleaned path.
    pub fn of(path: &str) -> Self {
        let mut folders: Vec<String> = path.split('/').map(str::to_owned).collect();
        let file = folders.pop().unwrap_or_default();
        Self::Folder { flat: flat_class(&file).map(str::to_owned), folders }
    }
}

/// The class that a path tells by itself; the other paths of a data set can tell another.
///
/// It is the folder that holds the file. Where that folder only names a part, or there is none, it is the first word of a
/// name like `cat.17.jpg`, or else the deepest other folder. Archives are no folders here.
pub(super) fn class_by_path(path: &str) -> Option<String> {
    let mut folders: Vec<&str> = path.split('/').collect();
    let file = folders.pop().unwrap_or_default();
    let names_class = |folder: &&&str| !is_part(folder) && archive_stem(folder).is_none();
    folders
        .last()
        .filter(names_class)
        .copied()
        .or_else(|| flat_class(file))
        .or_else(|| folders.iter().rev().find(names_class).copied())
        .map(readable)
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

/// `Corn_(maize)___Common_rust` of PlantVillage as "Corn (maize): Common rust"; every other folder as it is. For people
/// alone: classes are compared and sorted by their folders' own names.
pub(super) fn readable(folder: &str) -> String {
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
    fn paths_tell_a_class_by_themselves() {
        for (path, class) in [
            ("cats/1.jpg", Some("cats")),
            ("pets/train/cats/1.jpg", Some("cats")),
            ("pets/cats/VAL/1.jpg", Some("cats")),
            ("pets.zip/cats/1.jpg", Some("cats")),
            ("train/cat.0.jpg", Some("cat")),
            ("dogs-vs-cats.zip/train/dog.12.jpg", Some("dog")),
            ("pets.tar.gz/cat.0.jpg", Some("cat")),
            ("pets.TXZ/Cat/0.jpg", Some("Cat")),
            ("pets.tar/1.jpg", None),
            ("cat.0.jpg", Some("cat")),
            ("cats/dog.0.jpg", Some("cats")),
            ("test1/17.jpg", None),
            ("validation/x/17.jpg", Some("x")),
            ("1.jpg", None),
            ("pets.zip/1.jpg", None),
            ("c4t.0.jpg", None),
            ("cat.0.1.jpg", None),
            ("cat.x.jpg", None),
            ("cat.jpg", None),
            ("cat.0", None),
            (".0.jpg", None),
            ("trains/1.jpg", Some("trains")),
            ("leaves/Potato___Early_blight/1.jpg", Some("Potato: Early blight")),
            ("train/Pepper,_bell___healthy/1.jpg", Some("Pepper, bell: healthy")),
            ("x/Corn_(maize)___Cercospora_leaf_spot Gray_leaf_spot/1.jpg", Some(MAIZE)),
            ("hot_dog/1.jpg", Some("hot_dog")),
            ("___x/1.jpg", Some("___x")),
        ] {
            assert_eq!(class_by_path(path), class.map(str::to_owned), "{path}");
        }
    }

    const MAIZE: &str = "Corn (maize): Cercospora leaf spot Gray leaf spot";
}
