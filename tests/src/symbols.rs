//! What the libraries define, and what they ask for: read from the files
//! themselves, not from what a linker makes of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use object::read::archive::ArchiveFile;
use object::read::elf::{ElfFile64, FileHeader};
use object::{Object, ObjectSymbol, SymbolScope};

use crate::libraries::Library;
use crate::stage::Stage;

/// The four functions of both headers.
const INTERFACE: [&str; 4] = ["alloc", "cleanup", "dealloc", "init_alloc"];

/// All that an archive may ask of the program it is linked into: what compilers
/// call on their own account, and the C library's list of environment variables.
const WANTED_AT_MOST: [&str; 8] =
    ["_GLOBAL_OFFSET_TABLE_", "bcmp", "environ", "memcmp", "memcpy", "memmove", "memset", "strlen"];

/// Names the start-up files of every shared object ask for, weakly.
const STARTUP: [&str; 4] = [
    "_ITM_deregisterTMCloneTable",
    "_ITM_registerTMCloneTable",
    "__cxa_finalize",
    "__gmon_start__",
];

/// The shared object stays smaller than this.
const SHARED_BYTES_MAX: u64 = 64 * 1024;

type Names = BTreeSet<String>;

/// The trials of both libraries.
pub fn trials(stage: &Stage) -> Vec<Trial> {
    type Check = fn(&Stage, Library) -> Result<(), String>;
    let checks: [(&str, Check); 6] = [
        ("shared_object_exports_its_four_functions_only", shared_exports),
        ("shared_object_needs_no_library_but_libc", shared_needs),
        ("shared_object_asks_for_no_allocator", shared_wants),
        ("shared_object_is_small", shared_size),
        ("archive_defines_its_four_functions_only", archive_defines),
        ("archive_asks_for_no_allocator_and_no_system_call", archive_wants),
    ];
    let mut trials = Vec::new();
    for library in Library::ALL {
        for (name, check) in checks {
            let stage = stage.clone();
            let title = format!("symbols/{name} [lib{}]", library.stem());
            trials.push(Trial::test(title, move || Ok(check(&stage, library)?)));
        }
    }
    trials
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|why| format!("{}: {why}", path.display()))
}

fn interface() -> Names {
    INTERFACE.map(String::from).into()
}

fn compare(found: &Names, expected: &Names) -> Result<(), String> {
    let extra: Vec<_> = found.difference(expected).collect();
    let absent: Vec<_> = expected.difference(found).collect();
    if extra.is_empty() && absent.is_empty() {
        Ok(())
    } else {
        Err(format!("too many: {extra:?}\ntoo few: {absent:?}"))
    }
}

/// Names in `found` beyond `allowed`.
fn beyond(found: &Names, allowed: &[&str]) -> Result<(), String> {
    let extra: Vec<_> = found.iter().filter(|name| !allowed.contains(&name.as_str())).collect();
    if extra.is_empty() { Ok(()) } else { Err(format!("asks for {extra:?}")) }
}

/// The dynamic symbols of a shared object: (defined, undefined).
fn dynamic_symbols(stage: &Stage, library: Library) -> Result<(Names, Names), String> {
    let bytes = read(&stage.libraries().join(library.shared()))?;
    let file = object::File::parse(&*bytes).map_err(|why| why.to_string())?;
    let (mut defined, mut undefined) = (Names::new(), Names::new());
    for symbol in file.dynamic_symbols() {
        let name = symbol.name().map_err(|why| why.to_string())?.to_string();
        let names = if symbol.is_undefined() { &mut undefined } else { &mut defined };
        names.insert(name);
    }
    Ok((defined, undefined))
}

fn shared_exports(stage: &Stage, library: Library) -> Result<(), String> {
    compare(&dynamic_symbols(stage, library)?.0, &interface())
}

fn shared_wants(stage: &Stage, library: Library) -> Result<(), String> {
    beyond(&dynamic_symbols(stage, library)?.1, &[&WANTED_AT_MOST[..], &STARTUP[..]].concat())
}

fn shared_needs(stage: &Stage, library: Library) -> Result<(), String> {
    let bytes = read(&stage.libraries().join(library.shared()))?;
    let why = |why: object::Error| why.to_string();
    let file = ElfFile64::<object::Endianness>::parse(&*bytes).map_err(why)?;
    let sections = file.elf_header().sections(file.endian(), &*bytes).map_err(why)?;
    let table = sections.dynamic_table(file.endian(), &*bytes).map_err(why)?;
    for entry in table.iter().filter(|entry| entry.tag == object::elf::DT_NEEDED) {
        let needed = table.string(entry).map_err(why)?;
        if !needed.starts_with(b"libc.so") {
            return Err(format!("needs {}", String::from_utf8_lossy(needed)));
        }
    }
    Ok(())
}

fn shared_size(stage: &Stage, library: Library) -> Result<(), String> {
    let path = stage.libraries().join(library.shared());
    let bytes = fs::metadata(&path).map_err(|why| why.to_string())?.len();
    if bytes < SHARED_BYTES_MAX { Ok(()) } else { Err(format!("{bytes} bytes")) }
}

/// One object file of an archive.
struct Member {
    name: String,
    /// What it defines, whoever may see it.
    defined: Names,
    /// What it defines for the program it is linked into.
    visible: Names,
    undefined: Names,
}

fn members(stage: &Stage, library: Library) -> Result<Vec<Member>, String> {
    let why = |why: object::Error| why.to_string();
    let bytes = read(&stage.libraries().join(library.archive()))?;
    let archive = ArchiveFile::parse(&*bytes).map_err(why)?;
    let mut members = Vec::new();
    for member in archive.members() {
        let member = member.map_err(why)?;
        // A member that is no object (an index, metadata) has no symbols.
        let Ok(file) = object::File::parse(member.data(&*bytes).map_err(why)?) else { continue };
        let mut found = Member {
            name: String::from_utf8_lossy(member.name()).into_owned(),
            defined: Names::new(),
            visible: Names::new(),
            undefined: Names::new(),
        };
        for symbol in file.symbols().filter(ObjectSymbol::is_global) {
            let name = symbol.name().map_err(why)?.to_string();
            if symbol.is_undefined() {
                found.undefined.insert(name);
                continue;
            }
            if symbol.scope() == SymbolScope::Dynamic {
                found.visible.insert(name.clone());
            }
            found.defined.insert(name);
        }
        members.push(found);
    }
    Ok(members)
}

/// Names no C program may use: reserved for compilers, or mangled by rustc.
fn cannot_clash(name: &str) -> bool {
    ["__", "_ZN", "_R"].iter().any(|prefix| name.starts_with(prefix))
}

fn archive_defines(stage: &Stage, library: Library) -> Result<(), String> {
    let mut visible: Names =
        members(stage, library)?.into_iter().flat_map(|member| member.visible).collect();
    visible.retain(|name| !cannot_clash(name));
    compare(&visible, &interface())
}

/// Follows the linker: it takes the members that define the interface, then
/// those that define what these ask for. What is left is asked of the program.
fn archive_wants(stage: &Stage, library: Library) -> Result<(), String> {
    let members = members(stage, library)?;
    let mut wanted: Vec<String> = INTERFACE.map(String::from).into();
    let (mut seen, mut left) = (Names::new(), Names::new());
    while let Some(name) = wanted.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        match members.iter().find(|member| member.defined.contains(&name)) {
            Some(member) => wanted.extend(member.undefined.iter().cloned()),
            None => drop(left.insert(name)),
        }
    }
    beyond(&left, &WANTED_AT_MOST).map_err(|why| {
        let askers = members.iter().filter(|member| !member.undefined.is_disjoint(&left));
        format!("{why}, in {:?}", askers.map(|member| &member.name).collect::<Vec<_>>())
    })
}
