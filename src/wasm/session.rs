//! The visitor's session as JavaScript holds it: lent to one call at a time. What it can be asked stands beside, by the work.

use std::cell::{Cell, RefCell};

use tsify::Ts;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{give, read};
use super::memory::room;
use super::shelf::{PictureFile, rack};
use crate::bytes::json;
use crate::error::{Error, Result};
use crate::session;
use crate::session::{Circumstances, DataSetSettings, Defaults, Report, SessionConfig};
use crate::tensors::device::{DeviceChoice, DeviceReport};

/// What JavaScript gets: a value, or an error that is thrown.
pub(super) type Outcome<T> = std::result::Result<T, JsValue>;

/// One visitor's work: pictures, networks, maps and scores. One call at a time; `cancel` may come at any moment.
#[wasm_bindgen]
pub struct Session {
    // Out while a call is under way, so that a second one is answered instead of trapping.
    pub(super) core: RefCell<Option<session::Session>>,
    pub(super) cancelled: Cell<bool>,
}

impl Session {
    /// Lends the session to one call.
    pub(super) async fn lend<T>(&self, job: impl AsyncFnOnce(&mut session::Session) -> Result<T>) -> Outcome<T> {
        let mut core = self.core.borrow_mut().take().ok_or_else(busy)?;
        core.set_room(Some(room()));
        let result = job(&mut core).await.and_then(|value| core.check_pictures().map(|()| value));
        if self.cancelled.take() {
            core.cancel();
        }
        self.core.replace(Some(core));
        Ok(result?)
    }

    pub(super) fn with<T>(&self, job: impl FnOnce(&mut session::Session) -> Result<T>) -> Outcome<T> {
        let mut core = self.core.borrow_mut();
        let core = core.as_mut().ok_or_else(busy)?;
        let value = job(core)?;
        core.check_pictures()?;
        Ok(value)
    }

    /// As [`with`](Self::with), for a call that plans what is to be allocated.
    pub(super) fn with_room<T>(&self, job: impl FnOnce(&mut session::Session) -> Result<T>) -> Outcome<T> {
        self.with(|core| {
            core.set_room(Some(room()));
            job(core)
        })
    }
}

pub(super) fn busy() -> Error {
    Error::NotReady { needed: "Wait until the call that is under way has ended".to_owned() }
}

#[wasm_bindgen]
impl Session {
    /// Opens the device that is asked for; `auto` tries both first, which takes some seconds.
    pub async fn create(choice: Ts<DeviceChoice>) -> Outcome<Session> {
        let core = session::Session::create(read("device", &choice)?).await?;
        Ok(Self { core: RefCell::new(Some(core)), cancelled: Cell::new(false) })
    }

    /// The shipped settings.
    pub fn defaults() -> Outcome<Ts<Defaults>> {
        Ok(give(&Defaults::default())?)
    }

    /// The known data sets, each with the settings that go with it.
    #[wasm_bindgen(js_name = dataSets)]
    pub fn data_sets() -> Outcome<Vec<Ts<DataSetSettings>>> {
        Ok(DataSetSettings::all().iter().map(give).collect::<Result<_>>()?)
    }

    /// Settings out of a JSON file, those that it leaves out as they are shipped: the same file as the command line's, or a
    /// report, whose run can then be repeated.
    #[wasm_bindgen(js_name = readConfig)]
    pub fn read_config(&self, text: &str) -> Outcome<Ts<SessionConfig>> {
        self.with(|_| {
            let changes = json::read(text.as_bytes()).map_err(|error| Error::config("file", error.to_string()))?;
            give(&SessionConfig::of_document(&changes)?)
        })
    }

    /// The document of this session: settings, digests, logs, maps and scores.
    pub fn report(&self, circumstances: Ts<Circumstances>) -> Outcome<Ts<Report>> {
        self.with(|core| give(&core.report(read("circumstances", &circumstances)?)))
    }

    /// The device that makes the numbers.
    pub fn device(&self) -> Outcome<Ts<DeviceReport>> {
        self.with(|core| give(core.device()))
    }

    /// Makes the next piece of a trial of both devices; says whether there are more. Not calling it pauses the trial.
    #[wasm_bindgen(js_name = advanceTrial)]
    pub async fn advance_trial(&self) -> Outcome<bool> {
        self.lend(async |core| core.advance_trial().await).await
    }

    /// Goes on with another device; data, networks and results go along.
    #[wasm_bindgen(js_name = moveTo)]
    pub async fn move_to(&self, choice: Ts<DeviceChoice>) -> Outcome<Ts<DeviceReport>> {
        self.lend(async |core| give(core.move_to(read("device", &choice)?).await?)).await
    }

    /// Makes the next piece of a small run that compiles the kernels of the shipped recipe; says whether there are more.
    #[wasm_bindgen(js_name = advancePreparation)]
    pub async fn advance_preparation(&self) -> Outcome<bool> {
        self.lend(async |core| core.advance_preparation().await).await
    }

    /// Everything that the session holds between two jobs, with `data` the pictures, too.
    pub fn pack(&self, data: bool) -> Outcome<js_sys::Uint8Array> {
        self.with(|core| Ok(js_sys::Uint8Array::from(core.pack(data)?.as_slice())))
    }

    /// Takes over what another session packed, and the file in which its pictures lie, where they do; pictures that were
    /// not packed have to be chosen beforehand.
    pub async fn unpack(&self, bytes: &[u8], file: Option<PictureFile>) -> Outcome<()> {
        self.with(|core| core.unpack_on(rack(file), bytes))
    }

    /// Ends the run; the networks from before it are kept.
    pub fn cancel(&self) {
        match self.core.borrow_mut().as_mut() {
            Some(core) => core.cancel(),
            None => self.cancelled.set(true),
        }
    }
}
