//! A session's run as one zip.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::bytes::archive::pack;
use crate::bytes::npy;
use crate::error::Result;
use crate::models::Weights;
use crate::session::devices::work::Work;
use crate::session::maps::explain::{ExplainConfig, explain};
use crate::session::maps::files::Drawing;
use crate::session::networks::model::Model;
use crate::session::networks::role::Role;
use crate::session::record::bundle::manifest::{
    BUNDLE_FORMAT, BUNDLE_VERSION, BundleEntry, BundleManifest, MANIFEST, REPORT, SETTINGS, START, maps_folder,
    platform, weights_path,
};
use crate::session::record::bundle::tables::{accuracies_table, losses_table, scores_table, timeline_table};
use crate::session::record::journal::digest_of_bytes;
use crate::session::record::report::{Circumstances, Report};
use crate::session::state::{Session, not_ready};
use crate::session::training::timeline::Timeline;

/// Images of a layer whose maps are drawn; the arrays have all.
const MAX_DRAWN: usize = 48;
/// Side of a drawn map, pixels, at least.
const DRAWN_SIDE: usize = 96;

/// Files under their paths, each with a sentence that says what it is.
#[derive(Default)]
struct Files {
    contents: BTreeMap<String, Vec<u8>>,
    what: BTreeMap<String, String>,
}

impl Files {
    fn add(&mut self, path: impl Into<String>, what: &str, bytes: Vec<u8>) {
        let path = path.into();
        self.what.insert(path.clone(), what.to_owned());
        self.contents.insert(path, bytes);
    }

    fn entries(&self) -> Vec<BundleEntry> {
        let entry = |(path, bytes): (&String, &Vec<u8>)| BundleEntry {
            path: path.clone(),
            bytes: bytes.len() as u64,
            sha256: digest_of_bytes(bytes),
            what: self.what[path].clone(),
        };
        self.contents.iter().map(entry).collect()
    }
}

impl Session {
    /// The run in one zip: the report, its settings and tables, the networks, the maps of every layer that was drawn, and
    /// the digests of all of it. No picture of the data is in it. The maps are drawn again for it, so it takes as long.
    /// The same session gives the same bytes, but for the time in `circumstances`.
    ///
    /// # Errors
    /// Those of [`check_bundle`](Self::check_bundle) and of [`explain`](Self::explain).
    pub async fn bundle(&mut self, circumstances: Circumstances) -> Result<Vec<u8>> {
        self.check_bundle()?;
        let report = self.report(circumstances);
        let mut files = Files::default();
        add_documents(&report, &mut files);
        self.add_networks(&mut files)?;
        self.add_maps(&report, &mut files).await?;
        let manifest = BundleManifest {
            format: BUNDLE_FORMAT.to_owned(),
            version: BUNDLE_VERSION,
            crate_version: report.crate_version.clone(),
            created_at: report.created_at.clone(),
            platform: platform(),
            entries: files.entries(),
        };
        files.contents.insert(MANIFEST.to_owned(), as_json(&manifest));
        pack(&files.contents)
    }

    /// Checks that the session holds all networks that a [bundle](Self::bundle) of it needs to be computed again: of a run
    /// that was [taken over](Self::take_over) it may have the Student and the Base alone.
    ///
    /// # Errors
    /// [`crate::Error::NotReady`] before there are trained networks, and where those of the report began with a start or
    /// went through assistants that the session does not hold.
    pub fn check_bundle(&self) -> Result<()> {
        self.trio()?;
        if self.journal.began_with_given() && self.began_with.is_none() {
            let digest = self.journal.start.as_ref().map_or("unknown", |start| &start.digest);
            return Err(not_ready(&format!("Give the weights that the Student began with, of the digest {digest},")));
        }
        if self.assistants.len() != self.journal.assistants().len() {
            return Err(not_ready("Give the assistants that the Student was distilled through"));
        }
        Ok(())
    }

    fn add_networks(&self, files: &mut Files) -> Result<()> {
        let named = [
            (Role::Teacher, self.teacher.as_ref(), "The Teacher's weights."),
            (Role::Student, self.student.as_ref(), "The Student's weights."),
            (Role::Base, self.base.as_ref(), "The Base's weights."),
        ];
        for (role, model, what) in named {
            files.add(weights_path(role), what, bare_weights(model.ok_or_else(|| not_ready("Distil a Student"))?)?);
        }
        for (place, model) in self.assistants.iter().enumerate() {
            let path = weights_path(Role::Assistant(place + 1));
            files.add(path, "Weights of a network between Teacher and Student.", bare_weights(model)?);
        }
        if let Some(start) = self.began_with.as_ref().filter(|_| self.journal.began_with_given()) {
            let mut bare = Weights::clone(start);
            bare.metadata.clear();
            files.add(START, "First weights of Student and Base.", bare.to_safetensors(false)?);
        }
        Ok(())
    }

    async fn add_maps(&mut self, report: &Report, files: &mut Files) -> Result<()> {
        let layers = report.student.as_ref().map(|student| student.summary.layers.clone()).unwrap_or_default();
        for maps in &report.maps {
            let Some(place) = layers.iter().position(|layer| *layer == maps.layer) else { continue };
            let config = ExplainConfig {
                class_method: maps.class_method,
                ..ExplainConfig::new(report.batch_of_maps(), place + 1, maps.objective)
            };
            // Nothing is noted: they stand in the report already, and the settings are those of the last work.
            let ExplainConfig { reference, layer, objective, .. } = config;
            self.make_room_for(Work::Look { layer, images: reference.images, objective: Some(objective) });
            let explanation = explain(&self.trio()?, &config, &self.device).await?;
            let folder = maps_folder(&maps.layer);
            for (name, bytes) in explanation.raw_files() {
                let what =
                    "Maps as the method gives them, float32 [images, rows, columns], in the order of the report.";
                files.add(format!("{folder}{name}"), what, bytes);
            }
            let enlarge = DRAWN_SIDE.div_ceil(maps.width.min(maps.height).max(1)) as u32;
            let drawing = Drawing { enlarge, over_image: false };
            for place in 0..maps.n.min(MAX_DRAWN) {
                for (name, bytes) in explanation.drawn_files(&self.data()?.test, place, drawing) {
                    files.add(format!("{folder}{name}"), "A map of one image of the report, in viridis.", bytes);
                }
            }
        }
        Ok(())
    }
}

fn add_documents(report: &Report, files: &mut Files) {
    files.add("README.txt", "How to replay the bundle.", README.as_bytes().to_vec());
    files.add(REPORT, "The whole report: docs/REPORT.md tells its fields.", as_json(report));
    files.add(SETTINGS, "The settings alone, for `unicam --config`.", as_json(&report.config));
    files.add("losses.csv", "Losses of the trainings.", losses_table(report).into_bytes());
    files.add("accuracies.csv", "Accuracies on the test pictures.", accuracies_table(report).into_bytes());
    if let Some(scores) = &report.scores {
        files.add("scores.csv", "FSS and RS of every layer.", scores_table(scores).into_bytes());
    }
    let timeline = report.distillation.as_ref().and_then(|log| log.timeline.as_ref());
    if let Some(timeline) = timeline.filter(|timeline| !timeline.points.is_empty()) {
        files.add("timeline.csv", "Scores on the way.", timeline_table(timeline).into_bytes());
        let what = "Maps on the way, uint8 [points, pictures, distilled and residual, rows, columns].";
        files.add("timeline-maps.npy", what, timeline_maps(timeline));
    }
}

/// The maps of all points in one array.
fn timeline_maps(timeline: &Timeline) -> Vec<u8> {
    let shape = [timeline.points.len(), timeline.pictures.len(), 2, timeline.raw_size.height, timeline.raw_size.width];
    let bytes: Vec<u8> =
        timeline.points.iter().flat_map(|point| STANDARD.decode(&point.maps).expect("written by the watch")).collect();
    npy::encode_bytes(&shape, &bytes)
}

/// As [`Model::export`], without what the network's own file had beside the weights: several keys would come in any order.
fn bare_weights(model: &Model) -> Result<Vec<u8>> {
    let mut bare = model.weights.clone();
    bare.metadata.clear();
    Model::described(model.config, bare).to_safetensors(false)
}

fn as_json<T: Serialize>(value: &T) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("plain data");
    text.push(b'\n');
    text
}

/// What a reviewer reads first.
const README: &str = "\
This is a bundle of UniCAM for the web: a distillation with everything that its numbers come from, but for the pictures.

To compute it again and compare every number, drop this zip on the page, or run

    unicam replay BUNDLE.zip                 the built-in pictures are rendered again
    unicam replay BUNDLE.zip --data FOLDER   pictures of your own: the same files, their digest is compared

bundle.json    every file with its digest (SHA-256)      report.json    settings, seeds, device, logs, scores
settings.json  the settings alone                        *.csv          losses, accuracies, scores, timeline
networks/      Teacher, Student, Base as safetensors     maps/LAYER/    maps as NumPy arrays and as PNG

Fields are explained in docs/REPORT.md, what is compared and how closely in docs/REPLAY.md.
";
