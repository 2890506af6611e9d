//! An index of words over documents that one thread makes, others take apart and a
//! last one puts together: strings, hash maps and vectors that are freed by other
//! threads than made them.
//!
//! The allocator is each binary's own; the program is the same.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

const DOCUMENTS: u64 = 4000;
const WORDS: u64 = 300;

type Index = HashMap<String, Vec<u64>>;

/// Runs with `arguments`: the scale, and the number of threads that take apart.
pub fn run(arguments: impl Iterator<Item = String>) {
    let numbers: Vec<f64> = arguments.skip(1).flat_map(|word| word.parse()).collect();
    let scale = numbers.first().copied().unwrap_or(1.0);
    let threads = numbers.get(1).map_or(2, |threads| *threads as usize);
    let documents = (DOCUMENTS as f64 * scale).max(1.0) as u64;
    let (to_parts, raw) = mpsc::sync_channel::<(u64, String)>(64);
    let (to_whole, parts) = mpsc::sync_channel::<Index>(64);
    let raw = Arc::new(Mutex::new(raw));
    let writer = thread::spawn(move || {
        for number in 0..documents {
            if to_parts.send((number, document(number))).is_err() {
                return;
            }
        }
    });
    let readers: Vec<_> = (0..threads)
        .map(|_| {
            let (raw, to_whole) = (Arc::clone(&raw), to_whole.clone());
            thread::spawn(move || take_apart(&raw, &to_whole))
        })
        .collect();
    drop(to_whole);
    let whole = put_together(&parts);
    for thread in readers.into_iter().chain([writer]) {
        thread.join().expect("no thread of this program panics");
    }
    let longest = whole.iter().max_by_key(|(_, places)| places.len());
    println!("{} words, most often {:?}", whole.len(), longest.map(|(word, _)| word));
}

/// Words of two to nine syllables; few of them are frequent.
fn document(number: u64) -> String {
    let mut state = number * 0x9E37_79B9_7F4A_7C15 + 1;
    let mut text = String::new();
    for _ in 0..WORDS {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let mut word = (state >> 40) % (1 << (state & 15));
        while word > 0 {
            text.push_str(["ba", "do", "ki", "lu", "me", "ra", "so", "ti"][(word & 7) as usize]);
            word >>= 3;
        }
        text.push(' ');
    }
    text
}

fn take_apart(raw: &Mutex<mpsc::Receiver<(u64, String)>>, to_whole: &mpsc::SyncSender<Index>) {
    loop {
        let received = raw.lock().expect("no holder of this lock panics").recv();
        let Ok((number, text)) = received else { return };
        let mut index = Index::new();
        for (place, word) in text.split_whitespace().enumerate() {
            let place = number * WORDS + place as u64;
            index.entry(word.to_string()).or_default().push(place);
        }
        if to_whole.send(index).is_err() {
            return;
        }
    }
}

fn put_together(parts: &mpsc::Receiver<Index>) -> BTreeMap<String, Vec<u64>> {
    let mut whole: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for part in parts {
        for (word, places) in part {
            whole.entry(word).or_default().extend(places);
        }
    }
    whole
}
