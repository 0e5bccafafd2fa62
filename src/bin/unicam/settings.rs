//! Settings from a file and from flags, the later over the earlier.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use unicam::bytes;
use unicam::distillation::Start;
use unicam::session::{Circumstances, DataSource, FORMAT, Origin, SessionConfig, StartReport, WeightSource, lay_over};

use crate::arguments::{Inputs, Stages, Steps};
use crate::failure::{Failure, Outcome};
use crate::files;

/// The settings of a command, before anything was opened.
#[derive(Debug, Clone)]
pub struct Settings {
    changes: Value,
}

impl Settings {
    /// Those of the configuration file, if one is named; the file names in it are taken from the file's own folder.
    pub fn read(file: Option<&Path>) -> Outcome<Self> {
        let Some(path) = file else { return Ok(Self { changes: json!({}) }) };
        let text = files::read(path)?;
        let mut value: Value = bytes::json::read(&text)
            .map_err(|error| Failure::Unreadable(format!("{} is no JSON: {error}.", path.display())))?;
        if value.get("format").and_then(Value::as_str) == Some(FORMAT) {
            value = value.get_mut("config").map(Value::take).unwrap_or_default();
        }
        if !value.is_object() {
            return Err(Failure::Usage(format!("{} must hold a JSON object with settings.", path.display())));
        }
        let folder = path.canonicalize().ok().and_then(|path| path.parent().map(Path::to_owned)).unwrap_or_default();
        if let Some(names) = value.get_mut("files") {
            place_names(names, &folder);
        }
        Ok(Self { changes: value })
    }

    /// Puts the flags over them.
    pub fn take_inputs(&mut self, inputs: &Inputs) -> Outcome<()> {
        if let Some(name) = &inputs.data_set {
            self.set(json!({ "images": { "dataSet": name } }));
        }
        if inputs.data == ["scenes"] {
            self.set(json!({ "dataSource": "scenes" }));
        } else if !inputs.data.is_empty() {
            let paths: Vec<String> = inputs.data.iter().map(|path| absolute(path)).collect::<Outcome<_>>()?;
            self.set(json!({ "dataSource": "images", "files": { "data": paths } }));
        }
        match inputs.teacher.as_deref() {
            None => {}
            Some("train") => self.set(json!({ "teacherSource": "trained", "files": { "teacher": null } })),
            Some("shipped") => self.set(json!({ "teacherSource": "shipped", "files": { "teacher": null } })),
            Some(path) => self.set(json!({ "teacherSource": "file", "files": { "teacher": absolute(path)? } })),
        }
        if let Some(size) = inputs.size {
            self.set(json!({ "images": { "size": size } }));
        }
        if let Some(fit) = &inputs.fit {
            self.set(json!({ "images": { "fit": fit } }));
        }
        if let Some(level) = inputs.class_level {
            self.set(json!({ "images": { "classLevel": level } }));
        }
        if let Some(name) = &inputs.normalisation {
            self.set(json!({ "normalisation": name }));
        }
        if let Some(seed) = inputs.seed {
            let optimiser = json!({ "optimiser": { "seed": seed } });
            self.set(json!({ "teacher": optimiser, "distillation": optimiser, "reference": { "seed": seed } }));
        }
        inputs.settings.iter().try_for_each(|text| self.assign(text))
    }

    /// Puts the flags of a training over them.
    pub fn take_steps(&mut self, steps: &Steps) -> Outcome<()> {
        if let Some(count) = steps.steps {
            self.set(json!({ "distillation": { "optimiser": { "steps": count } } }));
        }
        match steps.start.as_deref() {
            None => {}
            Some("random") => self.set(json!({ "distillation": { "start": "random" }, "files": { "start": null } })),
            Some(path) => {
                self.set(json!({ "distillation": { "start": "given" }, "files": { "start": absolute(path)? } }));
            }
        }
        if let Some(path) = &steps.teacher_start {
            let files = json!({ "teacher": null, "teacherStart": absolute(path)? });
            self.set(json!({ "teacherSource": "trained", "files": files }));
        }
        Ok(())
    }

    /// Puts the choice of layers and objective over them.
    pub fn take_stages(&mut self, stages: &Stages) {
        if !stages.layers.is_empty() {
            self.set(json!({ "maps": { "layers": stages.layers } }));
        }
        if let Some(objective) = &stages.objective {
            self.set(json!({ "maps": { "objective": objective } }));
        }
    }

    /// Sets the number of reference images.
    pub fn take_images(&mut self, images: Option<usize>) {
        if let Some(images) = images {
            self.set(json!({ "reference": { "images": images } }));
        }
    }

    /// The whole configuration, with what follows from the files decided: where the Teacher comes from, of which shape one is
    /// that is trained further, and whether the Student starts from weights that are at hand. Every rule is checked, so that
    /// no run ends late at one.
    pub fn finish(self) -> Outcome<SessionConfig> {
        let mut config = SessionConfig::with(&self.changes)?;
        let scenes = config.data_source == DataSource::Scenes;
        let source = config.teacher_source.unwrap_or(match (&config.files.teacher, &config.files.teacher_start) {
            (Some(_), _) => WeightSource::File,
            (None, None) if scenes => WeightSource::Shipped,
            (None, _) => WeightSource::Trained,
        });
        config.teacher_source = Some(source);
        if let (WeightSource::Trained, Some(checkpoint)) = (source, &config.files.teacher_start) {
            config.teacher.start = Start::Given;
            if self.changes.pointer("/teacher/network").is_none() {
                config.teacher.network = StartReport::of_file(&files::read(Path::new(checkpoint))?)?.network;
            }
        }
        let shipped_start = source == WeightSource::Shipped;
        let wished = self.changes.pointer("/distillation/start").is_some();
        if config.files.start.is_none() && !shipped_start && !wished {
            config.distillation.start = Start::Random;
        }
        config.validate()?;
        Ok(config)
    }

    fn set(&mut self, change: Value) {
        lay_over(&mut self.changes, &change);
    }

    /// One `path.to.setting=value`; what is no JSON is text.
    fn assign(&mut self, text: &str) -> Outcome<()> {
        let (path, value) =
            text.split_once('=').ok_or_else(|| Failure::Usage(format!("--set wants PATH=VALUE and got {text}.")))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        let change =
            path.rsplit('.').fold(value, |inner, key| Value::Object(Map::from_iter([(key.to_owned(), inner)])));
        self.set(change);
        Ok(())
    }
}

/// What only the command line knows of a session.
pub fn circumstances(config: &SessionConfig) -> Circumstances {
    Circumstances {
        origin: Origin::CommandLine { arguments: std::env::args().skip(1).collect() },
        created_at: humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string(),
        files: config.files.clone(),
    }
}

fn absolute(path: &str) -> Outcome<String> {
    let full = Path::new(path).canonicalize().map_err(|error| Failure::unreadable(Path::new(path), &error))?;
    Ok(full.to_string_lossy().into_owned())
}

fn place_names(names: &mut Value, folder: &Path) {
    let place = |value: &mut Value| {
        if let Some(text) = value.as_str() {
            *value = Value::from(PathBuf::from(folder).join(text).to_string_lossy().into_owned());
        }
    };
    if let Value::Object(entries) = names {
        for value in entries.values_mut() {
            match value {
                Value::Array(list) => list.iter_mut().for_each(place),
                value => place(value),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(flags: &[&str]) -> SessionConfig {
        let mut settings = Settings::read(None).expect("no file");
        for flag in flags {
            settings.assign(flag).expect("a path and a value");
        }
        settings.finish().expect("known fields")
    }

    #[test]
    fn flags_reach_any_setting() {
        let config = with(&["distillation.optimiser.steps=9", "maps.objective=unique", "maps.layers=[2]"]);
        assert_eq!(config.distillation.optimiser.steps, 9);
        assert_eq!(config.maps.layers, [2]);
        assert_eq!(config.maps.objective, unicam::attribution::Objective::Unique);
    }

    #[test]
    fn the_teacher_and_the_start_follow_from_what_is_there() {
        let scenes = with(&[]);
        assert_eq!((scenes.teacher_source, scenes.distillation.start), (Some(WeightSource::Shipped), Start::Given));
        let images = with(&["dataSource=images"]);
        assert_eq!((images.teacher_source, images.distillation.start), (Some(WeightSource::Trained), Start::Random));
        let wished = with(&["dataSource=images", "distillation.start=given"]);
        assert_eq!(wished.distillation.start, Start::Given);
        let file = with(&["files.teacher=t.th"]);
        assert_eq!((file.teacher_source, file.distillation.start), (Some(WeightSource::File), Start::Random));
    }

    #[test]
    fn names_in_a_file_are_taken_from_its_folder() {
        let mut names = json!({ "data": ["a", "/b"], "teacher": "c.th", "start": null });
        place_names(&mut names, Path::new("/x"));
        assert_eq!(names, json!({ "data": ["/x/a", "/b"], "teacher": "/x/c.th", "start": null }));
    }
}
