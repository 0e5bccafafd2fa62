//! `unicam check`: faithfulness, sanity and the spread over batches, layer by layer.

use pollster::block_on;
use unicam::session::{FaithfulnessConfig, MapKind};

use crate::check_tables::tables;
use crate::failure::Outcome;
use crate::files;
use crate::looking::Looking;
use crate::output::{Output, Progress};
use crate::settings::circumstances;

impl Looking {
    /// Puts the maps and scores of the wished layers to the test and writes `checks.json`; with `lenient`, a check that
    /// fails is noted and the others go on.
    pub fn check(&mut self, lenient: bool, output: &Output) -> Outcome<()> {
        for layer in self.layers() {
            self.faithfulness(layer, lenient, output)?;
            self.sanity(layer, lenient, output)?;
            self.spreads(layer, lenient, output)?;
        }
        self.session.check_pictures()?;
        let checks = self.session.report(circumstances(&self.config)).checks;
        files::write_json(&self.folder.file("checks.json"), &checks)?;
        output.print(&tables(&checks));
        output.emit(&checks);
        Ok(())
    }

    /// One kind of map after the other, so that the bar moves.
    fn faithfulness(&mut self, layer: usize, lenient: bool, output: &Output) -> Outcome<()> {
        let whole = self.config.checks.faithfulness(self.config.reference, layer, self.config.maps.objective);
        let mut bar = output.bar(&format!("Faithfulness, layer {layer}"), "map", MapKind::ALL.len());
        for (done, kind) in MapKind::ALL.into_iter().enumerate() {
            let config = FaithfulnessConfig { maps: vec![kind], ..whole.clone() };
            if let Err(error) = block_on(self.session.faithfulness(&config)) {
                bar.end();
                return self.forgive(&format!("faithfulness of layer {layer}"), error, lenient, output);
            }
            bar.at(done + 1);
        }
        bar.end();
        Ok(())
    }

    fn sanity(&mut self, layer: usize, lenient: bool, output: &Output) -> Outcome<()> {
        let config = self.config.checks.sanity(self.config.reference, layer, self.config.maps.objective);
        let mut bar = output.bar(&format!("Sanity, layer {layer}"), "layer", 1);
        let outcome = block_on(self.session.sanity(&config));
        bar.at(1);
        bar.end();
        match outcome {
            Ok(_) => Ok(()),
            Err(error) => self.forgive(&format!("sanity checks of layer {layer}"), error, lenient, output),
        }
    }

    /// Of the first pictures of the reference batch.
    fn spreads(&mut self, layer: usize, lenient: bool, output: &Output) -> Outcome<()> {
        let wished = self.config.checks.spread_images * self.config.checks.spread_maps.len();
        if wished == 0 {
            return Ok(());
        }
        let mut bar = output.bar(&format!("Spread, layer {layer}"), "map", wished);
        let outcome = self.draw_spreads(layer, &mut bar);
        bar.end();
        match outcome {
            Ok(()) => Ok(()),
            Err(error) => self.forgive(&format!("spread of layer {layer}"), error, lenient, output),
        }
    }

    fn draw_spreads(&mut self, layer: usize, bar: &mut Progress) -> unicam::Result<()> {
        let settings = &self.config.checks;
        let (reference, objective) = (self.config.reference, self.config.maps.objective);
        let mut done = 0;
        for image in self.session.reference_batch(&reference)?.into_iter().take(settings.spread_images) {
            for &map in &settings.spread_maps {
                let config = settings.spread(reference, layer, objective, (image, map));
                block_on(self.session.explain_spread(&config))?;
                done += 1;
                bar.at(done);
            }
        }
        Ok(())
    }
}
