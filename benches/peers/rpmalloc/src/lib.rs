//! rpmalloc. With its feature `preload` a thread's first allocation takes a heap, and
//! `pthread_create` is wrapped so that the thread's end gives it back. The archive's
//! wrapper cannot be exported from here, so this is the same in Rust; `build.rs` lets
//! it stand in front of the archive's.

use core::ffi::{CStr, c_int};
use core::sync::atomic::{AtomicU32, Ordering};

use face::Pointer;
use rpmalloc_sys as _; // links the archive

unsafe extern "C" {
    fn rpmalloc_thread_initialize();
    fn rpmalloc_thread_finalize(release_caches: c_int);
    fn pthread_key_create(key: *mut u32, destructor: unsafe extern "C" fn(Pointer)) -> c_int;
    fn pthread_setspecific(key: u32, value: Pointer) -> c_int;
    fn dlsym(library: Pointer, name: *const core::ffi::c_char) -> Pointer;
}

type Start = unsafe extern "C" fn(Pointer) -> Pointer;
type Create = unsafe extern "C" fn(Pointer, Pointer, Start, Pointer) -> c_int;

/// What a new thread does first, in a block of its creator's.
struct Beginning {
    start: Start,
    argument: Pointer,
}

/// `dlsym`'s word for "the next library that has it".
const NEXT: Pointer = usize::MAX as Pointer;
const CREATE: &CStr = c"pthread_create";

/// The key whose destructor gives a thread's heap back, plus one.
static KEY: AtomicU32 = AtomicU32::new(0);

unsafe extern "C" fn end(_value: Pointer) {
    // SAFETY: the thread has a heap, and allocates no more.
    unsafe { rpmalloc_thread_finalize(1) }
}

unsafe extern "C" fn begin(beginning: Pointer) -> Pointer {
    // SAFETY: a thread may ask for its heap more than once.
    unsafe { rpmalloc_thread_initialize() };
    // SAFETY: `pthread_create` below wrote it, for this thread alone.
    let Beginning { start, argument } = unsafe { beginning.cast::<Beginning>().read() };
    // SAFETY: it came from `rpmalloc`, and is not used again.
    unsafe { rpfree(beginning) };
    // Relaxed: the creator made the key, and creating a thread publishes it.
    let key = KEY.load(Ordering::Relaxed) - 1;
    // SAFETY: the key exists; any value but null calls its destructor.
    unsafe { pthread_setspecific(key, NEXT) };
    // SAFETY: the program's own function with its own argument.
    unsafe { start(argument) }
}

/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pthread_create(
    thread: Pointer,
    attributes: Pointer,
    start: Start,
    argument: Pointer,
) -> c_int {
    // Relaxed: a program with one thread makes the first; later ones find the key.
    if KEY.load(Ordering::Relaxed) == 0 {
        let mut key = 0;
        // SAFETY: `key` is ours; the destructor takes any value.
        unsafe { pthread_key_create(&raw mut key, end) };
        // Relaxed: as above.
        KEY.store(key + 1, Ordering::Relaxed);
    }
    // SAFETY: any size may be asked for.
    let beginning = unsafe { rpmalloc(size_of::<Beginning>()) };
    // SAFETY: a fresh block of that size, aligned to 16.
    unsafe { beginning.cast::<Beginning>().write(Beginning { start, argument }) };
    // SAFETY: the name is a C string.
    let create = unsafe { dlsym(NEXT, CREATE.as_ptr()) };
    // SAFETY: the C library's function has this type.
    let create = unsafe { core::mem::transmute::<Pointer, Create>(create) };
    // SAFETY: the caller's arguments, with a start of the same type.
    unsafe { create(thread, attributes, begin, beginning) }
}

face::face_of_c! {
    malloc = rpmalloc,
    calloc = rpcalloc,
    realloc = rprealloc,
    free = rpfree,
    memalign = rpmemalign,
    posix_memalign = rpposix_memalign,
    usable_size = rpmalloc_usable_size,
}
