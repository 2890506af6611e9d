//! The handout's experiments, and the reports on them.

use serde_json::Value;

use crate::support::{assert_both_series, experiment, number, read_chart, scratch, succeeds};

/// How many pages: one, the handout's order of magnitude, more than rows in the
/// table, more than samples, and more than a huge page of x86.
const SIZES: [u64; 5] = [1, 4, 9, 1000, 5000];

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
