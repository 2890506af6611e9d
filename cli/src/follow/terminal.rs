//! Following in a terminal: a live picture of VSZ and RSS, and the figures.
//!
//! ```text
//!   ┌ VSZ ──────────────┐┌ now ────────┐
//!   │                   ││ VSZ      …  │
//!   ├ RSS ──────────────┤│ RSS      …  │
//!   │                   ││ …           │
//!   └───────────────────┘└─────────────┘
//!    q leaves
//! ```
//!
//! VSZ and RSS differ widely, so each has a picture and a scale of its own; a
//! scale begins at the lowest value seen, not at 0, lest a change of a few pages
//! be invisible. The terminal is given back as it was on every way out: leaving,
//! the end of the process, an error, a signal (all by [`Restore`]), a panic (by
//! the hook that ratatui installs).

use std::io::{self, IsTerminal};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Block, Cell, Chart, Dataset, GraphType, Paragraph, Row, Table, Wrap};
use ratatui::{DefaultTerminal, Frame};

use super::{End, Follower, Moment};
use crate::failure::Failure;
use crate::style::{approximate, grouped, kib};

/// How long a signal may go unnoticed while no key is pressed.
const SIGNAL_DELAY_MAX: Duration = Duration::from_millis(100);

/// From this width on the figures stand beside the pictures, not below.
const BESIDE_WIDTH_MIN: u16 = 76;
const FIGURES_WIDTH: u16 = 34;
const FIGURES_HEIGHT: u16 = 13;

/// Whether there is a terminal to draw on and to hear keys from.
pub(super) fn is_possible() -> bool {
    let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    io::stdout().is_terminal() && io::stdin().is_terminal() && !dumb
}

/// Gives the terminal back when it goes out of scope.
struct Restore;

impl Drop for Restore {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// Draws until there is a reason to end.
pub(super) fn follow(follower: &mut Follower, leave: &Receiver<()>) -> Result<End, Failure> {
    let mut terminal = ratatui::try_init()?;
    let _restore = Restore;
    loop {
        if follower.look()?.is_none() {
            return Ok(End::ProcessEnded);
        }
        terminal.draw(|frame| draw(frame, follower))?;
        if follower.is_count_reached() {
            return Ok(End::CountReached);
        }
        if wait_to_leave(&mut terminal, follower, leave)? {
            return Ok(End::Left);
        }
    }
}

/// Waits for the time of the next look, redrawing when the window changes;
/// whether the user wants to leave instead.
fn wait_to_leave(
    terminal: &mut DefaultTerminal,
    follower: &Follower,
    leave: &Receiver<()>,
) -> Result<bool, Failure> {
    let next = Instant::now() + follower.until_next();
    loop {
        if leave.try_recv().is_ok() {
            return Ok(true);
        }
        let left = next.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        if !event::poll(left.min(SIGNAL_DELAY_MAX))? {
            continue;
        }
        match event::read()? {
            Event::Key(key) if leaves(key) => return Ok(true),
            Event::Resize(..) => {
                terminal.draw(|frame| draw(frame, follower))?;
            }
            _ => {}
        }
    }
}

/// q, Escape, and Ctrl-C, which arrives as a key while the terminal is ours.
fn leaves(key: KeyEvent) -> bool {
    let ctrl_c = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
    key.kind == KeyEventKind::Press
        && (ctrl_c || matches!(key.code, KeyCode::Char('q' | 'Q') | KeyCode::Esc))
}

fn draw(frame: &mut Frame<'_>, follower: &Follower) {
    let Some(now) = follower.moments.last() else { return };
    let [title, middle, footer] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(1)])
            .areas(frame.area());
    let (pictures, figures) = if frame.area().width >= BESIDE_WIDTH_MIN {
        let [left, right] =
            Layout::horizontal([Constraint::Fill(1), Constraint::Length(FIGURES_WIDTH)])
                .areas(middle);
        (left, right)
    } else {
        let [above, below] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(FIGURES_HEIGHT)])
                .areas(middle);
        (above, below)
    };
    let [vsz, rss] = Layout::vertical([Constraint::Fill(1); 2]).areas(pictures);

    let name = format!(" {} ", follower.name).bold();
    let pid = format!("process {} ", follower.pid);
    frame.render_widget(Line::from_iter([name, pid.into()]).reversed(), title);
    picture(frame, vsz, "VSZ: address space", Color::Blue, &follower.moments, |m| {
        m.statm.vsz_bytes
    });
    picture(frame, rss, "RSS: in RAM", Color::Yellow, &follower.moments, Moment::rss_bytes);
    show_figures(frame, figures, follower, now);
    let every = format!("   one sample every {} ms", follower.interval.as_millis());
    frame.render_widget(Line::from_iter([" q".bold(), " leaves".into(), every.dim()]), footer);
}

fn picture(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    color: Color,
    moments: &[Moment],
    value: impl Fn(&Moment) -> u64,
) {
    let points: Vec<(f64, f64)> =
        moments.iter().map(|m| (m.elapsed_seconds(), approximate(value(m)))).collect();
    let low = moments.iter().map(&value).min().unwrap_or(0);
    let high = moments.iter().map(&value).max().unwrap_or(0);
    let (low, high) = scale(low, high);
    let first = points.first().map_or(0.0, |point| point.0);
    let last = points.last().map_or(0.0, |point| point.0).max(first + 1.0);
    let dataset = Dataset::default()
        .marker(Marker::Braille)
        .graph_type(GraphType::Line)
        .style(Style::new().fg(color))
        .data(&points);
    let seconds = |at: f64| Span::from(format!("{at:.0} s"));
    let chart = Chart::new(vec![dataset])
        .block(Block::bordered().title(title.fg(color).bold()))
        .x_axis(Axis::default().bounds([first, last]).labels([seconds(first), seconds(last)]))
        .y_axis(
            Axis::default()
                .bounds([approximate(low), approximate(high)])
                .labels([low, low.midpoint(high), high].map(|bytes| with_unit(&kib(bytes)))),
        );
    frame.render_widget(chart, area);
}

/// The ends of a scale that shows `low` to `high`: some room on either side, and
/// never of no height.
fn scale(low: u64, high: u64) -> (u64, u64) {
    const KIB: u64 = 1024;
    let room = ((high - low) / 10).max(16 * KIB);
    (low.saturating_sub(room) / KIB * KIB, (high + room).next_multiple_of(KIB))
}

fn show_figures(frame: &mut Frame<'_>, area: Rect, follower: &Follower, now: &Moment) {
    let resident = now.rollup.read();
    let or_dash = |bytes: Option<u64>| bytes.map_or("–".into(), |bytes| with_unit(&kib(bytes)));
    let rows = [
        ("VSZ", with_unit(&kib(now.statm.vsz_bytes)), Color::Blue),
        ("RSS", with_unit(&kib(now.rss_bytes())), Color::Yellow),
        ("  private", or_dash(resident.map(|r| r.private_bytes)), Color::Reset),
        ("  shared", or_dash(resident.map(|r| r.shared_bytes)), Color::Reset),
        ("swapped out", or_dash(resident.map(|r| r.swap_bytes)), Color::Reset),
        ("minor faults", grouped(now.faults.minor), Color::Reset),
        ("major faults", grouped(now.faults.major), Color::Reset),
        ("threads", grouped(now.threads), Color::Reset),
        ("state", state_name(now.state).to_owned(), Color::Reset),
        ("followed for", format!("{:.1} s", now.elapsed_seconds()), Color::Reset),
    ];
    let block = Block::bordered().title("now".bold());
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let [table, note] =
        Layout::vertical([Constraint::Length(rows.len() as u16), Constraint::Fill(1)]).areas(inner);
    let rows = rows.map(|(name, value, color)| {
        let value = Line::from(value).right_aligned();
        Row::new([Cell::from(name), Cell::from(value)]).style(Style::new().fg(color))
    });
    frame.render_widget(Table::new(rows, [Constraint::Length(13), Constraint::Fill(1)]), table);
    if let Some(missing) = follower.missing() {
        frame.render_widget(Paragraph::new(missing).wrap(Wrap { trim: true }).dim(), note);
    }
}

fn with_unit(kib: &str) -> String {
    format!("{kib} KiB")
}

fn state_name(state: char) -> &'static str {
    match state {
        'R' => "running",
        'S' => "sleeping",
        'D' => "waiting for a device",
        'T' => "stopped",
        't' => "traced",
        'I' => "idle",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::sample::{Faults, Resident, Rollup, Statm};

    const MIB: u64 = 1 << 20;

    fn moment(second: u64, rollup: Rollup) -> Moment {
        let statm = Statm { vsz_bytes: 700 * MIB, rss_bytes: (80 + second) * MIB };
        let faults = Faults { minor: 12_345, major: 6 };
        Moment { pid: 42, elapsed_ms: second * 1000, state: 'S', threads: 7, statm, rollup, faults }
    }

    fn permitted(second: u64) -> Rollup {
        Rollup::Read(Resident {
            rss_bytes: (90 + second) * MIB,
            private_bytes: 60 * MIB,
            shared_bytes: 30 * MIB,
            ..Resident::default()
        })
    }

    fn screen(width: u16, height: u16, moments: Vec<Moment>) -> String {
        let mut follower = Follower::of_ourselves();
        follower.pid = 42;
        follower.name = "sleeper".into();
        follower.moments = moments;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, &follower)).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn the_view_shows_both_pictures_and_all_figures() {
        let screen = screen(100, 30, (0..20).map(|s| moment(s, permitted(s))).collect());
        for wanted in [
            "sleeper",
            "process 42",
            "VSZ: address space",
            "RSS: in RAM",
            "716,800 KiB",
            "111,616 KiB",
            "61,440 KiB",
            "30,720 KiB",
            "12,345",
            "sleeping",
            "19.0 s",
            "q leaves",
        ] {
            assert!(screen.contains(wanted), "{wanted} in\n{screen}");
        }
        let is_braille = |dot: char| ('\u{2801}'..='\u{28ff}').contains(&dot);
        assert!(screen.contains(is_braille), "a curve is drawn in\n{screen}");
    }

    #[test]
    fn without_permission_the_view_says_so_and_shows_what_statm_knows() {
        let screen = screen(100, 30, vec![moment(3, Rollup::NotPermitted)]);
        for wanted in ["84,992 KiB", "private", "–", "not permitted"] {
            assert!(screen.contains(wanted), "{wanted} in\n{screen}");
        }
    }

    #[test]
    fn a_narrow_window_puts_the_figures_below() {
        let screen = screen(50, 40, vec![moment(0, permitted(0)), moment(1, permitted(1))]);
        let line_of = |text| screen.lines().position(|line| line.contains(text));
        assert!(line_of("RSS: in RAM") < line_of("minor faults"), "{screen}");
    }

    #[test]
    fn no_window_is_too_small_to_draw_in() {
        for (width, height) in [(1, 1), (3, 80), (80, 3), (20, 10)] {
            screen(width, height, vec![moment(0, permitted(0)), moment(1, permitted(1))]);
        }
    }

    #[test]
    fn a_scale_is_never_flat() {
        for (low, high) in [(0, 0), (4096, 4096), (u64::from(u32::MAX), 1 << 40)] {
            let (bottom, top) = scale(low, high);
            assert!(bottom <= low && high <= top && bottom < top);
        }
    }

    #[test]
    fn q_escape_and_ctrl_c_leave() {
        let key = |code, modifiers| leaves(KeyEvent::new(code, modifiers));
        assert!(key(KeyCode::Char('q'), KeyModifiers::NONE));
        assert!(key(KeyCode::Esc, KeyModifiers::NONE));
        assert!(key(KeyCode::Char('c'), KeyModifiers::CONTROL));
        assert!(!key(KeyCode::Char('c'), KeyModifiers::NONE));
    }
}
