//! What a row says.

/// How near Linux can come, by what the system has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Identical.
    Same,
    /// Identical, by an emulation that has a cost.
    Emulated,
    /// Approximate.
    Near,
    /// Not possible, or without a meaning there.
    Apart,
}

/// How a row is shown to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// By a test of this suite whose name begins with the row's.
    Test,
    /// It is about numbers, addresses or calls that a Rust program never sees: tested with the C functions alone. Why.
    CFunctions(&'static str),
    /// There is nothing to test, neither here nor with the C functions. Why.
    Nothing(&'static str),
}

impl How {
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Test => "",
            Self::CFunctions(reason) | Self::Nothing(reason) => reason,
        }
    }
}

/// One behaviour of Win32.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) id: &'static str,
    pub(crate) behaviour: &'static str,
    pub(crate) class: Class,
    pub(crate) how: How,
    /// How Linux deviates and why; the test asserts it.
    pub(crate) linux: Option<&'static str>,
    /// How Wine deviates from Windows; the test asserts it.
    pub(crate) wine: Option<&'static str>,
    /// How the C functions on Linux deviate and why; their program asserts it, in crates/coview-win32/tests/c.
    pub(crate) c_linux: Option<&'static str>,
    /// How Wine's own C functions deviate from Windows; the same program asserts it.
    pub(crate) c_wine: Option<&'static str>,
}

impl Row {
    pub(crate) const fn linux(mut self, deviation: &'static str) -> Self {
        self.linux = Some(deviation);
        self
    }

    pub(crate) const fn wine(mut self, deviation: &'static str) -> Self {
        self.wine = Some(deviation);
        self
    }

    pub(crate) const fn c_linux(mut self, deviation: &'static str) -> Self {
        self.c_linux = Some(deviation);
        self
    }

    pub(crate) const fn c_wine(mut self, deviation: &'static str) -> Self {
        self.c_wine = Some(deviation);
        self
    }

    /// The C functions on Linux deviate as the Rust API does.
    pub(crate) const fn c_linux_too(mut self) -> Self {
        self.c_linux = self.linux;
        self
    }

    /// Wine's C functions deviate as the Rust API does there.
    pub(crate) const fn c_wine_too(mut self) -> Self {
        self.c_wine = self.wine;
        self
    }
}

const fn row(id: &'static str, behaviour: &'static str, class: Class, how: How) -> Row {
    Row {
        id,
        behaviour,
        class,
        how,
        linux: None,
        wine: None,
        c_linux: None,
        c_wine: None,
    }
}

/// Linux is identical.
pub(super) const fn same(id: &'static str, behaviour: &'static str) -> Row {
    row(id, behaviour, Class::Same, How::Test)
}

/// Linux is identical at a cost.
pub(super) const fn emulated(id: &'static str, behaviour: &'static str) -> Row {
    row(id, behaviour, Class::Emulated, How::Test)
}

/// Linux is near; what is near is tested.
pub(super) const fn near(id: &'static str, behaviour: &'static str) -> Row {
    row(id, behaviour, Class::Near, How::Test)
}

/// Linux cannot; what it does instead is tested.
pub(super) const fn apart(id: &'static str, behaviour: &'static str) -> Row {
    row(id, behaviour, Class::Apart, How::Test)
}

/// Tested with the C functions, and why not here.
pub(super) const fn in_c(id: &'static str, behaviour: &'static str, why: &'static str) -> Row {
    row(id, behaviour, Class::Same, How::CFunctions(why))
}

/// Nothing to test, and why.
pub(super) const fn nothing(id: &'static str, behaviour: &'static str, why: &'static str) -> Row {
    row(id, behaviour, Class::Apart, How::Nothing(why))
}

/// A section's title and its rows.
pub(crate) type Section = (&'static str, &'static [Row]);

/// All sections in their order.
pub(crate) const SECTIONS: [Section; 10] = [
    ("A. Creating: arguments, sizes, files", super::a_creation::ROWS),
    ("B. Names", super::b_names::ROWS),
    ("C. The rights of a handle that is opened", super::c_rights::ROWS),
    ("D. Views", super::d_views::ROWS),
    ("E. Reserved memory, and committing it", super::e_reserve::ROWS),
    ("F. Changing the protection of a view's pages", super::f_protect::ROWS),
    ("G. Flushing", super::g_flush::ROWS),
    ("H. Unmapping and closing", super::h_close::ROWS),
    (
        "I. Files under a mapping, handles, processes",
        super::i_files_and_handles::ROWS,
    ),
    ("J. Beside mappings: rings, waiting, liveness", super::j_waiting::ROWS),
];

/// All rows in their order.
pub(crate) fn all() -> impl Iterator<Item = &'static Row> {
    SECTIONS.into_iter().flat_map(|(_, rows)| rows)
}

/// The row that a line of the test program is about: `a_creation::a01_memory_needs_a_size: test` is about `A01`.
pub(crate) fn row_of_test(line: &str) -> Option<String> {
    let path = line.split([' ', ':']).rev().find(|word| word.contains('_'))?;
    let id = path.split('_').next()?;
    let digits = id.get(1..)?;
    let section = id.starts_with(|letter| ('a'..='j').contains(&letter));
    (section && digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit())).then(|| id.to_uppercase())
}
