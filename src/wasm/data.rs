//! Pictures, as JavaScript hands them over.

use tsify::Ts;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{give, read};
use super::picture::{Picture, picture};
use super::session::{Outcome, Session};
use super::shelf::{PictureFile, rack};
use crate::dataset::collect::{FileReport, FilesRead, ImagesConfig};
use crate::dataset::scenes::ScenesConfig;
use crate::session::{DatasetReport, Part};

#[wasm_bindgen]
impl Session {
    /// Renders the built-in Scenes and takes them as the data.
    #[wasm_bindgen(js_name = useScenes)]
    pub async fn use_scenes(&self, config: Ts<ScenesConfig>) -> Outcome<Ts<DatasetReport>> {
        self.with(|core| give(&core.use_scenes(&read("scenes", &config)?)?))
    }

    /// Begins to collect the user's files; their pictures go into the file where one is given, and else stay in memory.
    #[wasm_bindgen(js_name = beginImages)]
    pub fn begin_images(&self, config: Ts<ImagesConfig>, file: Option<PictureFile>) -> Outcome<()> {
        self.with(|core| core.begin_images_on(rack(file), read("images", &config)?))
    }

    /// Forgets the files that were collected since `beginImages`; the data stay as they were.
    #[wasm_bindgen(js_name = forgetImages)]
    pub fn forget_images(&self) -> Outcome<()> {
        self.with(|core| {
            core.forget_images();
            Ok(())
        })
    }

    /// Name of the file in which the data's pictures lie, where they do.
    pub fn shelf(&self) -> Outcome<Option<String>> {
        self.with(|core| Ok(core.shelf().map(|rack| rack.name().to_owned())))
    }

    /// Adds a picture or an archive: one row a picture.
    #[wasm_bindgen(js_name = addFile)]
    pub fn add_file(&self, path: &str, bytes: &[u8]) -> Outcome<Vec<Ts<FileReport>>> {
        self.with(|core| core.add_file(path, bytes)?.iter().map(give).collect())
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

    /// Takes the collected pictures as the data.
    #[wasm_bindgen(js_name = finishImages)]
    pub fn finish_images(&self) -> Outcome<Ts<DatasetReport>> {
        self.with(|core| give(&core.finish_images()?))
    }

    /// One picture of the data.
    pub fn picture(&self, split: Ts<Part>, index: usize) -> Outcome<Picture> {
        self.with(|core| picture(core.part(read("split", &split)?)?, index))
    }
}
