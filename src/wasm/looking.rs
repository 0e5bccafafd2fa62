//! Maps, scores and checks, as JavaScript asks for them.

use tsify::Ts;
use wasm_bindgen::prelude::wasm_bindgen;

use super::convert::{give, read};
use super::results::{Explanation, Matrices, Spread};
use super::session::{Outcome, Session};
use crate::attribution::Summary;
use crate::scores::ScoreReport;
use crate::session::{
    Answers, ExplainConfig, FaithfulnessConfig, FaithfulnessReport, MatricesConfig, SanityConfig, SanityReport,
    ScoreConfig, ScoringEvent, SpreadConfig, SpreadProgress,
};

#[wasm_bindgen]
impl Session {
    /// Maps of one layer over the reference batch.
    pub async fn explain(&self, config: Ts<ExplainConfig>) -> Outcome<Explanation> {
        let inner = self.lend(async |core| core.explain(&read("explain", &config)?).await).await?;
        Ok(Explanation { inner })
    }

    /// Distances of one layer over the reference batch, what a removal leaves of them, and what each pair adds to RS.
    pub async fn matrices(&self, config: Ts<MatricesConfig>) -> Outcome<Matrices> {
        let inner = self.lend(async |core| core.matrices(&read("matrices", &config)?).await).await?;
        Ok(Matrices { inner })
    }

    /// What the three networks answer to every test picture.
    pub async fn answers(&self) -> Outcome<Ts<Answers>> {
        self.lend(async |core| give(&core.answers().await?)).await
    }

    /// Mean and spread of several measurements; `undefined` for none.
    pub fn summary(values: &[f64]) -> Outcome<Option<Ts<Summary>>> {
        Ok(Summary::of(values).as_ref().map(give).transpose()?)
    }

    /// One picture's UniCAM map over several reference batches, in one go.
    #[wasm_bindgen(js_name = explainSpread)]
    pub async fn explain_spread(&self, config: Ts<SpreadConfig>) -> Outcome<Spread> {
        let inner = self.lend(async |core| core.explain_spread(&read("spread", &config)?).await).await?;
        Ok(Spread { inner })
    }

    /// Begins a spread, batch by batch.
    #[wasm_bindgen(js_name = startSpread)]
    pub fn start_spread(&self, config: Ts<SpreadConfig>) -> Outcome<()> {
        self.with_room(|core| core.start_spread(&read("spread", &config)?))
    }

    /// Makes the map in one batch more. Not calling it pauses the spread.
    #[wasm_bindgen(js_name = advanceSpread)]
    pub async fn advance_spread(&self) -> Outcome<Ts<SpreadProgress>> {
        self.lend(async |core| give(&core.advance_spread().await?)).await
    }

    /// Compares the maps of all batches.
    #[wasm_bindgen(js_name = finishSpread)]
    pub async fn finish_spread(&self) -> Outcome<Spread> {
        Ok(Spread { inner: self.lend(async |core| core.finish_spread().await).await? })
    }

    /// Ends the spread under way.
    #[wasm_bindgen(js_name = cancelSpread)]
    pub fn cancel_spread(&self) -> Outcome<()> {
        self.with(|core| {
            core.cancel_spread();
            Ok(())
        })
    }

    /// How faithful the maps are to their networks; ask for one kind of map after the other to show progress.
    pub async fn faithfulness(&self, config: Ts<FaithfulnessConfig>) -> Outcome<Ts<FaithfulnessReport>> {
        self.lend(async |core| give(&core.faithfulness(&read("faithfulness", &config)?).await?)).await
    }

    /// Whether maps and scores fall apart under random weights and shuffled labels.
    pub async fn sanity(&self, config: Ts<SanityConfig>) -> Outcome<Ts<SanityReport>> {
        self.lend(async |core| give(&core.sanity(&read("sanity", &config)?).await?)).await
    }

    /// FSS and RS of every layer over the reference batch, in one go.
    pub async fn score(&self, config: Ts<ScoreConfig>) -> Outcome<Ts<ScoreReport>> {
        self.lend(async |core| give(&core.score(&read("scores", &config)?).await?)).await
    }

    /// Begins to score every layer over the reference batch, step by step.
    #[wasm_bindgen(js_name = startScoring)]
    pub fn start_scoring(&self, config: Ts<ScoreConfig>) -> Outcome<()> {
        self.with_room(|core| core.start_scoring(&read("scores", &config)?))
    }

    /// Makes the next step of the score; `undefined` when none is under way. Not calling it pauses the score.
    #[wasm_bindgen(js_name = nextScores)]
    pub async fn next_scores(&self) -> Outcome<Option<Ts<ScoringEvent>>> {
        self.lend(async |core| core.next_scores().await?.as_ref().map(give).transpose()).await
    }

    /// Ends the score under way.
    #[wasm_bindgen(js_name = cancelScoring)]
    pub fn cancel_scoring(&self) -> Outcome<()> {
        self.with(|core| {
            core.cancel_scoring();
            Ok(())
        })
    }
}
