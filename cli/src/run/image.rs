//! What an ELF file says about itself: for which machine it is, which loader it
//! asks for, and whether it brings a malloc of its own.

use std::ffi::OsString;
use std::fs::File;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use object::read::elf::{ElfFile, FileHeader, ProgramHeader};
use object::{Endianness, FileKind, Object, ObjectSymbol, ReadCache, ReadRef, elf};

/// A program or a library, as its headers describe it.
#[derive(Debug)]
pub(super) struct Image {
    /// The architecture, such as `x86_64`.
    pub(super) machine: String,
    /// The loader it asks the kernel for; a static program asks for none.
    pub(super) loader: Option<PathBuf>,
    /// Whether it defines `malloc` where the loader looks for it: in a program, that
    /// comes before every library's.
    pub(super) defines_malloc: bool,
}

impl Image {
    /// Reads the headers and the dynamic symbols; the reason in words otherwise.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let data = &ReadCache::new(file);
        let read = match FileKind::parse(data) {
            Ok(FileKind::Elf64) => describe::<elf::FileHeader64<Endianness>, _>(data),
            Ok(FileKind::Elf32) => describe::<elf::FileHeader32<Endianness>, _>(data),
            _ => return Err("it is no ELF file".into()),
        };
        read.map_err(|error| error.to_string())
    }

    /// Whether the loader is the GNU C library's, whose ways we know.
    pub(super) fn has_glibc_loader(&self) -> bool {
        let name = self.loader_name();
        ["ld-linux", "ld64.so", "ld.so"].iter().any(|known| name.starts_with(known))
    }

    /// Whether the loader is musl's.
    pub(super) fn has_musl_loader(&self) -> bool {
        self.loader_name().starts_with("ld-musl")
    }

    fn loader_name(&self) -> std::borrow::Cow<'_, str> {
        let name = self.loader.as_deref().and_then(Path::file_name);
        name.unwrap_or_default().to_string_lossy()
    }
}

fn describe<'data, Header, Data>(data: Data) -> object::Result<Image>
where
    Header: FileHeader<Endian = Endianness>,
    Data: ReadRef<'data>,
{
    let file = ElfFile::<'data, Header, Data>::parse(data)?;
    let mut loader = None;
    for segment in file.elf_program_headers() {
        if let Some(path) = segment.interpreter(file.endian(), data)? {
            loader = Some(OsString::from_vec(path.to_vec()).into());
        }
    }
    let defines_malloc = file
        .dynamic_symbols()
        .any(|symbol| !symbol.is_undefined() && symbol.name_bytes() == Ok(b"malloc"));
    let machine = format!("{:?}", file.architecture()).to_lowercase();
    Ok(Image { machine, loader, defines_malloc })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_is_dynamic_and_exports_no_malloc() {
        let image = Image::read(&std::env::current_exe().unwrap()).unwrap();
        assert_eq!(image.machine, std::env::consts::ARCH);
        assert!(image.loader.is_some());
        assert!(!image.defines_malloc, "{image:?}");
        assert_ne!(image.has_glibc_loader(), image.has_musl_loader());
    }

    #[test]
    fn what_is_no_elf_file_says_so() {
        assert_eq!(Image::read(Path::new("/proc/self/status")).unwrap_err(), "it is no ELF file");
    }
}
