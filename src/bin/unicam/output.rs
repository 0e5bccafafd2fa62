//! What is said: progress on the error stream, results on the output stream.

use std::io::{self, IsTerminal, Write};

use kdam::{Bar, BarExt};
use serde::Serialize;
use unicam::distillation::{Losses, TrainingEvent};

use crate::arguments::Voice;
use crate::failure::Failure;

/// Where words go.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    voice: Voice,
    terminal: bool,
}

impl Output {
    /// Speaks as the arguments want it.
    pub fn new(voice: Voice) -> Self {
        Self { voice, terminal: io::stderr().is_terminal() }
    }

    /// For a command whose one result is all that programs want: what it opens is not told to them.
    pub fn results_only(self) -> Self {
        let Voice { quiet, json } = self.voice;
        Self { voice: Voice { quiet: quiet || json, json: false }, ..self }
    }

    /// A sentence about what is going on.
    pub fn say(&self, text: &str) {
        if !self.voice.quiet && !self.voice.json {
            eprintln!("{text}");
        }
    }

    /// A result for people.
    pub fn print(&self, text: &str) {
        if !self.voice.quiet && !self.voice.json {
            // A closed pipe is the reader's decision.
            let _ = writeln!(io::stdout(), "{text}");
        }
    }

    /// A result for programs, one line.
    pub fn emit<T: Serialize>(&self, value: &T) {
        if self.voice.json
            && let Ok(text) = serde_json::to_string(value)
        {
            let _ = writeln!(io::stdout(), "{text}");
        }
    }

    /// Why the command ends: `error[code]: sentence`, or one line of JSON.
    pub fn fail(&self, failure: &Failure) {
        if self.voice.json {
            let error = serde_json::json!({ "code": failure.code(), "message": failure.message() });
            eprintln!("{}", serde_json::json!({ "error": error }));
        } else {
            eprintln!("error[{}]: {}", failure.code(), failure.message());
        }
    }

    /// A bar over `total` things; silent where nobody watches.
    pub fn bar(&self, title: &str, unit: &str, total: usize) -> Progress {
        let speaks = !self.voice.quiet && !self.voice.json;
        let mut bar = Bar::new(total);
        bar.set_description(title);
        unit.clone_into(&mut bar.unit);
        bar.dynamic_ncols = true;
        bar.disable = !(speaks && self.terminal);
        Progress { bar, title: title.to_owned(), lines: speaks && !self.terminal }
    }
}

/// The name that a value without fields has in reports.
pub fn name_in_json<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A bar on a terminal, else a line now and then.
pub struct Progress {
    bar: Bar,
    title: String,
    lines: bool,
}

impl Progress {
    /// Moves to `done`.
    pub fn at(&mut self, done: usize) {
        // A bar that cannot be drawn is no reason to stop.
        let _ = self.bar.update_to(done);
    }

    /// Words behind the bar.
    pub fn note(&mut self, text: String) {
        self.bar.set_postfix(text);
    }

    /// Shows a training event.
    pub fn show(&mut self, event: &TrainingEvent) {
        match event {
            TrainingEvent::Link { number, of, network, .. } => {
                let text = format!("network {number} of {of}, {network}");
                if self.lines {
                    eprintln!("{}: {text}", self.title);
                } else if !self.bar.disable {
                    let _ = self.bar.write(format!("{}: {text}", self.title));
                }
            }
            TrainingEvent::Step { step, .. } => self.at(*step),
            TrainingEvent::Report { step, steps, student, base, seconds_left, .. } => {
                let text = losses(student, base.as_ref());
                if self.lines {
                    let left = humantime::format_duration(std::time::Duration::from_secs(seconds_left.round() as u64));
                    eprintln!("{}: step {step} of {steps}, {text}, {left} left", self.title);
                }
                self.note(text);
                self.at(*step);
            }
            TrainingEvent::Evaluating { .. } => self.at(self.bar.counter),
            TrainingEvent::Evaluation { step, student, base, teacher, .. } => {
                let text = accuracies(*student, *base, *teacher);
                if self.lines {
                    eprintln!("{}: after step {step}, {text}", self.title);
                } else if !self.bar.disable {
                    let _ = self.bar.write(format!("{} after step {step}: {text}", self.title));
                }
            }
            TrainingEvent::Finished { step, .. } => self.at(*step),
        }
    }

    /// Ends the line of the bar.
    pub fn end(self) {
        if !self.bar.disable {
            eprintln!();
        }
    }
}

fn losses(student: &Losses, base: Option<&Losses>) -> String {
    let own = format!("loss {:.3}, right {:.0} %", student.total, 100.0 * student.batch_accuracy);
    match base {
        Some(base) => format!("{own}; Base {:.3}, {:.0} %", base.total, 100.0 * base.batch_accuracy),
        None => own,
    }
}

fn accuracies(student: f64, base: Option<f64>, teacher: Option<f64>) -> String {
    let named =
        [(if base.is_some() { "Student" } else { "Teacher" }, Some(student)), ("Base", base), ("Teacher", teacher)];
    let words: Vec<String> =
        named.iter().filter_map(|(name, value)| value.map(|value| format!("{name} {value:.3}"))).collect();
    format!("accuracy on the test pictures: {}", words.join(", "))
}
