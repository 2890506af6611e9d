//! `allotment observe`, from outside: each claim of the handout is a test.
//!
//! No assertion depends on how long anything takes: processes are waited for, and
//! where time has to pass, it is the count of samples that decides.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

const ALLOTMENT: &str = env!("CARGO_BIN_EXE_allotment");

/// How many pages: one, the handout's order of magnitude, more than rows in the
/// table, more than samples, and more than a huge page of x86.
const SIZES: [u64; 5] = [1, 4, 9, 1000, 5000];

fn allotment(arguments: &[&str]) -> Output {
    Command::new(ALLOTMENT).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// A run that must succeed, and say nothing on stderr.
fn succeeds(arguments: &[&str]) -> String {
    let output = allotment(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    assert_eq!(stderr(&output), "");
    stdout(&output).to_owned()
}

/// One line on stderr: `allotment: what happened; what to do next`.
fn assert_refused(output: &Output, exit_code: i32, words: &[&str]) {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(exit_code), "{text}");
    assert_eq!(stdout(output), "");
    assert!(text.starts_with("allotment: "), "{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} in {text}");
    }
}

fn experiment(pages: u64) -> Value {
    let text = succeeds(&["observe", "--json", "--pages", &pages.to_string()]);
    serde_json::from_str(&text).unwrap()
}

fn number(value: &Value, path: &str) -> u64 {
    let found = value.pointer(path).unwrap_or_else(|| panic!("{path} in {value}"));
    found.as_u64().unwrap_or_else(|| panic!("{path} is {found}"))
}

fn samples(experiment: &Value, step: &str) -> Vec<Value> {
    let all = experiment["samples"].as_array().unwrap();
    all.iter().filter(|sample| sample["step"] == step).cloned().collect()
}

fn the_sample(experiment: &Value, step: &str) -> Value {
    let [only] = samples(experiment, step).try_into().unwrap();
    only
}

// ---- the handout's claims ----------------------------------------------------

#[test]
fn mapping_moves_vsz_by_exactly_its_length_and_rss_not_at_all() {
    for pages in SIZES {
        let seen = experiment(pages);
        let page_bytes = number(&seen, "/page_bytes");
        let (before, after) = (the_sample(&seen, "baseline"), the_sample(&seen, "mapped"));
        for source in ["/statm/vsz_bytes", "/smaps/vsz_bytes"] {
            let grown = number(&after, source) - number(&before, source);
            assert_eq!(grown, pages * page_bytes, "{pages} pages, {source}");
        }
        assert_eq!(number(&after, "/mapping/mapping_rss_bytes"), 0);
        assert_eq!(number(&after, "/smaps/rss_bytes"), number(&before, "/smaps/rss_bytes"));
        assert_eq!(number(&after, "/since_previous/minor_faults"), 0);
    }
}

#[test]
fn each_write_brings_in_one_page_for_one_minor_fault() {
    for pages in SIZES {
        let seen = experiment(pages);
        let page_bytes = number(&seen, "/page_bytes");
        let mapped = the_sample(&seen, "mapped");
        let written = samples(&seen, "written");
        if pages <= 64 {
            assert_eq!(written.len() as u64, pages, "few writes are all sampled");
        }
        for sample in &written {
            let so_far = number(sample, "/pages_written");
            let rss = number(sample, "/smaps/rss_bytes") - number(&mapped, "/smaps/rss_bytes");
            let faults = number(sample, "/faults/minor") - number(&mapped, "/faults/minor");
            assert_eq!(number(sample, "/mapping/mapping_rss_bytes"), so_far * page_bytes);
            assert_eq!(rss, so_far * page_bytes, "the whole process's RSS");
            assert_eq!(faults, so_far, "minor faults");
            assert_eq!(number(sample, "/statm/vsz_bytes"), number(&mapped, "/statm/vsz_bytes"));
            assert_eq!(number(sample, "/smaps/anon_huge_bytes"), 0);
        }
        assert_eq!(number(written.last().unwrap(), "/pages_written"), pages);
    }
}

#[test]
fn unmapping_brings_vsz_and_rss_back_to_the_baseline() {
    for pages in SIZES {
        let seen = experiment(pages);
        let (before, after) = (the_sample(&seen, "baseline"), the_sample(&seen, "unmapped"));
        for figure in ["/statm/vsz_bytes", "/smaps/vsz_bytes", "/smaps/rss_bytes"] {
            assert_eq!(number(&after, figure), number(&before, figure), "{figure}");
        }
        assert!(after["mapping"].is_null(), "nobody has the address any more");
    }
}

#[test]
fn the_maps_line_shown_is_the_one_the_mapping_lies_in() {
    for pages in SIZES {
        let seen = experiment(pages);
        let bytes = number(&seen, "/mapping_bytes");
        for sample in [samples(&seen, "mapped"), samples(&seen, "written")].concat() {
            let mapping = &sample["mapping"];
            let line = mapping["maps_line"].as_str().unwrap();
            let (start, rest) = line.split_once('-').unwrap();
            let (end, rest) = rest.split_once(' ').unwrap();
            let address = |hex| u64::from_str_radix(hex, 16).unwrap();
            assert!(rest.starts_with("rw-p 00000000 00:00 0"), "anonymous and private: {line}");
            assert_eq!(number(mapping, "/size_bytes"), address(end) - address(start));
            let is_longer = address(end) - address(start) > bytes;
            assert_eq!(mapping["merged_with_neighbour"], is_longer, "{line}");
        }
    }
}

// ---- reports -----------------------------------------------------------------

#[test]
fn the_report_has_every_step_with_its_figures_and_why() {
    let text = succeeds(&["observe"]);
    let sentences = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        "1 baseline",
        "2 map 4 pages",
        "3 write page 1",
        "  write page 4",
        "4 unmap",
        "statm",
        "smaps",
        "+16",
        "-16",
        "1+0",
        "rw-p 00000000 00:00 0",
        "Rss 0 KiB",
        "Rss 16 KiB",
    ] {
        assert!(text.contains(wanted), "{wanted:?} in\n{text}");
    }
    for wanted in ["mmap only promises", "4 minor faults for 4 pages", "munmap takes back"] {
        assert!(sentences.contains(wanted), "{wanted:?} in\n{text}");
    }
    assert!(!text.contains('\x1b'), "no colours where there is no terminal");
    assert!(!sentences.contains("not what was expected"), "{text}");
}

#[test]
fn many_pages_are_reported_quarter_by_quarter() {
    let text = succeeds(&["observe", "--pages", "1000"]);
    for wanted in ["write page 1", "… to page 250", "… to page 500", "… to page 1,000"] {
        assert!(text.contains(wanted), "{wanted:?} in\n{text}");
    }
    let rows = text.lines().filter(|line| line.contains("… to page")).count();
    assert_eq!(rows, 4);
}

#[test]
fn the_json_has_the_documented_fields() {
    let seen = experiment(4);
    assert_eq!(seen["schema"], "allotment.observe.1");
    assert_eq!(number(&seen, "/pages"), 4);
    assert_eq!(number(&seen, "/mapping_bytes"), 4 * number(&seen, "/page_bytes"));
    for step in ["baseline", "mapped", "written", "unmapped"] {
        let why = seen["explanations"][step].as_str().unwrap();
        assert!(why.ends_with('.'), "{step}: {why}");
    }
    assert!(seen["notes"].is_array());
    let steps: Vec<&Value> =
        seen["samples"].as_array().unwrap().iter().map(|sample| &sample["step"]).collect();
    let order = ["baseline", "mapped", "written", "written", "written", "written", "unmapped"];
    assert_eq!(steps, order);
    for sample in seen["samples"].as_array().unwrap() {
        for field in [
            "/pages_written",
            "/statm/vsz_bytes",
            "/statm/rss_bytes",
            "/smaps/vsz_bytes",
            "/smaps/rss_bytes",
            "/smaps/pss_bytes",
            "/smaps/private_bytes",
            "/smaps/shared_bytes",
            "/smaps/anon_huge_bytes",
            "/smaps/swap_bytes",
            "/faults/minor",
            "/faults/major",
            "/page_tables_bytes",
        ] {
            number(sample, field);
        }
        for change in ["since_previous", "since_baseline"] {
            for field in ["vsz_bytes", "rss_bytes", "minor_faults", "major_faults"] {
                assert!(sample[change][field].is_i64(), "{change}.{field}");
            }
        }
    }
}

/// A path in the folder that cargo keeps for integration tests.
fn scratch(name: &str) -> PathBuf {
    let name = format!("{}-{name}", std::process::id());
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// All texts of a chart, and the colours of its lines; fails if it is no XML.
fn read_chart(path: &PathBuf) -> (Vec<String>, Vec<String>) {
    let text = fs::read_to_string(path).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "svg");
    let named = |tag| document.descendants().filter(move |node| node.has_tag_name(tag));
    let texts = named("text").filter_map(|node| node.text()).map(|t| t.trim().to_owned());
    let lines = named("polyline").filter_map(|node| node.attribute("stroke")).map(Into::into);
    let found = (texts.collect(), lines.collect());
    fs::remove_file(path).unwrap();
    found
}

const VSZ_COLOUR: &str = "#2F6FB7";
const RSS_COLOUR: &str = "#E07B1A";

fn assert_both_series((texts, lines): &(Vec<String>, Vec<String>), wanted: &[&str]) {
    for colour in [VSZ_COLOUR, RSS_COLOUR] {
        assert!(lines.iter().any(|line| line == colour), "{colour} among {lines:?}");
    }
    for word in wanted {
        assert!(texts.iter().any(|text| text.contains(word)), "{word:?} among {texts:?}");
    }
}

#[test]
fn the_chart_is_xml_with_both_series_names_steps_and_units() {
    for pages in ["1", "4", "1000"] {
        let path = scratch(&format!("steps-{pages}.svg"));
        succeeds(&["observe", "--pages", pages, "--svg", path.to_str().unwrap()]);
        let names = [
            "VSZ",
            "RSS",
            "KiB",
            "baseline",
            "map",
            "unmap",
            "change from baseline (KiB)",
            "step of the experiment",
        ];
        assert_both_series(&read_chart(&path), &names);
    }
}

#[test]
fn json_and_a_chart_go_together() {
    let path = scratch("both.svg");
    let text = succeeds(&["observe", "--json", "--svg", path.to_str().unwrap()]);
    serde_json::from_str::<Value>(&text).unwrap();
    assert_both_series(&read_chart(&path), &[]);
}

// ---- refusals ------------------------------------------------------------------

#[test]
fn absurd_numbers_of_pages_are_refused_before_anything_is_mapped() {
    for absurd in ["0", "-3", "four", "4611686018427387904", "99999999999999999999"] {
        let output = allotment(&["observe", &format!("--pages={absurd}")]);
        assert_refused(&output, 2, &["--pages"]);
    }
}

#[test]
fn a_mapping_that_the_kernel_refuses_is_an_error_that_names_a_way_out() {
    // 2^50 pages: more than any address space, whatever the kernel's settings.
    let output = allotment(&["observe", "--pages", "1125899906842624"]);
    assert_refused(&output, 1, &["the kernel refused to map", "; ask for fewer pages"]);
}

#[test]
fn the_limit_of_address_space_is_named_when_it_is_the_reason() {
    let limited = "ulimit -v 200000; exec \"$0\" observe --pages 262144";
    let output = Command::new("sh").args(["-c", limited, ALLOTMENT]).output().unwrap();
    assert_refused(&output, 1, &["refused to map 262,144 pages", "ulimit -v", "; raise the limit"]);
}

#[test]
fn a_chart_that_cannot_be_written_is_an_error() {
    let output = allotment(&["observe", "--svg", "/nonexistent/folder/chart.svg"]);
    assert_refused(&output, 1, &["/nonexistent/folder/chart.svg cannot be written", "; name a"]);
}

#[test]
fn options_that_exclude_each_other_are_refused() {
    assert_refused(&allotment(&["observe", "--pages", "4", "--pid", "1"]), 2, &["--pages"]);
    assert_refused(&allotment(&["observe", "--count", "4"]), 2, &["--pid"]);
}

#[test]
fn without_a_command_the_help_is_shown() {
    let text = succeeds(&[]);
    assert!(text.contains("observe") && text.contains("Exit codes"), "{text}");
    assert!(!text.contains("observe-subject"), "{text}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for arguments in [vec!["observe"], vec!["observe", "--json"]] {
        let mut child = Command::new(ALLOTMENT)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        assert_eq!(stderr(&output), "");
    }
}

// ---- the subject -----------------------------------------------------------------

struct Subject {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Subject {
    fn start() -> Self {
        let mut child = Command::new(ALLOTMENT)
            .arg("observe-subject")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let requests = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, requests, answers }
    }

    fn ask(&mut self, request: &str) -> String {
        writeln!(self.requests, "{request}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        answer.trim_end().to_owned()
    }
}

#[test]
fn the_subject_does_what_its_protocol_says_and_nothing_else() {
    let page_bytes = number(&experiment(1), "/page_bytes");
    let mut subject = Subject::start();
    let map = format!("map {}", 2 * page_bytes);
    let too_much = format!("map {}", page_bytes << 48);
    for (request, answer) in [
        ("touch 0 1", "misunderstood"), // nothing is mapped
        ("unmap", "misunderstood"),
        ("map 1", "misunderstood"), // not whole pages
        ("map 0", "misunderstood"),
        ("dance", "misunderstood"),
        (&too_much, "refused 12"),
        (&map, "mapped 0x"),
        (&map, "misunderstood"), // one mapping at a time
        ("touch 0 2", "touched"),
        ("touch 1 2", "misunderstood"), // beyond its end
        ("touch 18446744073709551615 1", "misunderstood"),
        ("unmap", "unmapped"),
        ("unmap", "misunderstood"),
    ] {
        let heard = subject.ask(request);
        assert!(heard.starts_with(answer), "{request}: {heard}, not {answer}");
    }
    drop(subject.requests);
    assert!(subject.child.wait().unwrap().success(), "it ends with its stdin");
}

#[test]
fn the_subject_wants_no_huge_pages() {
    let mut subject = Subject::start();
    subject.ask("unmap"); // whatever the answer: it has started by now
    let status = fs::read_to_string(format!("/proc/{}/status", subject.child.id())).unwrap();
    // Kernels before 5.0 do not tell.
    let told = status.lines().find(|line| line.starts_with("THP_enabled:"));
    assert!(told.is_none_or(|line| line.ends_with('0')), "{told:?}");
    drop(subject.requests);
    subject.child.wait().unwrap();
}

// ---- following -------------------------------------------------------------------

/// A process that waits until its stdin is closed, or until it is killed.
struct Sleeper(Child);

impl Sleeper {
    fn start() -> Self {
        Self(Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap())
    }

    fn pid(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn following_prints_one_line_a_sample_under_a_header() {
    let sleeper = Sleeper::start();
    let text = succeeds(&["observe", "--pid", &sleeper.pid(), "--count", "3", "--interval", "10"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    let names: Vec<&str> = lines[0].split_whitespace().collect();
    assert_eq!(names[..3], ["seconds", "vsz_KiB", "rss_KiB"]);
    for line in &lines[1..] {
        let figures: Vec<f64> = line.split_whitespace().map(|t| t.parse().unwrap()).collect();
        assert_eq!(figures.len(), names.len());
        assert!(figures[1] > figures[2] && figures[2] > 0.0, "VSZ > RSS > 0: {line}");
    }
}

#[test]
fn following_as_json_is_one_object_a_line_with_the_documented_fields() {
    let sleeper = Sleeper::start();
    let arguments = ["observe", "--json", "--count", "3", "--interval", "10", "--pid"];
    let text = succeeds(&[&arguments[..], &[&sleeper.pid()]].concat());
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    for line in &lines {
        for field in [
            "/pid",
            "/elapsed_ms",
            "/threads",
            "/statm/vsz_bytes",
            "/statm/rss_bytes",
            "/smaps_rollup/rss_bytes",
            "/smaps_rollup/private_bytes",
            "/smaps_rollup/shared_bytes",
            "/faults/minor",
            "/faults/major",
        ] {
            number(line, field);
        }
        assert_eq!(line["pid"].to_string(), sleeper.pid());
        assert!(line["state"].is_string());
    }
}

#[test]
fn following_sees_a_mapping_come_and_go() {
    let mut subject = Subject::start();
    subject.ask("map 1048576");
    subject.ask("touch 0 1");
    subject.ask("unmap");
    let pid = subject.child.id().to_string();
    let look = || {
        let text = succeeds(&["observe", "--json", "--pid", &pid, "--count", "1"]);
        let line: Value = serde_json::from_str(&text).unwrap();
        (number(&line, "/statm/vsz_bytes"), number(&line, "/smaps_rollup/rss_bytes"))
    };
    let before = look();
    subject.ask("map 1048576");
    assert_eq!(look(), (before.0 + 1_048_576, before.1));
    subject.ask("touch 0 16");
    let page_bytes = number(&experiment(1), "/page_bytes");
    assert_eq!(look(), (before.0 + 1_048_576, before.1 + 16 * page_bytes));
    subject.ask("unmap");
    assert_eq!(look(), before);
    drop(subject.requests);
    subject.child.wait().unwrap();
}

#[test]
fn following_draws_a_chart_when_it_ends() {
    let sleeper = Sleeper::start();
    let path = scratch("course.svg");
    let count = ["--count", "3", "--interval", "10"];
    let target = ["observe", "--pid", &sleeper.pid(), "--svg", path.to_str().unwrap()];
    succeeds(&[&target[..], &count].concat());
    assert_both_series(&read_chart(&path), &["VSZ (MiB)", "RSS (MiB)", "seconds"]);
}

#[test]
fn a_process_that_does_not_exist_is_refused() {
    // Beyond the largest number Linux gives to a process (2^22).
    let output = allotment(&["observe", "--pid", "2000000000"]);
    assert_refused(&output, 1, &["there is no process 2000000000", "; see ps"]);
    assert_refused(&allotment(&["observe", "--pid", "0"]), 2, &["--pid"]);
}

/// Follows a process, and ends it after the first sample has arrived.
fn follow_to_the_end(json: bool) -> (String, Output) {
    let mut sleeper = Sleeper::start();
    let mut command = Command::new(ALLOTMENT);
    command.args(["observe", "--interval", "10", "--pid", &sleeper.pid()]);
    if json {
        command.arg("--json");
    }
    let mut follower = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(follower.stdout.take().unwrap());
    let mut text = String::new();
    for _ in 0..2 {
        out.read_line(&mut text).unwrap();
    }
    drop(sleeper.0.stdin.take());
    // Not waited for here: until its parent does, it is a zombie, which has ended, too.
    out.read_to_string(&mut text).unwrap();
    (text, follower.wait_with_output().unwrap())
}

#[test]
fn the_end_of_the_process_is_said_and_is_no_error() {
    for json in [false, true] {
        let (text, output) = follow_to_the_end(json);
        assert!(output.status.success());
        let said = stderr(&output);
        assert!(said.contains("(cat) has ended"), "{said}");
        assert!(text.lines().count() >= 2);
        if json {
            assert!(text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
        }
    }
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_following_quietly() {
    let sleeper = Sleeper::start();
    let mut follower = Command::new(ALLOTMENT)
        .args(["observe", "--interval", "10", "--pid", &sleeper.pid()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut out = BufReader::new(follower.stdout.take().unwrap());
    out.read_line(&mut first).unwrap();
    drop(out);
    let output = follower.wait_with_output().unwrap();
    assert!(first.contains("vsz_KiB"));
    assert!(output.status.success());
    assert_eq!(stderr(&output), "");
}

#[test]
fn an_interrupt_ends_the_following_and_still_draws_the_chart() {
    let sleeper = Sleeper::start();
    let path = scratch("interrupted.svg");
    let mut follower = Command::new(ALLOTMENT)
        .args(["observe", "--interval", "10", "--pid", &sleeper.pid()])
        .args(["--svg", path.to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(follower.stdout.take().unwrap());
    for _ in 0..2 {
        out.read_line(&mut String::new()).unwrap();
    }
    let interrupt = format!("kill -INT {}", follower.id());
    assert!(Command::new("sh").args(["-c", &interrupt]).status().unwrap().success());
    out.read_to_string(&mut String::new()).unwrap();
    assert!(follower.wait().unwrap().success());
    assert_both_series(&read_chart(&path), &[]);
}

#[test]
fn another_users_process_is_followed_by_statm_and_that_is_said() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    // Where the user "nobody" can reach it, too.
    let copy = std::env::temp_dir().join(format!("allotment-{}", std::process::id()));
    fs::copy(ALLOTMENT, &copy).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(&copy);
    command.args(["observe", "--pid", "1", "--count", "2", "--interval", "10", "--json"]);
    let is_root = fs::read_to_string("/proc/self/status").unwrap().contains("\nUid:\t0\t");
    if is_root {
        command.uid(65534).gid(65534);
    }
    let output = command.current_dir("/").output().unwrap();
    fs::remove_file(&copy).unwrap();
    let text = stderr(&output);
    if text.contains("there is no process 1") {
        return; // /proc is mounted with hidepid: nothing of root's is to be seen.
    }
    assert!(output.status.success(), "{text}");
    assert_eq!(text.matches("smaps_rollup not permitted").count(), 1, "said once: {text}");
    for line in stdout(&output).lines() {
        let sample: Value = serde_json::from_str(line).unwrap();
        assert!(sample["smaps_rollup"].is_null());
        assert!(number(&sample, "/statm/rss_bytes") > 0);
    }
}
