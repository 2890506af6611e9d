//! What the library defines, asks for, and does on its way: read from the files
//! themselves.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::{Completion, Failed, Trial};
use object::read::archive::ArchiveFile;
use object::read::elf::{ElfFile64, FileHeader, ProgramHeader};
use object::{Endianness, Object, ObjectSymbol, RelocationTarget, SymbolScope, elf};

use crate::general::{ARCHIVE, SHARED, SONAME, shared};
use crate::stage::Stage;
use crate::toolchain;

/// All that the shared object may ask of the C library, and weakly of others.
const WANTED_AT_MOST: [&str; 29] = [
    "_ITM_deregisterTMCloneTable",
    "_ITM_registerTMCloneTable",
    "_ZSt15get_new_handlerv",
    "_ZSt17__throw_bad_allocv",
    "__cxa_begin_catch",
    "__cxa_end_catch",
    "__cxa_finalize",
    "__errno_location",
    "__gmon_start__",
    "__gxx_personality_v0",
    "__libc_single_threaded",
    "__register_atfork",
    "bcmp",
    "dl_iterate_phdr",
    "environ",
    "fwrite",
    "getauxval",
    "memcpy",
    "memmove",
    "memset",
    "pthread_attr_init",
    "pthread_attr_setdetachstate",
    "pthread_attr_setstacksize",
    "pthread_create",
    "pthread_getspecific",
    "pthread_key_create",
    "pthread_self",
    "pthread_setspecific",
    "strlen",
];

/// Operators that a program may replace, and that ours therefore look up.
const LOOKED_UP: [&str; 8] = [
    "_ZdaPv",
    "_ZdaPvSt11align_val_t",
    "_ZdlPv",
    "_ZdlPvSt11align_val_t",
    "_Znam",
    "_ZnamSt11align_val_t",
    "_Znwm",
    "_ZnwmSt11align_val_t",
];

/// Static TLS is scarce: a library that is opened late shares what is left of it.
const TLS_BYTES_MAX: u64 = 64;

type Names = BTreeSet<String>;

/// The trials.
pub fn trials(stage: &Stage) -> Vec<Trial> {
    type Check = fn(&Stage) -> Result<(), String>;
    let checks: [(&str, Check); 7] = [
        ("shared_object_exports_the_listed_names_only", exports),
        ("shared_object_needs_no_library_but_libc", needs),
        ("shared_object_asks_for_little", wants),
        ("shared_object_takes_little_static_tls", thread_local),
        ("no_function_calls_another_by_its_exported_name", relocations),
        ("archive_defines_the_listed_names", archive),
        ("names_are_those_of_the_documents", documented),
    ];
    let mut trials: Vec<Trial> = checks
        .into_iter()
        .map(|(name, check)| {
            let stage = stage.clone();
            Trial::test(format!("symbols/{name}"), move || Ok(check(&stage)?))
        })
        .collect();
    let here = stage.clone();
    trials.push(Trial::ignorable_test("symbols/disassembly_has_no_detours", move || {
        with_tool("objdump", || disassembly(&here))
    }));
    let here = stage.clone();
    trials.push(Trial::ignorable_test("symbols/pkg_config_leads_to_the_library", move || {
        with_tool("pkg-config", || pkg_config(&here))
    }));
    trials
}

fn with_tool(tool: &str, check: impl FnOnce() -> Result<(), String>) -> Result<Completion, Failed> {
    match toolchain::missing(tool) {
        Some(reason) => Ok(Completion::ignored_with(reason)),
        None => check().map(|()| Completion::Completed).map_err(Failed::from),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|why| format!("{}: {why}", path.display()))
}

/// The checked-in list.
fn listed(stage: &Stage) -> Result<Names, String> {
    let path = stage.repository.join("faces/malloc/symbols.txt");
    let text = String::from_utf8(read(&path)?).map_err(|why| why.to_string())?;
    Ok(text.lines().map(String::from).collect())
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

/// The dynamic symbols: (defined, undefined).
fn dynamic_symbols(stage: &Stage) -> Result<(Names, Names), String> {
    let bytes = read(&shared(stage))?;
    let file = object::File::parse(&*bytes).map_err(|why| why.to_string())?;
    let (mut defined, mut undefined) = (Names::new(), Names::new());
    for symbol in file.dynamic_symbols() {
        let name = symbol.name().map_err(|why| why.to_string())?.to_string();
        let names = if symbol.is_undefined() { &mut undefined } else { &mut defined };
        names.insert(name);
    }
    Ok((defined, undefined))
}

fn exports(stage: &Stage) -> Result<(), String> {
    compare(&dynamic_symbols(stage)?.0, &listed(stage)?)
}

fn wants(stage: &Stage) -> Result<(), String> {
    let wanted = dynamic_symbols(stage)?.1;
    let extra: Vec<_> =
        wanted.iter().filter(|name| !WANTED_AT_MOST.contains(&name.as_str())).collect();
    if extra.is_empty() { Ok(()) } else { Err(format!("asks for {extra:?}")) }
}

fn needs(stage: &Stage) -> Result<(), String> {
    let why = |why: object::Error| why.to_string();
    let bytes = read(&shared(stage))?;
    let file = ElfFile64::<Endianness>::parse(&*bytes).map_err(why)?;
    let sections = file.elf_header().sections(file.endian(), &*bytes).map_err(why)?;
    let table = sections.dynamic_table(file.endian(), &*bytes).map_err(why)?;
    let mut named = false;
    for entry in &table {
        match entry.tag {
            elf::DT_NEEDED => {
                let needed = table.string(entry).map_err(why)?;
                if !needed.starts_with(b"libc.so") {
                    return Err(format!("needs {}", String::from_utf8_lossy(needed)));
                }
            }
            elf::DT_SONAME => named = table.string(entry).map_err(why)? == SONAME.as_bytes(),
            _ => {}
        }
    }
    if named { Ok(()) } else { Err(format!("{SHARED} is not called {SONAME}")) }
}

fn thread_local(stage: &Stage) -> Result<(), String> {
    let why = |why: object::Error| why.to_string();
    let bytes = read(&shared(stage))?;
    let file = ElfFile64::<Endianness>::parse(&*bytes).map_err(why)?;
    let headers = file.elf_header().program_headers(file.endian(), &*bytes).map_err(why)?;
    let tls = headers.iter().filter(|header| header.p_type(file.endian()) == elf::PT_TLS);
    let bytes: u64 = tls.map(|header| header.p_memsz(file.endian())).sum();
    if bytes <= TLS_BYTES_MAX { Ok(()) } else { Err(format!("{bytes} bytes")) }
}

/// A call by an exported name needs an entry in the global offset table, which the
/// dynamic linker fills in: with anybody's function of that name.
fn relocations(stage: &Stage) -> Result<(), String> {
    let bytes = read(&shared(stage))?;
    let file = object::File::parse(&*bytes).map_err(|why| why.to_string())?;
    let symbols = file.dynamic_symbol_table().ok_or("no dynamic symbols")?;
    let exported = listed(stage)?;
    for (at, relocation) in file.dynamic_relocations().ok_or("no relocations")? {
        let RelocationTarget::Symbol(index) = relocation.target() else { continue };
        let symbol = object::ObjectSymbolTable::symbol_by_index(&symbols, index);
        let symbol = symbol.map_err(|why| why.to_string())?;
        let name = symbol.name().map_err(|why| why.to_string())?;
        if exported.contains(name) && !LOOKED_UP.contains(&name) {
            return Err(format!("{name} is looked up for {at:#x}"));
        }
    }
    Ok(())
}

/// Nothing in the code of an exported function jumps to another exported function.
fn disassembly(stage: &Stage) -> Result<(), String> {
    let exported = listed(stage)?;
    let mut objdump = Command::new("objdump");
    objdump.args(["--disassemble", "--no-show-raw-insn"]).arg(shared(stage));
    let listing = toolchain::must_succeed(&mut objdump)?.stdout;
    let (mut within, mut seen) = (None, Names::new());
    for line in listing.lines() {
        if let Some(name) = line.strip_suffix(">:").and_then(|line| line.split_once('<')) {
            within = exported.get(name.1);
            seen.extend(within.cloned());
        } else if let Some(from) = within
            && let Some((_, target)) = line.split_once('<')
        {
            let is_jump = [" call ", " jmp ", "\tcall", "\tjmp", "\tbl\t", "\tb\t"];
            let target = target.split(['>', '+', '@']).next().unwrap_or_default();
            let elsewhere = exported.contains(target) && target != from;
            if elsewhere && is_jump.iter().any(|word| line.contains(word)) {
                return Err(format!("{from} goes to {target}:\n{line}"));
            }
        }
    }
    // Functions with the same code are one, by one of their names.
    if seen.len() < exported.len() / 2 {
        return Err(format!("only {seen:?} are in the disassembly"));
    }
    Ok(())
}

/// Names no program may use, and our own prefix.
fn cannot_clash(name: &str) -> bool {
    ["__", "_ZN", "_R", "allotment_"].iter().any(|prefix| name.starts_with(prefix))
}

fn archive(stage: &Stage) -> Result<(), String> {
    let why = |why: object::Error| why.to_string();
    let bytes = read(&stage.libraries().join(ARCHIVE))?;
    let archive = ArchiveFile::parse(&*bytes).map_err(why)?;
    let mut visible = Names::new();
    for member in archive.members() {
        let member = member.map_err(why)?;
        // A member that is no object (an index, metadata) has no symbols.
        let Ok(file) = object::File::parse(member.data(&*bytes).map_err(why)?) else { continue };
        for symbol in file.symbols().filter(|symbol| symbol.is_global() && symbol.is_definition()) {
            if symbol.scope() == SymbolScope::Dynamic {
                visible.insert(symbol.name().map_err(why)?.to_string());
            }
        }
    }
    let listed = listed(stage)?;
    visible.retain(|name| listed.contains(name) || !cannot_clash(name));
    compare(&visible, &listed)
}

/// Every function that the header declares is there.
fn documented(stage: &Stage) -> Result<(), String> {
    let header = fs::read_to_string(stage.root.join("include/allotment.h"))
        .map_err(|why| why.to_string())?;
    let listed = listed(stage)?;
    let declared = header.lines().filter(|line| line.ends_with("ALLOTMENT_NOTHROW;"));
    for line in declared {
        let name = line.split('(').next().and_then(|before| before.rsplit([' ', '*']).next());
        if !name.is_some_and(|name| listed.contains(name)) {
            return Err(format!("not exported: {line}"));
        }
    }
    Ok(())
}

/// The description, filled in for the stage, gives flags that link.
fn pkg_config(stage: &Stage) -> Result<(), String> {
    let template = fs::read_to_string(stage.repository.join("faces/malloc/allotment.pc.in"))
        .map_err(|why| why.to_string())?;
    let filled =
        template.replace("@prefix@", &stage.root.display().to_string()).replace("@version@", "1");
    fs::write(stage.out().join("allotment.pc"), filled).map_err(|why| why.to_string())?;
    let mut command = Command::new("pkg-config");
    command.args(["--cflags", "--libs", "allotment"]).env("PKG_CONFIG_PATH", stage.out());
    command.arg(format!("--define-variable=libdir={}", stage.libraries().display()));
    let flags = toolchain::must_succeed(&mut command)?.stdout;
    let source = stage.out().join("pkg-config.c");
    fs::write(&source, "#include <allotment.h>\nint main(void) { return malloc_trim(0) > 1; }\n")
        .map_err(|why| why.to_string())?;
    let binary = stage.out().join("pkg-config");
    let mut gcc = Command::new("gcc");
    gcc.arg(&source).arg("-o").arg(&binary).args(flags.split_whitespace());
    toolchain::must_succeed(&mut gcc)?;
    let mut run = Command::new(&binary);
    toolchain::must_succeed(stage.on(&mut run).env("LD_LIBRARY_PATH", stage.libraries())).map(drop)
}
