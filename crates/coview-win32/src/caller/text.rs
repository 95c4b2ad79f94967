//! Names and paths: 8-bit (UTF-8 here), 16-bit (UTF-16, and C's wchar_t with `-fshort-wchar`) and 32-bit (Linux's own
//! wchar_t).

use std::path::PathBuf;

use super::memory::read_to_zero;
use crate::codes::error;
use crate::failure::{Answer, Code, refuse};

/// The longest text of the 8-bit functions, in units without the zero (row B19). Win32: `MAX_PATH`.
const LONGEST_NARROW: usize = 260;
/// The longest of all, in UTF-16 units: more is no name (row B18).
const LONGEST: usize = 32_766;

/// A text as it was handed over: an address that nobody has looked at yet.
#[derive(Clone, Copy)]
pub(crate) enum Text {
    Narrow(*const u8),
    Wide16(*const u16),
    Wide32(*const u32),
}

impl Text {
    fn is_null(self) -> bool {
        match self {
            Self::Narrow(at) => at.is_null(),
            Self::Wide16(at) => at.is_null(),
            Self::Wide32(at) => at.is_null(),
        }
    }

    /// `None` for NULL.
    ///
    /// # Safety
    /// It is NULL, or the caller's to hand over.
    pub(crate) unsafe fn get(self) -> Answer<Option<String>> {
        if self.is_null() {
            return Ok(None);
        }
        let untranslatable = Code(error::NO_UNICODE_TRANSLATION);
        let text = match self {
            Self::Narrow(at) => {
                // SAFETY: the caller's promise.
                let bytes = unsafe { read_to_zero(at, LONGEST * 3) }?;
                String::from_utf8(bytes).map_err(|_| untranslatable)?
            }
            Self::Wide16(at) => {
                // SAFETY: the caller's promise.
                let units = unsafe { read_to_zero(at, LONGEST * 2) }?;
                String::from_utf16(&units).map_err(|_| untranslatable)?
            }
            Self::Wide32(at) => {
                // SAFETY: the caller's promise.
                let units = unsafe { read_to_zero(at, LONGEST) }?;
                let text: Option<String> = units.into_iter().map(char::from_u32).collect();
                text.ok_or(untranslatable)?
            }
        };
        Ok(Some(text))
    }
}

/// As [`Text::get`], of what is a name or a path: these are shorter in the 8-bit functions (row B19).
///
/// # Safety
/// As [`Text::get`].
unsafe fn short(text: Text) -> Answer<Option<String>> {
    // SAFETY: the caller's promise.
    let found = unsafe { text.get() }?;
    let units = found.as_ref().map_or(0, |found| found.encode_utf16().count());
    if matches!(text, Text::Narrow(_)) && units > LONGEST_NARROW {
        return refuse(error::FILENAME_EXCED_RANGE);
    }
    Ok(found)
}

/// The name of an object; `None` for one without: NULL, or empty (row B17).
///
/// # Safety
/// As [`Text::get`].
pub(crate) unsafe fn name(text: Text) -> Answer<Option<String>> {
    // SAFETY: the caller's promise.
    let Some(text) = (unsafe { short(text) })?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let base = [r"Local\", r"Global\"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix));
    if base.is_some_and(str::is_empty) {
        // On Windows that is the directory of the names itself: an object of another kind.
        return refuse(error::INVALID_HANDLE);
    }
    if text.starts_with(r"Session\") {
        return refuse(error::ACCESS_DENIED);
    }
    if base.unwrap_or(&text).contains('\\') {
        return refuse(error::PATH_NOT_FOUND);
    }
    Ok(Some(text))
}

/// As [`name`] where one is needed: NULL is no argument, and the empty name is no mapping's (rows B09, B17).
///
/// # Safety
/// As [`Text::get`].
pub(crate) unsafe fn needed_name(text: Text) -> Answer<String> {
    if text.is_null() {
        return refuse(error::INVALID_PARAMETER);
    }
    // SAFETY: the caller's promise.
    unsafe { name(text) }?.ok_or(Code(error::INVALID_HANDLE))
}

/// The path of a file. Backslashes separate folders, as slashes do; there are no drives here.
///
/// # Safety
/// As [`Text::get`].
pub(crate) unsafe fn path(text: Text) -> Answer<PathBuf> {
    // SAFETY: the caller's promise.
    match (unsafe { short(text) })? {
        None => refuse(error::PATH_NOT_FOUND),
        Some(text) if text.is_empty() => refuse(error::PATH_NOT_FOUND),
        Some(text) if text.as_bytes().get(1) == Some(&b':') => refuse(error::PATH_NOT_FOUND),
        Some(text) => Ok(text.replace('\\', "/").into()),
    }
}

/// Exports a function that takes a text in its three forms. The header chooses between the two wide ones by the size of
/// `wchar_t`.
macro_rules! in_three_forms {
    ($(#[$about:meta])* $narrow:ident, $wide:ident, $wide32:ident:
        fn($($before:ident: $before_type:ty,)* @ $(, $after:ident: $after_type:ty)* $(,)?) -> $returned:ty = $inner:path) => {
        in_three_forms!(one $(#[$about])* $narrow Narrow u8: $($before: $before_type,)* @ $(, $after: $after_type)* => $returned = $inner);
        in_three_forms!(one $(#[$about])* $wide Wide16 u16: $($before: $before_type,)* @ $(, $after: $after_type)* => $returned = $inner);
        in_three_forms!(one $(#[$about])* $wide32 Wide32 u32: $($before: $before_type,)* @ $(, $after: $after_type)* => $returned = $inner);
    };
    (one $(#[$about:meta])* $name:ident $form:ident $unit:ty:
        $($before:ident: $before_type:ty,)* @ $(, $after:ident: $after_type:ty)* => $returned:ty = $inner:path) => {
        $(#[$about])*
        ///
        /// # Safety
        /// Each address is NULL, where that is allowed, or leads to what its type says, which nobody else changes
        /// meanwhile.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($before: $before_type,)* text: *const $unit $(, $after: $after_type)*) -> $returned {
            // SAFETY: the caller's promise.
            unsafe { $inner($($before,)* $crate::caller::Text::$form(text) $(, $after)*) }
        }
    };
}
pub(crate) use in_three_forms;

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Answer<Option<String>> {
        let wide: Vec<u16> = text.encode_utf16().chain([0]).collect();
        let wide32: Vec<u32> = text.chars().map(u32::from).chain([0]).collect();
        let narrow = [text.as_bytes(), &[0]].concat();
        let forms = [
            Text::Narrow(narrow.as_ptr()),
            Text::Wide16(wide.as_ptr()),
            Text::Wide32(wide32.as_ptr()),
        ];
        // SAFETY: texts of our own.
        let [first, second, third] = forms.map(|form| unsafe { name(form) });
        assert_eq!((&first, &first), (&second, &third));
        first
    }

    #[test]
    fn all_three_forms_say_the_same() {
        for good in ["x", r"Local\x", r"Global\共享🦀", "a/b:*?"] {
            assert_eq!(named(good), Ok(Some(good.to_owned())));
        }
        assert_eq!(named(""), Ok(None));
        assert_eq!(named(r"a\b"), refuse(error::PATH_NOT_FOUND));
        assert_eq!(named(r"local\b"), refuse(error::PATH_NOT_FOUND));
        assert_eq!(named(r"Session\1\b"), refuse(error::ACCESS_DENIED));
    }

    #[test]
    fn what_is_no_unicode_is_refused() {
        let (narrow, wide, wide32) = ([0xff_u8, 0], [0xd800_u16, 0], [0x11_0000_u32, 0]);
        for bad in [
            Text::Narrow(narrow.as_ptr()),
            Text::Wide16(wide.as_ptr()),
            Text::Wide32(wide32.as_ptr()),
        ] {
            // SAFETY: texts of our own.
            assert_eq!(unsafe { name(bad) }, refuse(error::NO_UNICODE_TRANSLATION));
        }
    }

    #[test]
    fn the_8_bit_functions_take_no_more_than_max_path() {
        let most = [b"x".repeat(260), vec![0]].concat();
        let more = [b"x".repeat(261), vec![0]].concat();
        // SAFETY: texts of our own.
        let [most, more] = [&most, &more].map(|text| unsafe { name(Text::Narrow(text.as_ptr())) });
        assert_eq!(
            (most.unwrap().unwrap().len(), more),
            (260, refuse(error::FILENAME_EXCED_RANGE))
        );
    }

    #[test]
    fn paths_have_slashes_and_no_drives() {
        // SAFETY: texts of our own.
        let path = |text: &std::ffi::CStr| unsafe { path(Text::Narrow(text.as_ptr().cast())) };
        assert_eq!(path(c"folder\\file"), Ok("folder/file".into()));
        assert_eq!(path(c"C:\\x"), refuse(error::PATH_NOT_FOUND));
    }
}
