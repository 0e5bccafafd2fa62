//! `unicam evidence`: every run that the claims are judged by, and the document of what came of it.
//!
//! A run is what `unicam report` does, in a folder of its own; its record is kept, so that a second start does only what is
//! missing, and the document, its figures and the numbers that the web page shows can be written again without running
//! anything.

mod base_record;
mod claims;
mod course;
mod coverage;
mod document;
mod figures;
mod gaps;
mod judging;
mod opening;
mod page_data;
mod paired;
mod plan;
mod record;
mod studies;
mod tables;
mod teachers;

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::arguments;
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::folder::Folder;
use crate::output::Output;
use crate::whole_run::whole_run;
use base_record::{BaseRecord, train_base};
use plan::{Plan, Study, work_of};
use record::Record;

/// Runs what is missing and writes the document.
pub fn evidence(arguments: &arguments::Evidence, output: &Output) -> Outcome<()> {
    let plan = match &arguments.plan {
        Some(path) => Plan::read(&String::from_utf8_lossy(&files::read(path)?))?,
        None => Plan::published()?,
    };
    files::make_folder(&arguments.records)?;
    let wanted = |study: &&Study| arguments.only.is_empty() || arguments.only.contains(&study.key);
    for study in plan.studies.iter().filter(wanted) {
        let missing = study.missing(arguments.data.as_deref());
        if !missing.is_empty() && !arguments.write_only {
            output.say(&format!("{}: left out, for want of {} in --data.", study.key, missing.join(" and ")));
            continue;
        }
        for &seed in plan.seeds_of(study) {
            let place = place_of(&arguments.records, &study.key, seed);
            let is_done = place.exists() && !arguments.again && read::<Record>(&place)?.config == study.config(seed)?;
            if is_done || arguments.write_only {
                continue;
            }
            let borrowed = study.borrowed_teacher(seed, &arguments.work);
            if let Some(teacher) = borrowed.filter(|teacher| !teacher.exists()) {
                output.say(&format!("{}, seed {seed}: left out, for want of {}.", study.key, teacher.display()));
                continue;
            }
            output.say(&format!("{}, seed {seed}", study.key));
            let record = run(study, seed, arguments, output)?;
            files::write_json(&place, &record)?;
        }
    }
    train_bases(&plan, arguments, output)?;
    let records = kept(&plan, &arguments.records)?;
    let bases = kept_bases(&plan, &arguments.records)?;
    write_down(&plan, &records, &bases, &arguments.out)?;
    output.say(&format!("{} runs; the document is {}.", records.len(), arguments.out.display()));
    Ok(())
}

/// The document, and in the folder `evidence` beside it its figures and what the web page shows.
fn write_down(plan: &Plan, records: &[Record], bases: &[BaseRecord], out: &Path) -> Outcome<()> {
    let claims = claims::claims(plan, records);
    let beside = out.parent().unwrap_or(Path::new("")).join("evidence");
    files::make_folder(&beside)?;
    files::write(out, document::document(plan, records, bases, &claims).as_bytes())?;
    let figures =
        [(figures::ACCURACY_FIGURE, figures::accuracy(&claims)), (figures::OBJECT_FIGURE, figures::object(&claims))];
    for (name, figure) in figures {
        if let Some(figure) = figure {
            files::write(&beside.join(name), figure.as_bytes())?;
        }
    }
    files::write_json(&beside.join("claims.json"), &page_data::PageData::of(&claims))
}

fn run(study: &Study, seed: u64, arguments: &arguments::Evidence, output: &Output) -> Outcome<Record> {
    let config = study.config_with_files(seed, arguments.data.as_deref().unwrap_or(Path::new("")), &arguments.work)?;
    let folder = Folder::make(&work_of(&arguments.work, &study.key, seed))?;
    let report = whole_run(&config, &folder, &arguments.device, output)?;
    let record = Record::of(&study.key, seed, &report);
    record.ok_or_else(|| Failure::Usage(format!("{}, seed {seed}: the run has no scores.", study.key)))
}

/// The records of a plan's runs, in its order; those of other settings are left out, for they tell of something else.
fn kept(plan: &Plan, folder: &Path) -> Outcome<Vec<Record>> {
    let mut records = Vec::new();
    for study in &plan.studies {
        for &seed in plan.seeds_of(study) {
            let place = place_of(folder, &study.key, seed);
            if place.exists() {
                let record: Record = read(&place)?;
                if record.config == study.config(seed)? {
                    records.push(record);
                }
            }
        }
    }
    Ok(records)
}

/// Trains the Bases that are to be trained for longer and have no record.
fn train_bases(plan: &Plan, arguments: &arguments::Evidence, output: &Output) -> Outcome<()> {
    if arguments.write_only {
        return Ok(());
    }
    for longer in &plan.longer_bases {
        let (key, study) = (longer.key(), plan.study(&longer.study)?);
        if !(arguments.only.is_empty() || arguments.only.contains(&key)) {
            continue;
        }
        let missing = study.missing_pictures(arguments.data.as_deref());
        if !missing.is_empty() {
            output.say(&format!("{key}: left out, for want of {} in --data.", missing.join(" and ")));
            continue;
        }
        files::make_folder(&bases_in(&arguments.records))?;
        for &seed in longer.seeds(plan, study) {
            let place = place_of(&bases_in(&arguments.records), &key, seed);
            let is_done = place.exists()
                && !arguments.again
                && read::<BaseRecord>(&place)?.config == longer.config(study, seed)?;
            if !is_done {
                output.say(&format!("{key}, seed {seed}"));
                files::write_json(&place, &train_base(longer, study, seed, arguments, output)?)?;
            }
        }
    }
    Ok(())
}

/// The records of a plan's longer Bases, in its order; those of other settings are left out.
fn kept_bases(plan: &Plan, records: &Path) -> Outcome<Vec<BaseRecord>> {
    let mut bases = Vec::new();
    for longer in &plan.longer_bases {
        let study = plan.study(&longer.study)?;
        for &seed in longer.seeds(plan, study) {
            let place = place_of(&bases_in(records), &longer.key(), seed);
            if place.exists() {
                let record: BaseRecord = read(&place)?;
                if record.config == longer.config(study, seed)? {
                    bases.push(record);
                }
            }
        }
    }
    Ok(bases)
}

/// Folder of Bases that were trained by themselves.
fn bases_in(records: &Path) -> PathBuf {
    records.join("bases")
}

fn place_of(folder: &Path, key: &str, seed: u64) -> PathBuf {
    folder.join(format!("{key}-seed-{seed}.json"))
}

fn read<T: DeserializeOwned>(path: &Path) -> Outcome<T> {
    serde_json::from_slice(&files::read(path)?)
        .map_err(|error| Failure::Unreadable(format!("{} is no record of this version: {error}.", path.display())))
}
