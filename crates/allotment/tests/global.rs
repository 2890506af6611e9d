//! A test program whose every allocation is ours.

use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc;
use std::thread;

#[global_allocator]
static ALLOCATOR: allotment::Allotment = allotment::Allotment::new();

/// Random numbers that repeat.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) as usize % bound
    }
}

fn churn(seed: u64, steps: usize) {
    let mut random = Random(seed);
    let mut live: Vec<Vec<u8>> = Vec::new();
    for step in 0..steps {
        let size = match random.below(10) {
            0 => random.below(200_000),
            1 | 2 => random.below(10_000),
            _ => random.below(300),
        };
        let mark = step as u8;
        if live.len() > 2000 || random.below(3) == 0 && !live.is_empty() {
            let gone = live.swap_remove(random.below(live.len()));
            assert!(gone.windows(2).all(|pair| pair[0] == pair[1]), "a block keeps its bytes");
        } else {
            live.push(vec![mark; size]);
        }
        if let Some(last) = live.last_mut()
            && random.below(8) == 0
        {
            let mark = last.first().copied().unwrap_or(mark);
            last.resize(random.below(100_000), mark);
        }
    }
}

#[test]
fn blocks_of_all_sizes_keep_their_bytes() {
    churn(1, 60_000);
}

#[test]
fn threads_churn_side_by_side() {
    let threads: Vec<_> = (0..8).map(|seed| thread::spawn(move || churn(seed, 20_000))).collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn one_thread_allocates_and_another_frees() {
    let (send, receive) = mpsc::sync_channel::<Vec<u8>>(1000);
    let consumer = thread::spawn(move || {
        for block in receive {
            assert!(block.iter().all(|&byte| byte == block.len() as u8));
        }
    });
    let mut random = Random(5);
    for _ in 0..300_000 {
        let size = 1 + random.below(500);
        send.send(vec![size as u8; size]).unwrap();
    }
    drop(send);
    consumer.join().unwrap();
}

#[test]
fn ten_thousand_short_lived_threads() {
    for _ in 0..1000 {
        let threads: Vec<_> = (0..10)
            .map(|n| thread::spawn(move || (0..n * 10).map(|n| n.to_string()).collect::<Vec<_>>()))
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }
}

#[test]
fn collections_work() {
    let map: HashMap<String, usize> = (0..50_000).map(|n| (n.to_string(), n)).collect();
    let tree: BTreeMap<&str, usize> = map.iter().map(|(name, &n)| (name.as_str(), n)).collect();
    assert_eq!(tree["777"], 777);
    assert_eq!(tree.len(), 50_000);
}
