//! The tours show every kind of thing that the lab is about.

use serde_json::Value;

use crate::common::number;
use crate::support::{Extent, extents, list, text, tours};

fn events<'a>(part: &'a Value, kind: &'a str) -> Vec<&'a Value> {
    let all = list(&part["steps"]).iter().flat_map(|step| list(&step["events"]));
    all.filter(|event| event["kind"] == kind).collect()
}

fn steps<'a>(part: &'a Value, call: &str) -> Vec<&'a Value> {
    list(&part["steps"]).iter().filter(|step| step["call"] == call).collect()
}

/// What the library said about a call that it refused.
fn message<'a>(part: &'a Value, call: &str) -> &'a str {
    let said = |step: &&Value| !list(&step["outcome"]["messages"]).is_empty();
    let step = steps(part, call).into_iter().find(said);
    let step = step.unwrap_or_else(|| panic!("{call} was not refused"));
    text(&step["outcome"]["messages"][0])
}

#[test]
fn part_a_shows_splits_merges_best_fit_fragmentation_and_refusals() {
    let document = tours();
    let part = &document["parts"][0];
    assert_eq!((&part["part"], number(part, "/unit_bytes")), (&"a".into(), 8));
    for kind in ["mapped", "unmapped", "split", "filled", "freed", "merged", "rearranged"] {
        assert!(!events(part, kind).is_empty(), "{kind}");
    }
    let sides: Vec<[bool; 2]> = events(part, "merged")
        .into_iter()
        .map(|event| ["/below_bytes", "/above_bytes"].map(|side| number(event, side) > 0))
        .collect();
    for side in [[true, false], [false, true], [true, true]] {
        assert!(sides.contains(&side), "below, above: {side:?}");
    }
    let explained: String =
        list(&part["steps"]).iter().map(|step| text(&step["explanation"])).collect();
    for wanted in ["Best fit of the holes of 512, 768 and 1024", "fragmentation", "whole page"] {
        assert!(explained.contains(wanted), "{wanted}");
    }
    assert!(!explained.contains("Unexpected") && !explained.contains("Not the best"));
    for call in ["x = alloc(12)", "x = alloc(4104)"] {
        assert_eq!(steps(part, call)[0]["outcome"]["kind"], "null", "{call}");
    }
    assert!(message(part, "dealloc(w + 8)").contains("8 bytes inside the block of 4096 bytes"));
    assert!(message(part, "dealloc(w)").contains("freed already"));
}

#[test]
fn the_request_that_failed_for_fragmentation_succeeds_after_one_more_dealloc() {
    let document = tours();
    let all = list(&document["parts"][0]["steps"]);
    let is_null =
        |step: &Value| step["call"] == "g = alloc(1536)" && step["outcome"]["kind"] == "null";
    let at = all.iter().position(is_null).unwrap();
    let free: usize = extents(&all[at]["pages"][0]).iter().filter(|e| !e.2).map(|e| e.1).sum();
    assert!(free >= 1536, "the sum would suffice");
    assert_eq!(all[at + 1]["events"][0]["kind"], "merged");
    assert_eq!(all[at + 2]["call"], "g = alloc(1536)");
    assert_eq!(all[at + 2]["outcome"]["kind"], "block");
}

#[test]
fn the_page_serves_as_one_block_and_as_512() {
    let document = tours();
    let all = list(&document["parts"][0]["steps"]);
    let maps: Vec<Vec<Extent>> =
        all.iter().flat_map(|step| list(&step["pages"])).map(extents).collect();
    assert!(maps.contains(&vec![(0, 4096, true)]));
    assert!(maps.iter().any(|map| map.len() == 512 && map.iter().all(|e| e.1 == 8 && e.2)));
}

#[test]
fn part_b_maps_pages_on_demand_uses_old_holes_first_and_gives_all_back() {
    let document = tours();
    let part = &document["parts"][1];
    assert_eq!((&part["part"], number(part, "/unit_bytes")), (&"b".into(), 256));
    let all = list(&part["steps"]);
    assert!(list(&all[0]["pages"]).is_empty(), "init maps nothing");
    assert_eq!(all[1]["call"], "a = alloc(1024)");
    assert_eq!(number(&all[1], "/pages/0/in_ram_bytes"), 0, "mapped and not touched");
    assert_eq!(events(part, "mapped").len(), 3);
    assert_eq!(events(part, "unmapped").len(), 3);
    let f = steps(part, "f = alloc(1536)")[0];
    assert_eq!((number(f, "/outcome/page"), list(&f["pages"]).len()), (1, 2), "an old hole");
    let h = steps(part, "h = alloc(4096)")[0];
    assert_eq!((number(h, "/outcome/page"), list(&h["pages"]).len()), (3, 3), "an emptied page");
    let a = |step: usize| &all[step]["pages"][0]["map"][0];
    assert_eq!([&a(1)["written"], &a(2)["written"]], [false, true]);
    for step in all {
        let wrote = text(&step["call"]).starts_with("memset");
        let back = text(&step["call"]) == "cleanup()";
        let rss = step["since_previous"]["rss_bytes"].as_i64().unwrap();
        let expected = i64::from(wrote) * 4096 - i64::from(back) * 8192;
        assert_eq!(rss, expected, "{step}");
    }
}

#[test]
fn vsz_moves_by_exactly_4_kib_at_each_mapping_and_never_otherwise() {
    let document = tours();
    for part in list(&document["parts"]) {
        let mut vsz = number(part, "/baseline/vsz_bytes").cast_signed();
        for step in list(&part["steps"]) {
            let count = |kind: &str| {
                let events = list(&step["events"]).iter();
                events.filter(|event| event["kind"] == kind).count().cast_signed() as i64
            };
            let moved = 4096 * (count("mapped") - count("unmapped"));
            assert_eq!(step["since_previous"]["vsz_bytes"].as_i64(), Some(moved), "{step}");
            vsz += moved;
            assert_eq!(number(step, "/vsz_bytes").cast_signed(), vsz);
        }
        assert_eq!(vsz, number(part, "/baseline/vsz_bytes").cast_signed(), "all given back");
    }
}

#[test]
fn every_byte_is_compared_before_it_is_given_back() {
    let document = tours();
    for (part, bytes) in list(&document["parts"]).iter().zip([4096, 3 * 4096]) {
        let cleanup = steps(part, "cleanup()")[0];
        assert_eq!(number(cleanup, "/intact_bytes"), bytes);
        assert_eq!(number(part, "/end_intact_bytes"), 0, "no page is left");
    }
}

#[test]
fn the_json_has_the_documented_fields() {
    let document = tours();
    assert_eq!(document["schema"], "allotment.lab.1");
    assert_eq!(number(&document, "/width_cells"), 64);
    for part in list(&document["parts"]) {
        assert_eq!(number(part, "/page_bytes"), 4096);
        assert!(number(part, "/pid") > 0 && number(part, "/baseline/rss_bytes") > 0);
        assert!(text(&part["script"]).starts_with("the tour of Part"));
        for (at, step) in list(&part["steps"]).iter().enumerate() {
            assert_eq!(number(step, "/number"), at as u64 + 1);
            assert!(number(step, "/script_line") > number(step, "/number"));
            assert!(step["heading"].is_string() || step["heading"].is_null());
            assert!(text(&step["explanation"]).ends_with('.'), "{step}");
            assert!(step["outcome"]["kind"].is_string());
            assert!(number(step, "/rss_bytes") < number(step, "/vsz_bytes"));
            for (at, page) in list(&step["pages"]).iter().enumerate() {
                assert_eq!(number(page, "/page"), at as u64 + 1);
                assert!([0, 4096].contains(&number(page, "/in_ram_bytes")));
                assert_eq!(text(&page["drawing"]).chars().count(), 64);
                for extent in list(&page["map"]) {
                    assert_eq!(extent["taken"], extent["name"].is_string());
                    assert!(extent["written"].is_boolean());
                }
            }
        }
    }
}
