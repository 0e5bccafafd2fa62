//! What the Student's loss is made of.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// One way to learn from the Teacher, with its own settings. Formulas and sources: [`super::losses`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Loss {
    /// `T^2 * KL` of the softened answers (Hinton et al. 2015).
    Response {
        /// Softening of both distributions, 0.1 to 100; 4 is usual.
        temperature: f64,
    },
    /// `T^2 * MSE` of the softened answers (Adhane et al. 2025).
    SoftenedError {
        /// Softening of both distributions, 0.1 to 100; 20 is usual.
        temperature: f64,
    },
    /// Attention maps of all stages (Zagoruyko and Komodakis 2017).
    Attention {},
    /// Features of one stage through a regressor (Romero et al. 2015).
    Hint {
        /// The Student's stage, counted from 1; 2 is usual.
        layer: usize,
    },
    /// Features before the ReLU of all stages through connectors (Heo et al. 2019).
    Overhaul {},
    /// Class activation maps of the last stage (Guo et al. 2023); only between networks that classify by one linear
    /// layer over the mean of that stage.
    ClassAttention {
        /// Side to which the maps are pooled, 1 to 64; 2 is usual.
        resolution: usize,
    },
    /// True class and other classes apart (Zhao et al. 2022).
    Decoupled {
        /// Weight of the true class's part, 0 to 100; 1 is usual.
        alpha: f64,
        /// Weight of the other classes' part, 0 to 100; 8 is usual.
        beta: f64,
        /// Softening of both distributions, 0.1 to 100; 4 is usual.
        temperature: f64,
    },
}

impl Loss {
    /// The `kind` as it stands in a config, which is also its name in reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Response { .. } => "response",
            Self::SoftenedError { .. } => "softenedError",
            Self::Attention {} => "attention",
            Self::Hint { .. } => "hint",
            Self::Overhaul {} => "overhaul",
            Self::ClassAttention { .. } => "classAttention",
            Self::Decoupled { .. } => "decoupled",
        }
    }

    /// The first rule that is broken: field and problem.
    fn broken_rule(&self) -> Option<(&'static str, String)> {
        let within = |field, value: f64, low: f64, high: f64| {
            (!(low..=high).contains(&value)).then(|| (field, format!("must lie between {low} and {high}, is {value}")))
        };
        match *self {
            Self::Response { temperature } | Self::SoftenedError { temperature } => {
                within("temperature", temperature, 0.1, 100.0)
            }
            Self::Attention {} | Self::Overhaul {} => None,
            Self::Hint { layer } => (layer == 0).then(|| ("layer", "must be at least 1, is 0".to_owned())),
            Self::ClassAttention { resolution } => within("resolution", resolution as f64, 1.0, 64.0),
            Self::Decoupled { alpha, beta, temperature } => within("alpha", alpha, 0.0, 100.0)
                .or_else(|| within("beta", beta, 0.0, 100.0))
                .or_else(|| (alpha + beta <= 0.0).then(|| ("alpha", "must not be 0 together with beta".to_owned())))
                .or_else(|| within("temperature", temperature, 0.1, 100.0)),
        }
    }
}

/// A loss and what it counts for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct LossTerm {
    /// Factor on the loss, 0 to 10,000.
    pub weight: f64,
    /// The loss.
    pub loss: Loss,
}

impl LossTerm {
    /// Every loss with the settings and the weight that its field usually gives it.
    #[must_use]
    pub fn usual() -> [Self; 7] {
        let term = |weight, loss| Self { weight, loss };
        [
            term(0.9, Loss::Response { temperature: 4.0 }),
            term(0.3, Loss::SoftenedError { temperature: 20.0 }),
            term(1000.0, Loss::Attention {}),
            term(100.0, Loss::Hint { layer: 2 }),
            term(0.001, Loss::Overhaul {}),
            term(400.0, Loss::ClassAttention { resolution: 2 }),
            term(1.0, Loss::Decoupled { alpha: 1.0, beta: 8.0, temperature: 4.0 }),
        ]
    }
}

/// Checks every rule of a weighted sum of cross-entropy (`alpha`) and `terms`.
///
/// # Errors
/// [`Error::InvalidConfig`] naming the field, e.g. `terms[0].temperature`.
pub(super) fn validate(alpha: f64, terms: &[LossTerm]) -> Result<()> {
    if !(0.0..=100.0).contains(&alpha) {
        return Err(Error::config("alpha", format!("must lie between 0 and 100, is {alpha}")));
    }
    for (place, LossTerm { weight, loss }) in terms.iter().enumerate() {
        if !(0.0..=10_000.0).contains(weight) {
            let field = format!("terms[{place}].weight");
            return Err(Error::config(&field, format!("must lie between 0 and 10,000, is {weight}")));
        }
        if let Some((field, problem)) = loss.broken_rule() {
            return Err(Error::config(&format!("terms[{place}].{field}"), problem));
        }
    }
    if alpha + terms.iter().map(|term| term.weight).sum::<f64>() <= 0.0 {
        return Err(Error::config("alpha", "must not be 0 together with every weight: nothing would be learnt"));
    }
    Ok(())
}

/// Names of the terms in reports: a second one of a kind is numbered.
#[must_use]
pub(super) fn term_names(terms: &[LossTerm]) -> Vec<String> {
    let name = |place: usize| terms[place].loss.name();
    (0..terms.len())
        .map(|place| match (0..place).filter(|&former| name(former) == name(place)).count() {
            0 => name(place).to_owned(),
            former => format!("{} {}", name(place), former + 1),
        })
        .collect()
}
