//! Folders of a known data set get the shipped networks, whatever they are called and whichever of its classes they are.

use pollster::block_on;
use unicam::attribution::Objective;
use unicam::bytes::cifar::CLASS_NAMES;
use unicam::dataset::collect::ImagesConfig;
use unicam::dataset::known::DataSetName;
use unicam::session::{DataSetSettings, DatasetReport, ExplainConfig, ReferenceConfig, Session};
use unicam::tensors::device::DeviceChoice;

use crate::real_data::{cifar_files, data_folder};
use crate::session::png;

fn session() -> Session {
    block_on(Session::create(DeviceChoice::Cpu)).expect("the CPU backend is compiled in")
}

/// Takes four small pictures of each of these folders.
fn take(session: &mut Session, names: &[&str]) -> DatasetReport {
    session.begin_images(ImagesConfig { size: 16, ..ImagesConfig::default() }).expect("in range");
    for name in names {
        for shade in 0..4 {
            session.add_file(&format!("{name}/{shade}.png"), &png(16, 0, shade * 9)).expect("begun");
        }
    }
    session.finish_images().expect("enough of each class")
}

#[test]
fn the_networks_of_cifar10_answer_to_its_classes_to_some_of_them_and_to_no_others() {
    let mut session = session();
    let named: Vec<String> = CLASS_NAMES.iter().map(|name| name.to_uppercase()).collect();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let report = take(&mut session, &named);
    assert!(report.has_shipped_networks, "the case of a name tells nothing");
    assert_eq!(report.data_set, Some(DataSetName::Cifar10));
    let pair = block_on(session.use_shipped_students()).expect("networks of ten classes");
    assert_eq!(pair.teacher.classes, 10);
    assert!(4 * pair.student.parameters <= pair.teacher.parameters, "{pair:?}");
    assert!(take(&mut session, &["truck", "Ships", "frog"]).has_shipped_networks);
    let some = block_on(session.use_shipped_students()).expect("networks of three of them");
    assert_eq!([some.teacher.classes, some.student.classes, some.base.classes], [3, 3, 3]);
    let other = take(&mut session, &["truck", "teapot"]);
    assert_eq!((other.has_shipped_networks, other.data_set), (false, None));
    let error = block_on(session.use_shipped_teacher()).expect_err("one of the ten");
    assert_eq!(error.code(), "not-ready");
    assert!(error.to_string().contains("CIFAR-10"), "{error}");
}

#[test]
fn other_names_in_another_order_get_the_right_outputs_on_real_pictures() {
    let Some(folder) = data_folder() else { return };
    // Sorted: Cars, PLANES, boat, lorry; the networks' order is airplane, automobile, ship, truck.
    let folders = [("automobile", "Cars"), ("airplane", "PLANES"), ("ship", "boat"), ("truck", "lorry")];
    let mut session = session();
    let settings = DataSetSettings::of(DataSetName::Cifar10);
    session.begin_images(settings.images).expect("in range");
    let paths: Vec<String> = folders
        .iter()
        .flat_map(|(class, _)| (0..60).map(move |number| format!("test/{class}/{number:04}.jpg")))
        .collect();
    for (path, bytes) in cifar_files(&folder, &paths) {
        let (_, name) = folders.iter().find(|(class, _)| path.contains(class)).expect("one of the four");
        session.add_file(&format!("{name}/{}", path.replace('/', "-")), &bytes).expect("begun");
    }
    let data = session.finish_images().expect("enough of each class");
    assert_eq!(data.class_names, ["Cars", "PLANES", "boat", "lorry"]);
    assert_eq!(data.test_counts, [30; 4], "half of one's own pictures is held out");
    let pair = block_on(session.use_shipped_students()).expect("the pair of CIFAR-10");
    println!("{} {} {}", pair.teacher.accuracy, pair.student.accuracy, pair.base.accuracy);
    // Chance is a quarter; with outputs in the networks' own order the Teacher would be below it.
    assert!(pair.teacher.accuracy > 0.8, "{pair:?}");
    assert!(pair.student.accuracy > 0.6 && pair.base.accuracy > 0.6, "{pair:?}");
    let reference = ReferenceConfig { images: 24, seed: 1 };
    let maps = block_on(session.explain(&ExplainConfig::new(reference, 2, Objective::default()))).expect("maps");
    assert!(maps.scaled.iter().any(|value| *value > 0.5), "a map has its maximum");
    // The start has the same outputs: a distillation goes on from it.
    session.start_distillation(&settings.distillation).expect("the start is shipped with the Teacher");
}
