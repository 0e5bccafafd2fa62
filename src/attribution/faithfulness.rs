//! What a map is worth to the network that it explains: how the confidence falls when the map's pixels are taken away.
//!
//! Takes confidences of pictures with ROAD's imputation ([`super::road`]), gives means over the pictures.

use serde::{Deserialize, Serialize};

use super::Estimate;

/// Confidences of one picture in the class that the network named for the whole picture, each 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureConfidences {
    /// On the whole picture.
    pub whole: f64,
    /// With a growing share of the most relevant pixels imputed.
    pub most_relevant_first: Vec<f64>,
    /// With a growing share of the least relevant pixels imputed.
    pub least_relevant_first: Vec<f64>,
    /// With all but the map's top part imputed.
    pub top_kept: f64,
}

/// Faithfulness of the maps of one kind over several pictures; every confidence is a probability, 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub struct Faithfulness {
    /// Confidence on the whole pictures.
    pub whole: Estimate,
    /// Confidence with each share of the most relevant pixels imputed (MoRF): falls quickly for a faithful map.
    pub most_relevant_first: Vec<Estimate>,
    /// Confidence with each share of the least relevant pixels imputed (LeRF): stands long for a faithful map.
    pub least_relevant_first: Vec<Estimate>,
    /// Mean over the shares of (LeRF - MoRF) / 2, -0.5 to 0.5: above 0 the map tells what matters from what does not, 0 is
    /// what a map of noise has.
    pub combined: Estimate,
    /// Share of the confidence that is lost when only the map's top part is kept, 0 to 1; a gain counts as no loss. Lower is
    /// better. Source: Chattopadhay et al., "Grad-CAM++", WACV 2018, section 4.1.1, with imputation in place of black.
    pub average_drop: Estimate,
    /// Share of the pictures whose confidence rises when only the map's top part is kept, 0 to 1. Higher is better. Same
    /// source.
    pub increase: Estimate,
}

impl Faithfulness {
    /// Means over pictures; nothing when there are none.
    ///
    /// # Panics
    /// If the pictures' curves differ in length, or have no points.
    #[must_use]
    pub fn of(pictures: &[PictureConfidences]) -> Option<Self> {
        let over = |value: &dyn Fn(&PictureConfidences) -> f64| {
            Estimate::of(&pictures.iter().map(value).collect::<Vec<f64>>())
        };
        let points = pictures.first()?.most_relevant_first.len();
        assert!(points > 0, "a curve has points");
        let combined = |picture: &PictureConfidences| {
            let pairs = picture.least_relevant_first.iter().zip(&picture.most_relevant_first);
            pairs.map(|(least, most)| (least - most) / 2.0).sum::<f64>() / points as f64
        };
        let drop = |picture: &PictureConfidences| {
            if picture.whole > 0.0 { (picture.whole - picture.top_kept).max(0.0) / picture.whole } else { 0.0 }
        };
        Some(Self {
            whole: over(&|picture| picture.whole)?,
            most_relevant_first: (0..points).filter_map(|k| over(&|picture| picture.most_relevant_first[k])).collect(),
            least_relevant_first: (0..points)
                .filter_map(|k| over(&|picture| picture.least_relevant_first[k]))
                .collect(),
            combined: over(&combined)?,
            average_drop: over(&drop)?,
            increase: over(&|picture| if picture.top_kept > picture.whole { 1.0 } else { 0.0 })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_errors_are_those_of_a_hand_calculation() {
        let picture = |whole, most: [f64; 2], least: [f64; 2], top_kept| PictureConfidences {
            whole,
            most_relevant_first: most.to_vec(),
            least_relevant_first: least.to_vec(),
            top_kept,
        };
        let pictures = [picture(0.8, [0.4, 0.2], [0.8, 0.6], 0.6), picture(0.5, [0.5, 0.1], [0.5, 0.3], 0.7)];
        let scores = Faithfulness::of(&pictures).expect("two pictures");
        let close = |estimate: Estimate, mean: f64, error: f64| {
            let own = estimate.standard_error.expect("two pictures");
            assert!((estimate.mean - mean).abs() < 1e-12 && (own - error).abs() < 1e-12, "{estimate:?}");
            assert_eq!(estimate.n, 2);
        };
        close(scores.whole, 0.65, 0.15);
        close(scores.most_relevant_first[1], 0.15, 0.05);
        close(scores.least_relevant_first[0], 0.65, 0.15);
        // (0.4 + 0.4) / 2 / 2 = 0.2 and (0 + 0.2) / 2 / 2 = 0.05.
        close(scores.combined, 0.125, 0.075);
        // 0.2 / 0.8 = 0.25, and a gain that counts as no loss.
        close(scores.average_drop, 0.125, 0.125);
        close(scores.increase, 0.5, 0.5);
        assert_eq!(Faithfulness::of(&[]), None);
        assert_eq!(Faithfulness::of(&pictures[..1]).expect("one picture").whole.standard_error, None);
    }
}
