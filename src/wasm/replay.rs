//! Bundles out of the session, and their replay.

use std::cell::RefCell;

use tsify::Ts;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{give, read};
use super::session::{Outcome, Session, busy};
use super::shelf::{PictureFile, rack};
use crate::dataset::collect::FilesRead;
use crate::session::{self, BundleSummary, Circumstances, DatasetReport, ReplayEvent, ReplayOptions, scores_table};

#[wasm_bindgen]
impl Session {
    /// The run in one zip, for a reviewer; the maps are drawn again for it.
    pub async fn bundle(&self, circumstances: Ts<Circumstances>) -> Outcome<js_sys::Uint8Array> {
        self.lend(async |core| {
            let bytes = core.bundle(read("circumstances", &circumstances)?).await?;
            Ok(js_sys::Uint8Array::from(bytes.as_slice()))
        })
        .await
    }

    /// Reads a bundle, to be replayed on this session's device; the session stays as it is.
    #[wasm_bindgen(js_name = openReplay)]
    pub fn open_replay(&self, bytes: &[u8]) -> Outcome<Replay> {
        self.with(|core| Ok(Replay { core: RefCell::new(Some(core.open_replay(bytes)?)) }))
    }

    /// The scores that were computed last as comma-separated values; `undefined` before there are any.
    #[wasm_bindgen(js_name = scoresTable)]
    pub fn scores_table(&self) -> Outcome<Option<String>> {
        self.with(|core| Ok(core.scores().map(scores_table)))
    }
}

/// A bundle that is computed again in a session of its own. One call at a time; call `free` to be rid of it.
#[wasm_bindgen]
pub struct Replay {
    // Out while a step is under way, as in the session.
    core: RefCell<Option<session::Replay>>,
}

impl Replay {
    fn with<T>(&self, job: impl FnOnce(&mut session::Replay) -> crate::error::Result<T>) -> Outcome<T> {
        let mut core = self.core.borrow_mut();
        Ok(job(core.as_mut().ok_or_else(busy)?)?)
    }
}

#[wasm_bindgen]
impl Replay {
    /// What the bundle is.
    pub fn summary(&self) -> Outcome<Ts<BundleSummary>> {
        self.with(|core| give(core.summary()))
    }

    /// Begins to collect the files of the bundle's pictures, with the bundle's settings; the pictures go into the file where
    /// one is given, and else stay in memory.
    #[wasm_bindgen(js_name = beginImages)]
    pub fn begin_images(&self, file: Option<PictureFile>) -> Outcome<()> {
        self.with(|core| core.begin_images_on(rack(file)))
    }

    /// Opens a picture or an archive to be read by `readFiles` bit by bit.
    #[wasm_bindgen(js_name = openFile)]
    pub fn open_file(&self, path: &str, bytes: Vec<u8>) -> Outcome<()> {
        self.with(|core| core.open_file(path, bytes))
    }

    /// Reads up to `files` more files of the open one.
    #[wasm_bindgen(js_name = readFiles)]
    pub fn read_files(&self, files: usize) -> Outcome<Ts<FilesRead>> {
        self.with(|core| give(&core.read_files(files)?))
    }

    /// Takes the collected pictures, if they are the bundle's.
    #[wasm_bindgen(js_name = finishImages)]
    pub fn finish_images(&self) -> Outcome<Ts<DatasetReport>> {
        self.with(|core| give(&core.finish_images()?))
    }

    /// Begins; what was compared before is forgotten.
    pub fn start(&self, options: Ts<ReplayOptions>) -> Outcome<()> {
        self.with(|core| core.start(read("replay", &options)?))
    }

    /// Makes the next step; `undefined` when none is under way. Not calling it pauses the replay.
    pub async fn next(&self) -> Outcome<Option<Ts<ReplayEvent>>> {
        let mut core = self.core.borrow_mut().take().ok_or_else(busy)?;
        let event = core.next().await;
        self.core.replace(Some(core));
        Ok(event?.as_ref().map(give).transpose()?)
    }
}
