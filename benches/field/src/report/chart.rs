//! One picture for the README: each allocator's time and peak memory beside the
//! reference's, as bars.

use svg::Document;
use svg::node::element::{Line, Rectangle, Text};

use crate::results::{Measured, Pair, Peer, Quantity, Results};
use crate::workloads::Group;

const WIDTH: f64 = 860.0;
const ROW: f64 = 22.0;
const NAMES: f64 = 130.0;
const TOP: f64 = 58.0;
/// Bars end here; what is longer is cut and says its figure.
const RATIO_MAX: f64 = 2.0;
const COLUMNS: [(&str, Quantity, &[Group]); 4] = [
    ("time, single-threaded", Quantity::Time, &[Group::Single]),
    ("time, multi-threaded", Quantity::Time, &[Group::Multi]),
    ("time, real programs", Quantity::Time, &[Group::Real]),
    ("peak RSS, all", Quantity::Rss, &Group::ALL),
];

/// The chart, legible on light and dark pages alike.
pub(crate) fn svg(results: &Results) -> String {
    let columns: Vec<_> = COLUMNS
        .into_iter()
        .filter(|(_, _, groups)| groups.iter().any(|group| results.of(*group).next().is_some()))
        .collect();
    let Some(reference) = results.reference() else { return Document::new().to_string() };
    let height = TOP + ROW * crate::statistics::as_f64(results.allocators.len()) + 14.0;
    let mut document = Document::new()
        .set("viewBox", (0, 0, WIDTH, height))
        .set("font-family", "system-ui, sans-serif")
        .set("font-size", 12)
        .add(Rectangle::new().set("width", WIDTH).set("height", height).set("fill", "#ffffff"))
        .add(label(10.0, 20.0, "start", &title(results, reference)));
    let span = (WIDTH - NAMES) / crate::statistics::as_f64(columns.len().max(1));
    for (at, participant) in results.allocators.iter().enumerate() {
        let y = TOP + ROW * crate::statistics::as_f64(at);
        document = document.add(label(NAMES - 8.0, y + 14.0, "end", &participant.name));
    }
    for (column, (name, quantity, groups)) in columns.into_iter().enumerate() {
        let left = NAMES + span * crate::statistics::as_f64(column);
        let unit = (span - 52.0) / RATIO_MAX;
        document = document.add(label(left, 44.0, "start", name));
        for (at, participant) in results.allocators.iter().enumerate() {
            let y = TOP + ROW * crate::statistics::as_f64(at);
            let pair = Pair { subject: at, peer: Peer::One(reference) };
            let ratio = |measured: &Measured| results.ratio(pair, measured, quantity);
            let mean = results.mean(groups, ratio);
            let Some((mean, _)) = mean else {
                document = document.add(label(left, y + 14.0, "start", "–"));
                continue;
            };
            let length = mean.min(RATIO_MAX) * unit;
            let bar = Rectangle::new().set("x", left).set("y", y + 3.0).set("height", ROW - 7.0);
            let fill = if participant.is_subject { "#c2410c" } else { "#94a3b8" };
            document = document.add(bar.set("width", length).set("fill", fill)).add(label(
                left + length + 4.0,
                y + 14.0,
                "start",
                &format!("{mean:.2}"),
            ));
        }
        let one = Line::new().set("x1", left + unit).set("x2", left + unit).set("y1", TOP);
        document = document.add(one.set("y2", height - 12.0).set("stroke", "#334155"));
    }
    document.to_string()
}

fn title(results: &Results, reference: usize) -> String {
    let name = &results.allocators[reference].name;
    format!("Geometric means of ratios to {name}, lower is better ({})", results.machine)
}

fn label(x: f64, y: f64, anchor: &str, text: &str) -> Text {
    Text::new(text).set("x", x).set("y", y).set("text-anchor", anchor).set("fill", "#0f172a")
}
