//! Charts as SVG files: the steps of the experiment, and the course of a followed
//! process.
//!
//! VSZ is tens of megabytes before anything happens and RSS a few, so that a page
//! more would not be seen on a common scale. The experiment is
//! therefore drawn as the *change from the baseline*, and the chart says so, with
//! the baseline's figures under its title; a followed process gets two pictures
//! with a scale each.
//!
//! Values hold until the next look and jump there: the lines are stairs.

use std::fs;
use std::ops::Range;
use std::path::Path;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::failure::Failure;
use crate::follow::{Follower, Moment};
use crate::observe::{Experiment, Observation, Step};
use crate::style::{approximate, grouped, kib, pages, size};

const WIDTH: u32 = 960;
const HEIGHT: u32 = 560;

const FONT: &str = "Helvetica, Arial, sans-serif";
const INK: RGBColor = RGBColor(0x22, 0x2b, 0x36);
const FAINT: RGBColor = RGBColor(0x6b, 0x75, 0x82);
const GRID: RGBColor = RGBColor(0xe3, 0xe7, 0xec);
const VSZ: RGBColor = RGBColor(0x2f, 0x6f, 0xb7);
const RSS: RGBColor = RGBColor(0xe0, 0x7b, 0x1a);

/// A change as a coordinate.
fn approximate_change(bytes: i64) -> f64 {
    approximate(bytes.unsigned_abs()).copysign(if bytes < 0 { -1.0 } else { 1.0 })
}

/// How much of `whole` is `part`.
fn share(part: usize, whole: usize) -> f64 {
    approximate(part as u64) / approximate(whole as u64)
}

/// The width that the writes take in the chart, in steps, when they are too many
/// to be a step each.
const WRITES_WIDTH: f64 = 6.0;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;
type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, Marked>>;

/// A scale whose marks are chosen here: plotters knows only decimal ones.
struct Marked {
    range: Range<f64>,
    marks: Vec<f64>,
}

impl Ranged for Marked {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, pixels: (i32, i32)) -> i32 {
        RangedCoordf64::from(self.range.clone()).map(value, pixels)
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.marks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

/// Draws a chart and writes it to `path`.
pub(crate) fn write(path: &Path, draw: impl FnOnce(&Area<'_>) -> Drawn) -> Result<(), Failure> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (WIDTH, HEIGHT)).into_drawing_area();
        area.fill(&WHITE)
            .map_err(Into::into)
            .and_then(|()| draw(&area))
            .and_then(|()| Ok(area.present()?))
            .map_err(|e| Failure::file(path, &e))?;
    }
    fs::write(path, text).map_err(|e| Failure::file(path, &e))
}

/// Room for the titles and the legend.
const TOP: u32 = 116;
/// Where titles begin: above the y axis.
const LEFT: i32 = Y_NAMES_WIDTH.cast_signed();
/// Room for the marks and the name of a y axis.
const Y_NAMES_WIDTH: u32 = 100;
/// The most marks on a y axis.
const TICKS_MAX: usize = 9;

/// Text of a size and colour, anchored where it is wanted.
fn text(size: u32, color: RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
    (FONT, size).into_font().color(&color).pos(Pos::new(h, v))
}

fn title(area: &Area<'_>, main: &str, below: &str) -> Drawn {
    let bold = (FONT, 27).into_font().style(FontStyle::Bold).color(&INK);
    area.draw_text(main, &bold, (LEFT, 22))?;
    area.draw_text(below, &text(18, FAINT, HPos::Left, VPos::Top), (LEFT, 54))?;
    Ok(())
}

// ---- the experiment --------------------------------------------------------

/// Where an observation stands on the x axis: a step is one unit wide.
fn position(experiment: &Experiment, seen: &Observation) -> f64 {
    let writes = if experiment.is_every_write_a_row() {
        approximate(experiment.pages as u64)
    } else {
        WRITES_WIDTH
    };
    match seen.step {
        Step::Baseline => 0.0,
        Step::Mapped => 1.0,
        Step::Written => 1.0 + writes * share(seen.pages_written, experiment.pages),
        Step::Unmapped => writes + 2.0,
    }
}

/// The step under the x axis, in two lines.
fn label(experiment: &Experiment, seen: &Observation) -> Option<[String; 2]> {
    let crowded = !experiment.is_every_write_a_row();
    match seen.step {
        Step::Baseline => Some(["1".into(), "baseline".into()]),
        Step::Mapped => Some(["2".into(), "map".into()]),
        Step::Written if crowded && seen.pages_written == 1 => None,
        Step::Written if crowded => {
            Some(["3".into(), format!("{} written", grouped(seen.pages_written as u64))])
        }
        Step::Written => Some(["3".into(), format!("write {}", seen.pages_written)]),
        Step::Unmapped => Some(["4".into(), "unmap".into()]),
    }
}

/// The change of VSZ and RSS over the steps.
pub(crate) fn steps(area: &Area<'_>, experiment: &Experiment) -> Drawn {
    let baseline = experiment.baseline();
    title(
        area,
        &format!(
            "What mapping {} of {} costs, and when",
            pages(experiment.pages),
            size(experiment.page_bytes)
        ),
        &format!(
            "Change from the baseline, which is VSZ {} KiB and RSS {} KiB",
            kib(baseline.statm.vsz_bytes),
            kib(baseline.smaps.resident.rss_bytes)
        ),
    )?;
    let points = |bytes: fn(&Observation) -> i64| -> Vec<(f64, f64)> {
        let kib = |seen| approximate_change(bytes(seen)) / 1024.0;
        experiment.observations.iter().map(|s| (position(experiment, s), kib(s))).collect()
    };
    let vsz = points(|seen| seen.since_baseline.vsz_bytes);
    let rss = points(|seen| seen.since_baseline.rss_bytes);
    let last = vsz.last().map_or(1.0, |point| point.0);
    let all = || vsz.iter().chain(&rss).map(|point| point.1);
    let (low, high) = (all().fold(0.0, f64::min), all().fold(0.0, f64::max));
    let room = (high - low).max(1.0) * 0.08;

    let (bottom, top) = (low - room, high + room);
    let mut plot = ChartBuilder::on(area)
        .margin_top(TOP)
        .margin_right(36)
        .margin_bottom(8)
        .x_label_area_size(84)
        .y_label_area_size(Y_NAMES_WIDTH)
        .build_cartesian_2d(
            -0.4..last + 0.6,
            Marked { range: bottom..top, marks: ticks(bottom, top) },
        )?;
    plot.configure_mesh()
        .disable_x_mesh()
        .x_labels(0)
        .y_labels(TICKS_MAX)
        .y_label_formatter(&|kib| signed(*kib))
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(FAINT)
        .label_style((FONT, 15).into_font().color(&FAINT))
        .draw()?;
    step_labels(area, &plot, experiment, bottom)?;
    y_name(area, "change from baseline (KiB)", plot.backend_coord(&(0.0, bottom.midpoint(top))))?;
    // VSZ is the broader line: it shows on both sides where RSS covers it.
    stairs(&mut plot, &vsz, VSZ, 6, (last + 0.4, low))?;
    stairs(&mut plot, &rss, RSS, 3, (last + 0.4, low))?;
    legend(area, ["VSZ: address space (statm)", "RSS: pages in RAM (smaps)"])
}

/// Where the scale has its marks: the least power of two KiB that needs no more
/// than `TICKS_MAX`, for pages come in powers of two.
fn ticks(bottom: f64, top: f64) -> Vec<f64> {
    let mut step = 1.0;
    while (top - bottom) / step > f64::from(TICKS_MAX as u32) {
        step *= 2.0;
    }
    let mut marks = vec![(bottom / step).ceil() * step];
    while let Some(next) = marks.last().map(|mark| mark + step).filter(|&next| next <= top) {
        marks.push(next);
    }
    marks
}

/// A whole number with its sign, if it has one.
fn signed(number: f64) -> String {
    let text = format!("{:.0}", number.abs());
    let sign = if number < 0.0 && text != "0" { "-" } else { "" };
    format!("{sign}{}", text.parse().map_or(text, grouped))
}

fn step_labels(
    area: &Area<'_>,
    plot: &Plot<'_, '_>,
    experiment: &Experiment,
    bottom: f64,
) -> Drawn {
    let (centre, floor) = (WIDTH.cast_signed() / 2, plot.backend_coord(&(0.0, bottom)).1);
    let name = "step of the experiment";
    area.draw_text(name, &text(17, INK, HPos::Center, VPos::Top), (centre, floor + 60))?;
    for seen in experiment.rows() {
        let Some([number, name]) = label(experiment, seen) else { continue };
        let (x, y) = plot.backend_coord(&(position(experiment, seen), bottom));
        let number_style = text(18, INK, HPos::Center, VPos::Top);
        area.draw_text(&number, &number_style, (x, y + 10))?;
        area.draw_text(&name, &text(15, FAINT, HPos::Center, VPos::Top), (x, y + 32))?;
    }
    Ok(())
}

// ---- a followed process ----------------------------------------------------

/// VSZ and RSS over time.
pub(crate) fn followed(area: &Area<'_>, follower: &Follower) -> Drawn {
    let count = follower.moments.len();
    title(
        area,
        &format!("Memory of process {} ({})", follower.pid, follower.name),
        &format!("{count} samples; each picture has a scale of its own"),
    )?;
    let (above, below) = area.margin(TOP, 0, 0, 0).split_vertically((HEIGHT - TOP) * 47 / 100);
    let source = if follower.missing().is_some() { "statm" } else { "smaps" };
    course(&above, follower, VSZ, "VSZ (MiB)", "", |m| m.statm.vsz_bytes)?;
    course(&below, follower, RSS, "RSS (MiB)", "seconds since the first sample", |m| {
        m.rss_bytes()
    })?;
    legend(area, ["VSZ: address space (statm)", &format!("RSS: pages in RAM ({source})")])
}

fn course(
    area: &Area<'_>,
    follower: &Follower,
    color: RGBColor,
    name: &str,
    x_name: &str,
    bytes: fn(&Moment) -> u64,
) -> Drawn {
    let start = follower.moments.first().map_or(0.0, Moment::elapsed_seconds);
    let points: Vec<(f64, f64)> = follower
        .moments
        .iter()
        .map(|m| (m.elapsed_seconds() - start, approximate(bytes(m)) / f64::from(1 << 20)))
        .collect();
    let end = points.last().map_or(0.0, |point| point.0).max(0.001);
    let low = points.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|point| point.1).fold(0.0, f64::max);
    let room = ((high - low) * 0.1).max(0.05);
    let (bottom, top) = ((low - room).max(0.0), high + room);
    let scale = bottom..top;
    let decimals = if top - bottom < 1.0 { 2 } else { usize::from(top - bottom < 10.0) };
    let marks = RangedCoordf64::from(scale.clone()).key_points(5);
    let mut plot = ChartBuilder::on(area)
        .margin_right(36)
        .margin_top(10)
        .margin_bottom(8)
        .x_label_area_size(if x_name.is_empty() { 28 } else { 48 })
        .y_label_area_size(Y_NAMES_WIDTH)
        .build_cartesian_2d(0.0..end * 1.02, Marked { range: scale, marks })?;
    plot.configure_mesh()
        .x_desc(x_name)
        .x_labels(9)
        .y_labels(5)
        .y_label_formatter(&|mib| format!("{mib:.decimals$}"))
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(FAINT)
        .axis_desc_style(text(17, INK, HPos::Center, VPos::Top))
        .label_style((FONT, 15).into_font().color(&FAINT))
        .draw()?;
    y_name(area, name, plot.backend_coord(&(0.0, bottom.midpoint(top))))?;
    stairs(&mut plot, &points, color, 3, (end, bottom))
}

// ---- both ------------------------------------------------------------------

/// The name of a y axis, along the left edge at the height of `beside`.
fn y_name(area: &Area<'_>, name: &str, beside: (i32, i32)) -> Drawn {
    let (_, top) = area.get_base_pixel();
    let style = text(17, INK, HPos::Center, VPos::Center).transform(FontTransform::Rotate270);
    area.draw_text(name, &style, (16, beside.1 - top))?;
    Ok(())
}

/// A line that holds each value until the next, with a soft area below, and a dot
/// where a sample was taken if they are few.
///
/// The line goes on to `end`, the area down to `floor`.
fn stairs(
    plot: &mut Plot<'_, '_>,
    points: &[(f64, f64)],
    color: RGBColor,
    width: u32,
    (end, floor): (f64, f64),
) -> Drawn {
    const DOTS_MAX: usize = 24;
    let mut corners = Vec::with_capacity(points.len() * 2 + 1);
    for &(x, y) in points {
        if let Some(&(_, before)) = corners.last() {
            corners.push((x, before));
        }
        corners.push((x, y));
    }
    if let Some(&(_, y)) = corners.last() {
        corners.push((end, y));
    }
    plot.draw_series(AreaSeries::new(corners.iter().copied(), floor, color.mix(0.10)))?;
    plot.draw_series(LineSeries::new(corners, color.stroke_width(width)))?;
    if points.len() <= DOTS_MAX {
        plot.draw_series(points.iter().map(|&at| Circle::new(at, 3 + width / 2, color.filled())))?;
    }
    Ok(())
}

/// The names of the two series beside their colours, under the title.
fn legend(area: &Area<'_>, [vsz, rss]: [&str; 2]) -> Drawn {
    for (x, color, name) in [(LEFT, VSZ, vsz), (LEFT + 260, RSS, rss)] {
        area.draw(&Rectangle::new([(x, 86), (x + 22, 92)], color.filled()))?;
        area.draw_text(name, &text(17, INK, HPos::Left, VPos::Center), (x + 30, 89))?;
    }
    Ok(())
}
