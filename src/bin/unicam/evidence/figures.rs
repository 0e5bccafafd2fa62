//! The differences as figures: forest plots, as SVG that reads in light and dark, in print and without colours.

use std::fmt::Write;

use super::claims::Claim;
use super::judging::Judged;

/// File of the figure of accuracies.
pub const ACCURACY_FIGURE: &str = "accuracy.svg";
/// File of the figure of where distilled and residual features lie.
pub const OBJECT_FIGURE: &str = "object.svg";

/// Widths, pixels: of the whole, of the names on the left, of the margin on the right.
const WIDTH: f64 = 900.0;
const NAMES: f64 = 350.0;
const RIGHT: f64 = 24.0;
/// Heights, pixels: above the plot, of a row, between groups, of the axis below.
const TOP: f64 = 64.0;
const ROW: f64 = 22.0;
const BETWEEN: f64 = 14.0;
const AXIS: f64 = 46.0;
/// Characters of a name on one line.
const LINE: usize = 42;
/// How far beyond the outermost mean the axis goes, in its own unit: longer intervals end in an arrow at its edge.
const BEYOND: f64 = 0.12;

/// Blue and orange of Okabe and Ito, which colour-blind people tell apart; shapes say the same.
const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#222}.t{font-size:15px;font-weight:600}.f{fill:#555}.b{fill:#fff}\
line,circle,.s{stroke-width:1.6}.g{stroke:#ddd}.z{stroke:#555}.c{stroke:#0072b2;fill:#0072b2}.s{stroke:#d55e00;fill:#d55e00}\
.c.o,.s.o{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#e6e6e6}.f{fill:#aaa}.b{fill:#16181c}.g{stroke:#33373e}\
.z{stroke:#aaa}.c{stroke:#56b4e9;fill:#56b4e9}.s{stroke:#f0883e;fill:#f0883e}.c.o,.s.o{fill:#16181c}}";

/// One interval in a row.
struct Bar {
    mean: f64,
    ends: Option<(f64, f64)>,
    settled: bool,
    square: bool,
}

/// Rows under one name.
struct Group {
    name: String,
    rows: Vec<(String, Vec<Bar>)>,
}

/// Accuracy of the Student less the Base's, a row a study.
pub fn accuracy(claims: &[Claim]) -> Option<String> {
    let claim = claims.iter().find(|claim| claim.key == "accuracy")?;
    let groups: Vec<Group> = claim
        .cells
        .iter()
        .filter_map(|judged| {
            let bar = bar(judged, 1.0, false)?;
            Some(Group { name: judged.cell.place.clone(), rows: vec![(String::new(), vec![bar])] })
        })
        .collect();
    let legend = [("settled among all differences", false, true), ("not settled", false, false)];
    Some(plot("Does distillation make the Student more accurate? Student less Base, accuracy", &legend, &groups))
}

/// By how much more of the distilled and of the residual maps lies on the object than of the area, a row a layer.
pub fn object(claims: &[Claim]) -> Option<String> {
    let of = |key: &str| claims.iter().find(|claim| claim.key == key);
    let (distilled, residual) = (of("distilledOnObject")?, of("residualOnBackground")?);
    let mut groups: Vec<Group> = Vec::new();
    for judged in &residual.cells {
        let (name, layer) = judged.cell.place.rsplit_once(", ")?;
        let other = distilled.cells.iter().find(|own| own.cell.place == judged.cell.place);
        // The claim about residual features is of the background: its differences have the other sign.
        let bars = [other.and_then(|own| bar(own, 1.0, false)), bar(judged, -1.0, true)];
        let row = (layer.to_owned(), bars.into_iter().flatten().collect());
        match groups.last_mut().filter(|group| group.name == name) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { name: name.to_owned(), rows: vec![row] }),
        }
    }
    let legend = [("distilled", false, true), ("residual", true, true), ("hollow: not settled", false, false)];
    Some(plot(
        "Share of the maps on the object, less its share of the area: right of 0 is on the object",
        &legend,
        &groups,
    ))
}

fn bar(judged: &Judged, sign: f64, square: bool) -> Option<Bar> {
    let ends = judged.interval.map(|(lower, upper)| {
        let (a, b) = (sign * lower, sign * upper);
        (a.min(b), a.max(b))
    });
    Some(Bar { mean: sign * judged.estimate?.mean, ends, settled: judged.verdict.is_settled(), square })
}

fn plot(title: &str, legend: &[(&str, bool, bool)], groups: &[Group]) -> String {
    let height_of = |group: &Group| (group.rows.len() as f64 * ROW).max(lines(&group.name).len() as f64 * 15.0 + 3.0);
    let height = TOP + groups.iter().map(|group| height_of(group) + BETWEEN).sum::<f64>() + AXIS;
    let means = groups.iter().flat_map(|group| &group.rows).flat_map(|(_, bars)| bars).map(|bar| bar.mean);
    let (low, high) = means.fold((0.0_f64, 0.0_f64), |(low, high), mean| (low.min(mean), high.max(mean)));
    let (low, high) = (low - BEYOND, high + BEYOND);
    let x = |value: f64| NAMES + (value.clamp(low, high) - low) / (high - low) * (WIDTH - NAMES - RIGHT);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH:.0} {height:.0}\" role=\"img\" aria-label=\"{label}\">\n\
         <style>{STYLE}</style>\n<rect class=\"b\" width=\"{WIDTH:.0}\" height=\"{height:.0}\" rx=\"8\"/>\n\
         <text class=\"t\" x=\"16\" y=\"28\">{label}</text>\n",
        label = escaped(title)
    );
    let mut at = 16.0;
    for (words, square, settled) in legend {
        svg += &marker(at + 6.0, 46.0, *square, *settled);
        _ = writeln!(svg, "<text class=\"f\" x=\"{:.1}\" y=\"50\">{}</text>", at + 18.0, escaped(words));
        at += 36.0 + 6.6 * words.len() as f64;
    }
    let bottom = height - AXIS;
    for tick in ticks(low, high) {
        let (place, class) = (x(tick), if tick == 0.0 { "z" } else { "g" });
        _ = writeln!(
            svg,
            "<line class=\"{class}\" x1=\"{place:.1}\" y1=\"{TOP:.1}\" x2=\"{place:.1}\" y2=\"{bottom:.1}\"/>\
             <text class=\"f\" text-anchor=\"middle\" x=\"{place:.1}\" y=\"{:.1}\">{}</text>",
            bottom + 18.0,
            if tick == 0.0 { "0".to_owned() } else { format!("{tick:+.1}") }
        );
    }
    let mut y = TOP + BETWEEN / 2.0;
    for group in groups {
        for (i, line) in lines(&group.name).iter().enumerate() {
            _ = writeln!(svg, "<text x=\"16\" y=\"{:.1}\">{}</text>", y + 14.0 + 15.0 * i as f64, escaped(line));
        }
        for (i, (label, bars)) in group.rows.iter().enumerate() {
            let middle = y + ROW * (i as f64 + 0.5);
            if !label.is_empty() {
                _ = writeln!(
                    svg,
                    "<text class=\"f\" text-anchor=\"end\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                    NAMES - 8.0,
                    middle + 4.0,
                    escaped(label)
                );
            }
            for (place, bar) in bars.iter().enumerate() {
                let own = middle + if bars.len() > 1 { 9.0 * place as f64 - 4.5 } else { 0.0 };
                if let Some((lower, upper)) = bar.ends {
                    let class = if bar.square { "s" } else { "c" };
                    _ = writeln!(
                        svg,
                        "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{own:.1}\" x2=\"{:.1}\" y2=\"{own:.1}\"/>",
                        x(lower),
                        x(upper)
                    );
                    for (end, goes_on, inwards) in [(low, lower < low, 6), (high, upper > high, -6)] {
                        if goes_on {
                            let at = x(end);
                            _ = writeln!(svg, "<path class=\"{class}\" d=\"M{at:.1} {own:.1}l{inwards} -3v6z\"/>");
                        }
                    }
                }
                svg += &marker(x(bar.mean), own, bar.square, bar.settled);
            }
        }
        y += height_of(group) + BETWEEN;
    }
    _ = writeln!(
        svg,
        "<text class=\"f\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">means over the seeds, 95 % intervals; an arrow: it goes on</text>\n</svg>",
        WIDTH - RIGHT,
        bottom + 36.0
    );
    svg
}

fn marker(x: f64, y: f64, square: bool, settled: bool) -> String {
    let hollow = if settled { "" } else { " o" };
    if square {
        format!("<rect class=\"s{hollow}\" x=\"{:.1}\" y=\"{:.1}\" width=\"7\" height=\"7\"/>\n", x - 3.5, y - 3.5)
    } else {
        format!("<circle class=\"c{hollow}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>\n")
    }
}

/// Every tenth, or every fifth of a unit where those would be too many.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let step = if high - low > 1.2 { 2 } else { 1 };
    let (first, last) = ((low * 10.0).ceil() as i32, (high * 10.0).floor() as i32);
    (first..=last).filter(|tenth| tenth % step == 0).map(|tenth| f64::from(tenth) / 10.0).collect()
}

/// A name on lines that fit beside the plot.
fn lines(name: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    // A number stays with its per cent.
    for word in name.replace(" %", "\u{a0}%").split(' ') {
        let last = lines.last_mut().expect("one at least");
        if last.is_empty() {
            word.clone_into(last);
        } else if last.chars().count() + 1 + word.chars().count() <= LINE {
            *last += " ";
            *last += word;
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_broken_between_words() {
        let name = "Capacity gap: the same Student, Teacher of width 16, through an assistant of width 8";
        let lines = lines(name);
        assert!(lines.len() > 1 && lines.iter().all(|line| line.chars().count() <= LINE), "{lines:?}");
        assert_eq!(lines.join(" "), name);
        assert_eq!(super::lines("dial 0 %"), ["dial 0\u{a0}%"]);
    }

    #[test]
    fn an_interval_that_leaves_the_plot_ends_at_its_edge() {
        let bar = Bar { mean: 0.1, ends: Some((-9.0, 9.0)), settled: false, square: false };
        let group = Group { name: "a < b".into(), rows: vec![(String::new(), vec![bar])] };
        let svg = plot("Title", &[], &[group]);
        assert!(svg.contains("a &lt; b") && svg.contains("class=\"c o\""), "{svg}");
        assert!(svg.contains(&format!("x1=\"{NAMES:.1}\"")) && svg.contains(&format!("x2=\"{:.1}\"", WIDTH - RIGHT)));
        assert_eq!(ticks(-0.12, 0.25), [-0.1, 0.0, 0.1, 0.2]);
    }
}
