//! Statistics from Rust: what the figures say of blocks that are there, and their
//! JSON. One test: the figures are those of the whole process.

#[global_allocator]
static ALLOCATOR: allotment::Allotment = allotment::Allotment::new();

#[test]
fn figures_follow_what_is_allocated_and_freed() {
    let before = allotment::statistics::gather();
    let small: Vec<Box<[u8; 1000]>> = (0..1000).map(|_| Box::new([1; 1000])).collect();
    let large = vec![1_u8; 10 << 20];
    let held = allotment::statistics::gather();
    assert!(held.live_bytes() >= before.live_bytes() + 1000 * 1000 + (10 << 20));
    assert!(held.live_blocks() > before.live_blocks() + 1000);
    assert_eq!(held.large_blocks, before.large_blocks + 1);
    assert!(held.peak_live_bytes >= held.live_bytes());
    assert!(held.resident_bytes.unwrap() > held.live_bytes());
    assert!(held.committed_bytes() >= held.live_bytes());
    assert!(held.mapped_bytes > held.committed_bytes() + held.metadata_bytes);
    assert!(held.fragmentation_permille() < 500, "most of it is live");
    assert!(!held.calls_counted && held.threads >= 1 && held.heaps >= held.threads);
    drop((small, large));
    let after = allotment::statistics::gather();
    assert!(after.live_bytes() < held.live_bytes() - 1000 * 1000 - (9 << 20));
    assert!(after.peak_live_bytes >= held.live_bytes());
    assert!(after.fragmentation_permille() > 500, "most of it is free");
    assert!(allotment::raw::trim());
    let trimmed = allotment::statistics::gather();
    assert!(trimmed.purged_bytes >= after.purged_bytes + (10 << 20));
    assert!(trimmed.resident_bytes < after.resident_bytes);

    let mut text = vec![0; 1 << 16];
    let bytes = trimmed.write_json(&mut text);
    let text = std::str::from_utf8(&text[..bytes]).unwrap();
    assert!(text.starts_with("{\"schema\": \"allotment.statistics.1\", ") && text.ends_with("}\n"));
    let live = format!("\"live\": {{\"blocks\": {}, ", trimmed.live_blocks());
    assert!(text.contains(&live), "{live:?} in {text}");
    assert_eq!(text.matches('{').count(), text.matches('}').count());
    let mut beginning = [0; 10];
    assert_eq!(trimmed.write_json(&mut beginning), bytes);
    assert_eq!(&beginning, &text.as_bytes()[..10]);
}
