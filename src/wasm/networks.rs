//! Networks, as JavaScript hands them over and takes them along.

use tsify::Ts;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{give, read};
use super::session::{Outcome, Session};
use crate::dataset::normalisation::Normalisation;
use crate::session::{NetworkReport, Role, ShippedPair, StartReport, TeacherReading};

#[wasm_bindgen]
impl Session {
    /// Takes a Teacher from a safetensors file or a PyTorch checkpoint, read as it is wished.
    #[wasm_bindgen(js_name = loadTeacher)]
    pub async fn load_teacher(&self, bytes: &[u8], reading: Ts<TeacherReading>) -> Outcome<Ts<NetworkReport>> {
        self.lend(async |core| give(&core.load_teacher_as(bytes, &read("teacherReading", &reading)?).await?)).await
    }

    /// Describes the Teacher that is there and tests it on the present pictures; how it came about is kept.
    #[wasm_bindgen(js_name = describeTeacher)]
    pub async fn describe_teacher(&self) -> Outcome<Ts<NetworkReport>> {
        self.lend(async |core| give(&core.describe_teacher().await?)).await
    }

    /// Prepares pictures for networks in another way; the Teacher, if there is one, measured anew.
    #[wasm_bindgen(js_name = useNormalisation)]
    pub async fn use_normalisation(&self, normalisation: Ts<Normalisation>) -> Outcome<Option<Ts<NetworkReport>>> {
        self.lend(async |core| {
            let normalisation = read("normalisation", &normalisation)?;
            core.use_normalisation(normalisation).await?.as_ref().map(give).transpose()
        })
        .await
    }

    /// Takes first weights for the Student and its Base.
    #[wasm_bindgen(js_name = loadStudentStart)]
    pub async fn load_student_start(&self, bytes: &[u8]) -> Outcome<Ts<NetworkReport>> {
        self.lend(async |core| give(&core.load_student_start(bytes).await?)).await
    }

    /// Takes weights for a Teacher's training to begin with.
    #[wasm_bindgen(js_name = loadTeacherStart)]
    pub fn load_teacher_start(&self, bytes: &[u8]) -> Outcome<Ts<StartReport>> {
        self.with(|core| give(&core.load_teacher_start(bytes)?))
    }

    /// Takes a Student and its Base that were exported before, or trained elsewhere.
    #[wasm_bindgen(js_name = loadStudents)]
    pub async fn load_students(&self, student: &[u8], base: &[u8]) -> Outcome<Vec<Ts<NetworkReport>>> {
        self.lend(async |core| core.load_students(student, base).await?.iter().map(give).collect()).await
    }

    /// Names of the weight files that are shipped for the chosen data and that this engine still has to be handed: they
    /// lie in `weights` beside it.
    #[wasm_bindgen(js_name = missingWeights)]
    pub fn missing_weights(&self) -> Outcome<Vec<String>> {
        self.with(|core| core.missing_weights())
    }

    /// Takes the bytes of such a file.
    #[wasm_bindgen(js_name = takeWeights)]
    pub fn take_weights(&self, file: &str, bytes: &[u8]) -> Outcome<()> {
        self.with(|core| core.take_weights(file, bytes))
    }

    /// Takes the Teacher and the Student's first weights that are shipped for the Scenes or for the classes of a known data set.
    #[wasm_bindgen(js_name = useShippedTeacher)]
    pub async fn use_shipped_teacher(&self) -> Outcome<Ts<NetworkReport>> {
        self.lend(async |core| give(&core.use_shipped_teacher().await?)).await
    }

    /// Takes a Student and its Base that were distilled beforehand, with their Teacher.
    #[wasm_bindgen(js_name = useShippedStudents)]
    pub async fn use_shipped_students(&self) -> Outcome<Ts<ShippedPair>> {
        self.lend(async |core| give(&core.use_shipped_students().await?)).await
    }

    /// Weights as safetensors.
    #[wasm_bindgen(js_name = exportWeights)]
    pub async fn export_weights(&self, model: Ts<Role>) -> Outcome<js_sys::Uint8Array> {
        self.with(|core| Ok(js_sys::Uint8Array::from(core.export_weights(read("model", &model)?)?.as_slice())))
    }
}
