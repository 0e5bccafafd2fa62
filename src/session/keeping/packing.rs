//! Everything that a session holds between two jobs, as bytes and back.

use std::cell::OnceCell;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dataset::normalisation::Normalisation;
use crate::dataset::pixels::{Pixels, Rack, Shelved};
use crate::dataset::scenes::ScenesConfig;
use crate::dataset::{Dataset, LabelledImages};
use crate::error::{Error, Result};
use crate::models::Weights;
use crate::session::keeping::container::{Packer, Unpacker, from_cbor, unreadable};
use crate::session::networks::given_start::GivenStart;
use crate::session::networks::model::Model;
use crate::session::record::journal::{Journal, digest_of_data};
use crate::session::record::report::StartRecord;
use crate::session::state::Session;
use crate::tensors::device::DeviceReport;

/// Raised whenever the layout changes: an older file is refused, not misread.
const VERSION: u32 = 1;
const FORMAT: &str = "unicam-session";

/// Everything but pixels and weights.
#[derive(Serialize, Deserialize)]
struct Notes {
    format: String,
    version: u32,
    device: DeviceReport,
    normalisation: Normalisation,
    scenes: Option<ScenesConfig>,
    /// Of the chosen data, if there are any.
    pictures: Option<String>,
    assistants: usize,
    /// Of the first weights that the next distillation may begin with.
    #[serde(default)]
    start: Option<StartRecord>,
    /// Of those that the next Teacher's training may begin with.
    #[serde(default)]
    teacher_start: Option<StartRecord>,
    journal: Journal,
}

/// What is known of one part of the data beside its pixels.
#[derive(Serialize, Deserialize)]
struct Labels {
    width: usize,
    height: usize,
    labels: Vec<usize>,
    class_names: Vec<String>,
}

/// Where the pictures of one part lie outside of the memory.
#[derive(Serialize, Deserialize)]
struct Places {
    shelf: String,
    slots: Vec<u32>,
}

const NOTES: &str = "notes.cbor";
const NAME: &str = "data/name";
const PARTS: [&str; 2] = ["train", "test"];

impl Session {
    /// Everything that the session holds between two jobs: networks with their weights, settings, logs and results, and
    /// with `data` the pictures, too. Jobs under way and devices are not part of it: see
    /// [`checkpoint`](Self::checkpoint) for a run.
    ///
    /// # Errors
    /// Those of the formats' libraries, which checked weights rule out.
    pub fn pack(&self, data: bool) -> Result<Vec<u8>> {
        let mut packer = Packer::new();
        let record = |start: &Option<GivenStart>| start.as_ref().map(|start| start.record.clone());
        let (start, teacher_start) = (record(&self.start), record(&self.teacher_start));
        // What the next run may begin with is in most sessions what the last one began with, and lies there once.
        let began_with = self.began_with.as_ref().filter(|_| self.journal.start != start);
        packer.add_value(
            NOTES,
            &Notes {
                format: FORMAT.to_owned(),
                version: VERSION,
                device: self.device_report.clone(),
                normalisation: self.normalisation,
                scenes: self.scenes.clone(),
                pictures: self.digest_of_pictures(),
                assistants: self.assistants.len(),
                start,
                teacher_start,
                journal: self.journal.clone(),
            },
        )?;
        let weights = |start: &Option<GivenStart>| start.as_ref().map(|start| Arc::clone(&start.weights));
        let (start, teacher_start) = (weights(&self.start), weights(&self.teacher_start));
        for (name, start) in [("start", start), ("teacher-start", teacher_start), ("began-with", began_with.cloned())] {
            if let Some(start) = start {
                pack_weights(name, &start, &mut packer)?;
            }
        }
        let trio = [("teacher", &self.teacher), ("student", &self.student), ("base", &self.base)];
        for (name, model) in trio.into_iter().filter_map(|(name, model)| Some((name, model.as_ref()?))) {
            pack_weights(name, &model.weights, &mut packer)?;
        }
        for (number, model) in self.assistants.iter().enumerate() {
            pack_weights(&format!("assistant{number}"), &model.weights, &mut packer)?;
        }
        if let Some(chosen) = self.data.as_ref().filter(|_| data) {
            packer.add(NAME, chosen.name.as_bytes())?;
            for (part, images) in PARTS.into_iter().zip([&chosen.train, &chosen.test]) {
                pack_images(part, images, &mut packer)?;
            }
        }
        packer.finish()
    }

    /// Takes over everything that another session [packed](Self::pack): the networks are built on this session's device.
    /// Pictures that were not packed have to be chosen beforehand, the same ones.
    ///
    /// # Errors
    /// [`Error::UnreadableCheckpoint`]; [`Error::CheckpointMismatch`] when other pictures are chosen. The session stays
    /// as it was then.
    pub fn unpack(&mut self, bytes: &[u8]) -> Result<()> {
        self.unpack_on(None, bytes)
    }

    /// The same where the pictures lie on a [shelf](Self::shelf) outside of the memory: the packed session names their
    /// places, and the shelf itself is handed over beside it.
    ///
    /// # Errors
    /// As [`unpack`](Self::unpack); [`Error::UnreadableCheckpoint`] when it names another shelf.
    pub fn unpack_on(&mut self, rack: Option<Arc<Rack>>, bytes: &[u8]) -> Result<()> {
        let mut file = Unpacker::open(bytes)?;
        let notes: Notes = file.value(NOTES)?;
        if (notes.format.as_str(), notes.version) != (FORMAT, VERSION) {
            return Err(unreadable("it was made by another version of this program"));
        }
        let data = match file.find(NAME)? {
            Some(name) => {
                let name = String::from_utf8(name).map_err(unreadable)?;
                let part = |part| unpack_images(part, notes.normalisation, rack.as_ref(), &mut file);
                let mut images = PARTS.map(part).into_iter();
                let mut next = || images.next().expect("two parts");
                Some(Dataset { name, train: next()?, test: next()? })
            }
            None => None,
        };
        let pictures = match &data {
            // The very file: to read it all again would say nothing new.
            Some(data) if data.train.pixels.rack().is_some() => notes.pictures.clone(),
            Some(data) => Some(digest_of_data(data)),
            None => self.digest_of_pictures(),
        };
        if notes.pictures != pictures && (notes.pictures.is_some() || data.is_some()) {
            return Err(Error::CheckpointMismatch { what: "other pictures".to_owned() });
        }
        let mut model = |name: &str| -> Result<Option<Model>> {
            unpack_weights(name, &mut file)?.map(|weights| Model::new(weights, &self.device)).transpose()
        };
        let (teacher, student, base) = (model("teacher")?, model("student")?, model("base")?);
        let assistants = (0..notes.assistants).map(|number| {
            model(&format!("assistant{number}"))?.ok_or_else(|| unreadable(format!("assistant {number} is missing")))
        });
        let assistants = assistants.collect::<Result<Vec<_>>>()?;
        let mut weights = |name| Ok::<_, Error>(unpack_weights(name, &mut file)?.map(Arc::new));
        let given = |weights: Option<Arc<Weights>>, record: Option<StartRecord>, noted: &Option<StartRecord>| {
            // Older files have one record only, among the notes.
            let record = record.or_else(|| noted.clone());
            weights.zip(record).map(|(weights, record)| GivenStart { weights, record })
        };
        let start = given(weights("start")?, notes.start, &notes.journal.start);
        let teacher_start = given(weights("teacher-start")?, notes.teacher_start, &notes.journal.teacher_start);
        let began_with = weights("began-with")?;

        notes.normalisation.validate().map_err(unreadable)?;
        let networks = || [&teacher, &student, &base].into_iter().flatten().chain(&assistants);
        if let Some(Dataset { train, .. }) = data.as_ref().or(self.data.as_ref()) {
            for Model { config, .. } in networks() {
                config.architecture.check_pictures(train.width, train.height).map_err(unreadable)?;
                if config.classes != train.class_names.len() {
                    return Err(unreadable("a network in it answers other classes than its pictures have"));
                }
            }
        }
        if student.as_ref().map(|model| model.config) != base.as_ref().map(|model| model.config) {
            return Err(unreadable("its Student and Base are of different shapes"));
        }

        (self.running, self.point) = (None, None);
        self.end_looking();
        if data.is_some() {
            self.data = data;
            self.pictures_digest = pictures.map(OnceCell::from).unwrap_or_default();
        }
        (self.normalisation, self.scenes) = (notes.normalisation, notes.scenes);
        if let Some(data) = &mut self.data {
            (data.train.normalisation, data.test.normalisation) = (self.normalisation, self.normalisation);
        }
        (self.teacher, self.student, self.base) = (teacher, student, base);
        (self.start, self.teacher_start, self.assistants) = (None, teacher_start, assistants);
        self.began_with = began_with;
        self.journal = notes.journal;
        if let Some(start) = start {
            self.put_start(start);
        }
        let same = (notes.device.kind, &notes.device.name) == (self.device_report.kind, &self.device_report.name);
        if !same {
            self.journal.note_move(notes.device);
        }
        Ok(())
    }
}

/// The part beside a network's weights that holds the names of their publisher, where they came with others than ours.
fn names_part(name: &str) -> String {
    format!("{name}-names.cbor")
}

fn pack_weights(name: &str, weights: &Weights, packer: &mut Packer) -> Result<()> {
    packer.add(name, &weights.to_own_file()?)?;
    let theirs = weights.their_names();
    if theirs.is_empty() { Ok(()) } else { packer.add_value(&names_part(name), theirs) }
}

fn unpack_weights(name: &str, file: &mut Unpacker<'_>) -> Result<Option<Weights>> {
    let Some(bytes) = file.find(name)? else { return Ok(None) };
    let weights = Weights::from_own_file(&bytes)?;
    let theirs = file.find(&names_part(name))?.map(|bytes| from_cbor(&bytes)).transpose()?;
    Ok(Some(weights.with_their_names(theirs.unwrap_or_default())))
}

fn pack_images(part: &str, images: &LabelledImages, packer: &mut Packer) -> Result<()> {
    let (labels, class_names) = (images.labels.clone(), images.class_names.clone());
    let labels = Labels { width: images.width, height: images.height, labels, class_names };
    packer.add_value(&format!("data/{part}/labels.cbor"), &labels)?;
    match &images.pixels {
        Pixels::Held(pixels) => packer.add(&format!("data/{part}/pixels"), pixels)?,
        Pixels::Shelved(shelved) => {
            let places = Places { shelf: shelved.rack().name().to_owned(), slots: shelved.slots().to_vec() };
            packer.add_value(&format!("data/{part}/places.cbor"), &places)?;
        }
    }
    match &images.masks {
        Some(masks) => packer.add(&format!("data/{part}/masks"), masks),
        None => Ok(()),
    }
}

fn unpack_images(
    part: &str,
    normalisation: Normalisation,
    rack: Option<&Arc<Rack>>,
    file: &mut Unpacker<'_>,
) -> Result<LabelledImages> {
    let Labels { width, height, labels, class_names } = file.value(&format!("data/{part}/labels.cbor"))?;
    let pixels = match file.find(&format!("data/{part}/pixels"))? {
        Some(pixels) => Pixels::Held(pixels),
        None => {
            let Places { shelf, slots } = file.value(&format!("data/{part}/places.cbor"))?;
            let rack = rack.filter(|rack| rack.name() == shelf);
            let rack = rack.ok_or_else(|| unreadable("its pictures lie in a file that is not at hand"))?;
            Pixels::Shelved(Shelved::new(Arc::clone(rack), width * height * 3, slots))
        }
    };
    let masks = file.find(&format!("data/{part}/masks"))?;
    let images = LabelledImages { width, height, pixels, labels, class_names, masks, normalisation };
    images.validate().map_err(unreadable)?;
    Ok(images)
}
