//! The names a malloc replacement exports, forwarded to those of a peer.
//!
//! A crate that wraps an allocator prefixes its symbols, so that linking it changes
//! nobody's malloc. To be preloaded, the plain names must exist. Each is one direct
//! jump to the peer's function, arguments untouched: the same for every peer.

#![no_std]

/// Bytes at an address of the program's.
pub type Pointer = *mut core::ffi::c_void;

/// Bytes in a page of every machine that this benchmark knows.
pub const PAGE: usize = 4096;

/// Exports the functions of C and the operators of C++. Each right side is a function
/// that takes what is in the brackets here, as C passes it.
#[macro_export]
macro_rules! face {
    (
        malloc(size) = $malloc:path,
        calloc(count, size) = $calloc:path,
        realloc(pointer, size) = $realloc:path,
        free(pointer) = $free:path,
        memalign(alignment, size) = $memalign:path,
        posix_memalign(place, alignment, size) = $posix_memalign:path,
        usable_size(pointer) = $usable_size:path,
        new(size) = $new:path,
        new_nothrow(size) = $new_nothrow:path,
        new_aligned(size, alignment) = $new_aligned:path,
        new_aligned_nothrow(size, alignment) = $new_aligned_nothrow:path,
        delete(pointer) = $delete:path,
        delete_sized(pointer, size) = $delete_sized:path,
        delete_aligned(pointer, alignment) = $delete_aligned:path,
        delete_sized_aligned(pointer, size, alignment) = $delete_sized_aligned:path,
    ) => {
        $crate::forward! {
            malloc = $malloc;
            calloc = $calloc;
            realloc = $realloc;
            free = $free;
            cfree = $free;
            memalign = $memalign;
            aligned_alloc = $memalign;
            posix_memalign = $posix_memalign;
            malloc_usable_size = $usable_size;
            _Znwm = $new;
            _Znam = $new;
            _ZnwmRKSt9nothrow_t = $new_nothrow;
            _ZnamRKSt9nothrow_t = $new_nothrow;
            _ZnwmSt11align_val_t = $new_aligned;
            _ZnamSt11align_val_t = $new_aligned;
            _ZnwmSt11align_val_tRKSt9nothrow_t = $new_aligned_nothrow;
            _ZnamSt11align_val_tRKSt9nothrow_t = $new_aligned_nothrow;
            _ZdlPv = $delete;
            _ZdaPv = $delete;
            _ZdlPvRKSt9nothrow_t = $delete;
            _ZdaPvRKSt9nothrow_t = $delete;
            _ZdlPvm = $delete_sized;
            _ZdaPvm = $delete_sized;
            _ZdlPvSt11align_val_t = $delete_aligned;
            _ZdaPvSt11align_val_t = $delete_aligned;
            _ZdlPvSt11align_val_tRKSt9nothrow_t = $delete_aligned;
            _ZdaPvSt11align_val_tRKSt9nothrow_t = $delete_aligned;
            _ZdlPvmSt11align_val_t = $delete_sized_aligned;
            _ZdaPvmSt11align_val_t = $delete_sized_aligned;
        }

        /// # Safety
        /// As the C library's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn valloc(size: usize) -> $crate::Pointer {
            // SAFETY: any size may be asked for, and a page is a power of two.
            unsafe { $memalign($crate::PAGE, size) }
        }

        /// # Safety
        /// As the C library's.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn pvalloc(size: usize) -> $crate::Pointer {
            // SAFETY: as above.
            unsafe { $memalign($crate::PAGE, size.next_multiple_of($crate::PAGE)) }
        }
    };
}

/// The face of a peer whose operators of C++ are its functions of C, which are declared
/// here: of C alone, and perhaps one that frees by the size.
#[macro_export]
macro_rules! face_of_c {
    (
        malloc = $malloc:ident,
        calloc = $calloc:ident,
        realloc = $realloc:ident,
        free = $free:ident,
        memalign = $memalign:ident,
        posix_memalign = $posix_memalign:ident,
        usable_size = $usable_size:ident,
        free_sized = $free_sized:ident,
    ) => {
        unsafe extern "C" {
            fn $free_sized(pointer: $crate::Pointer, size: usize);
        }

        $crate::face_of_c! {
            @ $malloc $calloc $realloc $free $memalign $posix_memalign $usable_size $free_sized
        }
    };
    (
        malloc = $malloc:ident,
        calloc = $calloc:ident,
        realloc = $realloc:ident,
        free = $free:ident,
        memalign = $memalign:ident,
        posix_memalign = $posix_memalign:ident,
        usable_size = $usable_size:ident,
    ) => {
        unsafe extern "C" fn sized(pointer: $crate::Pointer, _size: usize) {
            // SAFETY: a block of the caller's.
            unsafe { $free(pointer) }
        }

        $crate::face_of_c! {
            @ $malloc $calloc $realloc $free $memalign $posix_memalign $usable_size sized
        }
    };
    (
        @ $malloc:ident $calloc:ident $realloc:ident $free:ident $memalign:ident
        $posix_memalign:ident $usable_size:ident $free_sized:ident
    ) => {
        unsafe extern "C" {
            fn $malloc(size: usize) -> $crate::Pointer;
            fn $calloc(count: usize, size: usize) -> $crate::Pointer;
            fn $realloc(pointer: $crate::Pointer, size: usize) -> $crate::Pointer;
            fn $free(pointer: $crate::Pointer);
            fn $memalign(alignment: usize, size: usize) -> $crate::Pointer;
            fn $posix_memalign(place: *mut $crate::Pointer, alignment: usize, size: usize) -> i32;
            fn $usable_size(pointer: $crate::Pointer) -> usize;
        }

        unsafe extern "C" fn aligned(size: usize, alignment: usize) -> $crate::Pointer {
            // SAFETY: the caller's arguments, and `memalign` checks the alignment.
            unsafe { $memalign(alignment, size) }
        }

        unsafe extern "C" fn delete_aligned(pointer: $crate::Pointer, _alignment: usize) {
            // SAFETY: a block of the caller's.
            unsafe { $free(pointer) }
        }

        unsafe extern "C" fn sized_aligned(
            pointer: $crate::Pointer,
            _size: usize,
            _alignment: usize,
        ) {
            // SAFETY: a block of the caller's.
            unsafe { $free(pointer) }
        }

        $crate::face! {
            malloc(size) = $malloc,
            calloc(count, size) = $calloc,
            realloc(pointer, size) = $realloc,
            free(pointer) = $free,
            memalign(alignment, size) = $memalign,
            posix_memalign(place, alignment, size) = $posix_memalign,
            usable_size(pointer) = $usable_size,
            new(size) = $malloc,
            new_nothrow(size) = $malloc,
            new_aligned(size, alignment) = aligned,
            new_aligned_nothrow(size, alignment) = aligned,
            delete(pointer) = $free,
            delete_sized(pointer, size) = $free_sized,
            delete_aligned(pointer, alignment) = delete_aligned,
            delete_sized_aligned(pointer, size, alignment) = sized_aligned,
        }
    };
}

/// What a library without `std` has to bring: nothing here panics, and the C library
/// is linked by name. So that a preloaded peer carries as little as one of its own make.
#[macro_export]
macro_rules! without_std {
    () => {
        #[panic_handler]
        fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
            loop {}
        }

        #[link(name = "c")]
        unsafe extern "C" {}
    };
}

/// `NAME = TARGET;` defines the C symbol `NAME` as a jump to the function `TARGET`.
#[macro_export]
macro_rules! forward {
    ($($name:ident = $target:path;)*) => {
        $(
            /// # Safety
            /// As the function of C or the operator of C++ that has this name.
            #[unsafe(naked)]
            #[unsafe(no_mangle)]
            #[allow(non_snake_case, reason = "C++ chose the names")]
            pub unsafe extern "C" fn $name() {
                #[cfg(target_arch = "x86_64")]
                core::arch::naked_asm!("jmp {}", sym $target);
                #[cfg(target_arch = "aarch64")]
                core::arch::naked_asm!("b {}", sym $target);
            }
        )*
    };
}
