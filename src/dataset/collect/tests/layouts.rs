//! Which folders name classes and parts.

use super::*;

/// Names of the classes and counts of both parts.
fn shape_of(folders: &[(&str, usize)], config: &ImagesConfig) -> (Vec<String>, Vec<usize>, Vec<usize>, ImagesReport) {
    let mut collector = Collector::new(ImagesConfig { size: 16, ..config.clone() }).unwrap();
    let mut shade = 0u8;
    for (folder, n) in folders {
        for index in 0..*n {
            shade = shade.wrapping_add(1);
            collector.add(&format!("{folder}/{index}.png"), &png(shade));
        }
    }
    let (data, report) = collector.finish().unwrap_or_else(|error| panic!("{folders:?}: {error}"));
    (data.train.class_names.clone(), data.train.counts(), data.test.counts(), report)
}

/// The folders of well-known data sets, and the classes and the given split that a user expects.
#[test]
fn the_level_that_fits_the_whole_tree_names_the_classes() {
    let auto = ImagesConfig::default();
    let expect = |folders: &[(&str, usize)], classes: &[&str], train: &[usize], test: &[usize], given: bool| {
        let (names, trained, tested, report) = shape_of(folders, &auto);
        assert_eq!(names, classes, "{folders:?}");
        assert_eq!(report.split_given, given, "{folders:?}");
        if given {
            assert_eq!((trained.as_slice(), tested.as_slice()), (train, test), "{folders:?}");
        } else {
            assert_eq!(trained.iter().zip(&tested).map(|(a, b)| a + b).collect::<Vec<_>>(), train, "{folders:?}");
        }
    };
    // Sub-folders within the classes.
    expect(
        &[("pets/cat/indoor", 4), ("pets/cat/outdoor", 4), ("pets/dog/indoor", 4), ("pets/dog/outdoor", 4)],
        &["cat", "dog"],
        &[8, 8],
        &[],
        false,
    );
    // Tiny ImageNet: pictures below images/, a flat val/ and test/.
    expect(
        &[("t/train/n01/images", 6), ("t/train/n02/images", 6), ("t/val/images", 5), ("t/test/images", 5)],
        &["n01", "n02"],
        &[6, 6],
        &[],
        false,
    );
    // The tutorial's cats and dogs, and Intel's scenes with unlabelled pictures.
    let nested = |train: &str, test: &str| -> Vec<(String, usize)> {
        [(train, 4), (test, 3)]
            .iter()
            .flat_map(|(part, n)| ["cats", "dogs"].map(|class| (format!("d/{part}/{part}/{class}"), *n)))
            .collect()
    };
    for (train, test, stray) in
        [("training_set", "test_set", None), ("seg_train", "seg_test", Some("d/seg_pred/seg_pred"))]
    {
        let mut folders = nested(train, test);
        folders.extend(stray.map(|stray| (stray.to_owned(), 4)));
        let folders: Vec<(&str, usize)> = folders.iter().map(|(folder, n)| (folder.as_str(), *n)).collect();
        expect(&folders, &["cats", "dogs"], &[4, 4], &[3, 3], true);
    }
    // Parts that their data set's name goes before.
    expect(
        &[("asl_train/A", 4), ("asl_train/B", 4), ("asl_test/A", 2), ("asl_test/B", 2)],
        &["A", "B"],
        &[4, 4],
        &[2, 2],
        true,
    );
    // Parts within the classes, and archives of parts.
    expect(
        &[("p/a/train", 4), ("p/a/test", 2), ("p/b/train", 4), ("p/b/test", 2)],
        &["a", "b"],
        &[4, 4],
        &[2, 2],
        true,
    );
    // Classes with the names of parts.
    expect(&[("v/bus", 4), ("v/car", 4), ("v/train", 4)], &["bus", "car", "train"], &[4, 4, 4], &[], false);
    expect(&[("q/valid", 4), ("q/invalid", 4)], &["invalid", "valid"], &[4, 4], &[], false);
    // A second copy of the data set inside the first, as Kaggle packs it.
    expect(&[("x/a", 4), ("x/b", 4), ("x/x/a", 3), ("x/x/b", 3)], &["a", "b"], &[7, 7], &[], false);
    // Variants of the same leaves.
    expect(
        &[("raw/color/rust", 3), ("raw/grayscale/rust", 3), ("raw/color/healthy", 3), ("raw/grayscale/healthy", 3)],
        &["healthy", "rust"],
        &[6, 6],
        &[],
        false,
    );
    // One folder whose files name the classes is in `asirra_as_it_is_handed_out_loads`; stray pictures beside the classes:
    expect(&[("p/a", 4), ("p/b", 4), ("p", 2)], &["a", "b"], &[4, 4], &[], false);
}

#[test]
fn an_ambiguous_level_is_said_and_can_be_chosen() {
    let folders = [("pets/cat/indoor", 4), ("pets/cat/outdoor", 4), ("pets/dog/indoor", 4), ("pets/dog/outdoor", 4)];
    let (_, _, _, report) = shape_of(&folders, &ImagesConfig::default());
    assert_eq!(
        (report.class_level, report.levels.iter().map(|level| level.classes).collect::<Vec<_>>()),
        (1, vec![2, 2])
    );
    let note = report.notes.iter().find(|note| note.code == "class-level").expect("it is ambiguous");
    assert!(note.message.contains("(cat, dog)") && note.message.contains("(indoor, outdoor)"), "{note:?}");
    let (names, ..) = shape_of(&folders, &ImagesConfig { class_level: 2, ..ImagesConfig::default() });
    assert_eq!(names, ["indoor", "outdoor"]);
    let (_, _, _, plain) = shape_of(&[("a", 4), ("b", 4)], &ImagesConfig::default());
    assert!(plain.notes.iter().all(|note| note.code != "class-level"), "{plain:?}");
    // Folders of parts can be taken for folders like any other.
    let parts = [("train/a", 4), ("train/b", 4), ("test/a", 4), ("test/b", 4)];
    let drawn = ImagesConfig { split: SplitSource::Drawn, class_level: 2, ..ImagesConfig::default() };
    let (names, _, _, report) = shape_of(&parts, &drawn);
    assert_eq!((names, report.split_given), (vec!["a".to_owned(), "b".to_owned()], false));
}

#[test]
fn classes_stand_in_the_order_of_their_folders_own_names() {
    let folders = ["Tomato___LeafMiner", "Tomato___Leaf_Mold", "Tomato___healthy"].map(|name| (name, 4));
    let (names, ..) = shape_of(&folders, &ImagesConfig::default());
    // Python: "L" before "_" before "h"; the names for people would be sorted otherwise.
    assert_eq!(names, ["Tomato: LeafMiner", "Tomato: Leaf Mold", "Tomato: healthy"]);
    // Composed and decomposed letters are one class; two folders with one name for people are two.
    let (names, counts, ..) = shape_of(
        &[("train/caf\u{e9}", 4), ("train/b", 4), ("test/cafe\u{301}", 2), ("test/b", 2)],
        &ImagesConfig::default(),
    );
    assert_eq!((names, counts), (vec!["b".to_owned(), "caf\u{e9}".to_owned()], vec![4, 4]));
    let (names, ..) =
        shape_of(&[("train/Cat", 4), ("train/b", 4), ("test/cat", 2), ("test/b", 2)], &ImagesConfig::default());
    assert_eq!(names, ["Cat", "b"]);
    let (names, ..) = shape_of(&[("A___b_c", 4), ("A___b c", 4)], &ImagesConfig::default());
    assert_eq!(names, ["A___b c", "A___b_c"]);
}

#[test]
fn empty_folders_are_rows() {
    let mut collector = collector();
    let row = &collector.add("pets/fish/", &[])[0];
    assert_eq!((row.path.as_str(), code(row)), ("pets/fish", Some("empty-folder")));
    let files: [(&str, &[u8]); 4] =
        [("pets/cat/", b""), ("pets/fish/", b""), ("pets/cat/1.png", &png(1)), ("pets/fish/.DS_Store", b"x")];
    for (name, bytes) in [("p.zip", zip_of(&files, true)), ("p.tar", tar_of(&files))] {
        let rows = collector.add(name, &bytes);
        let seen: Vec<_> = rows.iter().map(|row| (row.path.rsplit('/').next().unwrap(), code(row))).collect();
        assert_eq!(seen, [("1.png", None), ("fish", Some("empty-folder"))], "{name}");
    }
}
