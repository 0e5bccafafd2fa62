//! Files that hold many pictures: CIFAR's batches and NumPy's arrays.

use super::*;
use crate::bytes::cifar::tests::python_batch;
use crate::bytes::npy::tests::npy as npy_of;

/// Records of CIFAR-10: `n` of each label in turn, each with a shade of its own.
fn batch(n: usize, first: usize) -> Vec<u8> {
    let record = |index: usize| {
        let mut record = vec![(index % 10) as u8];
        let shade = first + index;
        record.extend((0..3072).map(|at| (at / 1024 * 50 + shade / 200 * 7 + shade % 200) as u8));
        record
    };
    (0..10 * n).flat_map(record).collect()
}

/// The official archive in small: two training batches and the test batch, `names` between them.
fn cifar_archive(names: &str) -> Vec<u8> {
    gz_of(&tar_of(&[
        ("cifar-10-batches-bin/", b""),
        ("cifar-10-batches-bin/data_batch_1.bin", &batch(3, 0)),
        ("cifar-10-batches-bin/batches.meta.txt", names.as_bytes()),
        ("cifar-10-batches-bin/data_batch_3.bin", &batch(2, 30)),
        ("cifar-10-batches-bin/data_batch_4.bin", &batch(2, 50)[1..]),
        ("cifar-10-batches-bin/readme.html", b"<html>CIFAR-10</html>"),
        ("cifar-10-batches-bin/test_batch.bin", &batch(1, 70)),
    ]))
}

#[test]
fn the_official_binary_cifar_archive_is_read() {
    let official = cifar::CLASS_NAMES.join("\n") + "\n\n";
    let mut collector = Collector::new(ImagesConfig::default()).unwrap();
    let rows = collector.add("cifar-10-binary.tar.gz", &cifar_archive(&official));
    let seen: Vec<_> = rows.iter().map(|row| (row.path.rsplit('/').next().unwrap(), row.pictures, code(row))).collect();
    let expected = [
        ("data_batch_1.bin", Some(30), None),
        ("data_batch_3.bin", Some(20), None),
        ("data_batch_4.bin", None, Some("corrupt-image")),
        ("readme.html", None, Some("unsupported-image")),
        ("test_batch.bin", Some(10), None),
    ];
    assert_eq!(seen, expected);
    let (data, report) = collector.finish().unwrap();
    assert_eq!(data.train.class_names, cifar::CLASS_NAMES);
    assert_eq!((data.train.counts(), data.test.counts()), (vec![5; 10], vec![1; 10]));
    assert!(report.split_given && report.broken == 2 && report.copies == 0 && report.imbalance == 1.0, "{report:?}");
    // Record 12 of the first batch: label 2, shade 12 in red and more in green and blue.
    let birds: Vec<_> = (0..50).filter(|&i| data.train.labels[i] == 2).collect();
    assert_eq!(data.train.picture(birds[1])[..3], [12, 62, 112]);

    // Other names, another size, a limit; the order of the labels stays.
    let config = ImagesConfig { size: 16, per_class: 4, ..ImagesConfig::default() };
    let mut collector = Collector::new(config).unwrap();
    let other: String = (0..10).map(|label| format!("thing {}\n", 9 - label)).collect();
    collector.add("x.tar.gz", &cifar_archive(&other));
    let (data, report) = collector.finish().unwrap();
    assert_eq!(data.train.class_names[0], "thing 9");
    assert_eq!((data.train.width, data.train.counts(), report.over_limit), (16, vec![4; 10], 10));
    assert!((0..10).all(|i| data.test.labels[i] == i));
}

#[test]
fn a_batch_that_finds_no_room_leaves_nothing() {
    let filled = |per_class| {
        let config = ImagesConfig { size: 128, per_class, ..ImagesConfig::default() };
        let mut collector = Collector::new(config).unwrap();
        // All but 45 of as many as there is room for, each in a place of its own.
        for number in 0..10_922 - 45 {
            collector.pool.keep(number.to_string(), 100 + number, vec![1, 2, 3]).unwrap();
        }
        collector
    };
    let mut collector = filled(0);
    let before = collector.len();
    let row = collector.add("data_batch_1.bin", &batch(5, 0)).remove(0);
    assert_eq!((code(&row), collector.len()), (Some("too-many-images"), before));
    assert!(collector.add("data_batch_2.bin", &batch(4, 0))[0].error.is_none());
    assert_eq!(collector.len(), before + 40);
    // Pictures that take the place of others of their class need no room of their own.
    let mut collector = filled(4);
    for number in 1..3 {
        assert!(collector.add(&format!("data_batch_{number}.bin"), &batch(6, 60 * number))[0].error.is_none());
        assert_eq!(collector.len(), before + 40);
    }
}

#[test]
fn the_python_version_of_cifar_is_read() {
    let batch = |n: u8, first: u8| {
        let labels: Vec<u8> = (0..10 * n).map(|at| at % 10).collect();
        let data: Vec<u8> = (0..usize::from(10 * n) * 3072).map(|at| (at / 3072) as u8 + first).collect();
        python_batch("labels", &labels, &data)
    };
    let (train, test) = (batch(4, 0), batch(2, 100));
    let files: [(&str, &[u8]); 2] =
        [("cifar-10-batches-py/data_batch_1", &train), ("cifar-10-batches-py/test_batch", &test)];
    let mut collector = Collector::new(ImagesConfig::default()).unwrap();
    let rows = collector.add("cifar-10-python.tar.gz", &gz_of(&tar_of(&files)));
    assert_eq!(rows.iter().map(|row| row.pictures).collect::<Vec<_>>(), [Some(40), Some(20)], "{rows:?}");
    let (data, report) = collector.finish().unwrap();
    assert_eq!(data.train.class_names, cifar::CLASS_NAMES);
    assert_eq!((data.train.counts(), data.test.counts(), report.split_given), (vec![4; 10], vec![2; 10], true));
    assert_eq!(data.train.picture(11)[..3], [11, 11, 11]);
}

#[test]
fn arrays_of_pictures_are_read_beside_those_of_their_labels() {
    let pictures = |n: usize, first: usize| -> Vec<u8> { (0..n * 8 * 10).map(|at| (first + at / 80) as u8).collect() };
    let labels = |n: u8| -> Vec<u8> { (0..n).flat_map(|at| i64::from(at % 3).to_le_bytes()).collect() };
    let mut collector = collector();
    for (path, bytes) in [
        ("set/x_train.npy", npy_of("|u1", &[12, 8, 10], &pictures(12, 0))),
        ("set/y_train.npy", npy_of("<i8", &[12], &labels(12))),
        ("set/test_labels.npy", npy_of("<i8", &[6, 1], &labels(6))),
        ("set/test_images.npy", npy_of("|u1", &[6, 8, 10, 1], &pictures(6, 100))),
        ("set/val_x.npy", npy_of("|u1", &[6, 8, 10, 1], &pictures(6, 200))),
    ] {
        let rows = collector.add(path, &bytes);
        assert_eq!(code(&rows[0]), None, "{rows:?}");
    }
    let row = &collector.add("cat/array.npy", &npy_of("|u1", &[4, 8, 8, 3], &[0; 768]))[0];
    assert!(row.error.as_ref().unwrap().message.contains("NumPy array of 4 x 8 x 8 x 3"), "{row:?}");
    let (data, report) = collector.finish().unwrap();
    assert_eq!(data.train.class_names, ["0", "1", "2"]);
    assert_eq!((data.train.counts(), data.test.counts()), (vec![4; 3], vec![2; 3]));
    assert_eq!((data.train.labels[4], data.train.picture(4)[0], data.test.picture(5)[0]), (1, 4, 105));
    assert_eq!(
        report.left_out,
        [LeftOut { folder: "set/val_x.npy".to_owned(), pictures: 6, reason: OutReason::NoLabels }]
    );
}
