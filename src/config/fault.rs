//! The errors that piranha numbers: scripts know pulse's words for them.

/// What piranha's parser would have said, as far as a text can be wrong here: 2 and 4 are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file holds nothing.
    Empty = 1,
    /// A quote is not closed, or something stands behind the closing one.
    Quotation = 3,
    /// There are more words than the key takes.
    UnexpectedArguments = 5,
    /// There is no `=` behind the key.
    EqualExpected,
    /// There are fewer words than the key takes.
    MissingArguments,
    /// An address that cannot stand here.
    InvalidHost,
    /// A word that cannot stand here.
    InvalidArgument,
    /// Not a number.
    IntegerExpected,
    /// A number that is neither 0 nor 1.
    BooleanExpected,
    /// No key of this part of the file.
    UnknownCommand,
    /// Not a list in brackets.
    ListExpected,
    /// A netmask that is none; 14 and 15 were never raised.
    BadMask = 16,
}

impl Fault {
    /// The original's number.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The original's words.
    pub fn text(self) -> &'static str {
        match self {
            Fault::Empty => "Empty configuration",
            Fault::Quotation => "quotation mismatch",
            Fault::UnexpectedArguments => "unexpected arguments",
            Fault::EqualExpected => "equal (=) expected after command",
            Fault::MissingArguments => "missing arguments",
            Fault::InvalidHost => "invalid host name or ip address",
            Fault::InvalidArgument => "invalid argument",
            Fault::IntegerExpected => "integer expected",
            Fault::BooleanExpected => "boolean expected",
            Fault::UnknownCommand => "unknown command",
            Fault::ListExpected => "list expected",
            Fault::BadMask => "Bad subnet mask specified",
        }
    }
}
