//! Which names of folders stand for a part of a data set.

/// What a word says that the pictures below are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    /// To learn from.
    Train,
    /// Held out.
    Test,
    /// Without a class, as in a contest.
    Unlabelled,
}

/// A folder's name that has such a word in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PartName {
    pub purpose: Purpose,
    /// The words beside it that mean something: a name with such words is a part only beside its counterpart
    /// (`pets_train` beside `pets_test`), and `train_station` is none.
    pub rest: Vec<String>,
}

const TRAIN: [&str; 3] = ["train", "training", "trn"];
const TEST: [&str; 11] =
    ["test", "testing", "tst", "val", "valid", "validation", "validate", "eval", "evaluation", "dev", "holdout"];
const UNLABELLED: [&str; 6] = ["pred", "predict", "prediction", "predictions", "unlabeled", "unlabelled"];
/// Words beside one of those that add nothing: `training_set`, `seg_train`, `val_images`.
const NEUTRAL: [&str; 17] = [
    "set", "sets", "data", "dataset", "image", "images", "img", "imgs", "picture", "pictures", "photos", "jpg", "seg",
    "split", "folder", "files", "the",
];
/// Endings of words that are written together: `trainset`, `testdata`.
const ENDINGS: [&str; 5] = ["dataset", "set", "data", "images", "imgs"];
/// Endings of archives that are opened, and of the one format whose pictures come as those of an archive.
const ARCHIVES: [&str; 7] = [".tar.gz", ".tar.xz", ".zip", ".tar", ".tgz", ".txz", ".parquet"];

/// What a folder's name, or an archive's, says of a part.
pub(super) fn part_name(folder: &str) -> Option<PartName> {
    let words = words_of(archive_stem(folder).unwrap_or(folder));
    let mut purpose = None;
    let mut rest = Vec::new();
    for word in words {
        match purpose_of(&word) {
            Some(found) if purpose.is_none_or(|known| known == found) => purpose = Some(found),
            // `test_train` says nothing.
            Some(_) => return None,
            None if NEUTRAL.contains(&word.as_str()) => {}
            None => rest.push(word),
        }
    }
    purpose.map(|purpose| PartName { purpose, rest })
}

/// Whether a folder's name stands for a part wherever it lies.
pub(super) fn is_part(folder: &str) -> bool {
    part_name(folder).is_some_and(|name| name.rest.is_empty())
}

/// The name of an archive without its ending; nothing for another folder.
pub(super) fn archive_stem(folder: &str) -> Option<&str> {
    let lowered = folder.to_ascii_lowercase();
    let ending = ARCHIVES.iter().find(|ending| lowered.ends_with(*ending))?;
    folder.get(..folder.len() - ending.len())
}

fn purpose_of(word: &str) -> Option<Purpose> {
    let of = |word: &str| {
        [(&TRAIN[..], Purpose::Train), (&TEST[..], Purpose::Test), (&UNLABELLED[..], Purpose::Unlabelled)]
            .into_iter()
            .find(|(words, _)| words.contains(&word))
            .map(|(_, purpose)| purpose)
    };
    of(word).or_else(|| ENDINGS.iter().find_map(|ending| of(word.strip_suffix(ending)?)))
}

/// The words of a name in lower case, without numbers: cut at other signs, at digits, and where a small letter is followed
/// by a large one.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        if !letter.is_alphabetic() || (before.is_lowercase() && letter.is_uppercase()) {
            words.push(String::new());
        }
        if letter.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_people_give_to_parts_are_known() {
        use Purpose::{Test, Train, Unlabelled};
        for (folder, purpose) in [
            ("train", Train),
            ("Train", Train),
            ("TRAINING", Train),
            ("training_set", Train),
            ("trainset", Train),
            ("TrainingData", Train),
            ("seg_train", Train),
            ("train_images", Train),
            ("train2017", Train),
            ("train.zip", Train),
            ("test1", Test),
            ("test_set", Test),
            ("TestSet", Test),
            ("val", Test),
            ("valid", Test),
            ("Validation Data", Test),
            ("seg_pred", Unlabelled),
            ("unlabeled2017", Unlabelled),
        ] {
            assert_eq!(part_name(folder), Some(PartName { purpose, rest: vec![] }), "{folder}");
            assert!(is_part(folder));
        }
        let rest = |folder: &str| part_name(folder).map(|name| name.rest);
        assert_eq!(rest("asl_alphabet_train"), Some(vec!["asl".to_owned(), "alphabet".to_owned()]));
        assert_eq!(rest("train_station"), Some(vec!["station".to_owned()]));
        for folder in ["trains", "cats", "invalid", "contest", "n01443537", "data", "17", "test-train"] {
            assert_eq!(rest(folder), None, "{folder}");
        }
        assert_eq!(archive_stem("pets.TAR.gz"), Some("pets"));
        assert_eq!(archive_stem("train-00000-of-00002.parquet"), Some("train-00000-of-00002"));
        assert_eq!(archive_stem("pets"), None);
    }
}
