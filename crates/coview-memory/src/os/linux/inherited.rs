//! A handle as text: what a child process needs to take over the descriptors that it inherited, and any other to find
//! them (`remote.rs`).

use std::fmt;
use std::os::fd::{OwnedFd, RawFd};

use super::data::identity;
use super::errors::system;
use super::handle::Handle;
use super::join::Expected;
use super::object::Object;
use crate::error::{Error, ErrorKind, Result};
use crate::name::Scope;
use crate::os::{Facts, Pages};
use crate::rights::{Protection, Rights};

pub(super) const ACTION: &str = "take over an inherited handle";

/// What the token says; the descriptors are numbers until they are claimed.
pub(super) struct Token {
    pub(super) data: RawFd,
    pub(super) rights: Rights,
    pub(super) facts: Facts,
    pub(super) id: u128,
    /// The data's file system, and its file there.
    pub(super) identity: (u64, u64),
    pub(super) object: Option<(RawFd, Scope, String)>,
}

/// How a token begins; the number changes with what follows.
const TOKEN: &str = "coview-linux-2";

pub(super) fn parse(action: &'static str, token: &str) -> Result<Token> {
    read(token).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidArgument,
            action,
            format!("{token:?} does not come from to_inherited"),
        )
    })
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Facts {
            size,
            protection,
            pages,
            file,
        } = self.facts;
        let rights = RIGHTS.iter().enumerate().fold(0_u8, |bits, (at, right)| {
            bits | u8::from(self.rights.contains(*right)) << at
        });
        let protection = Protection::ALL.iter().position(|one| Some(*one) == protection);
        let (protection, pages, file) = (protection.unwrap_or(0), pages as u8, u8::from(file));
        let (device, inode) = self.identity;
        write!(
            f,
            "{TOKEN} {} {rights} {size} {protection} {pages} {file} {} {device} {inode} ",
            self.data, self.id
        )?;
        match &self.object {
            Some((registry, scope, base)) => write!(f, "{registry} {scope:?} {base}"),
            None => f.write_str("-"),
        }
    }
}

const RIGHTS: [Rights; 3] = [Rights::READ, Rights::WRITE, Rights::EXECUTE];

/// Field by field, as they are written above.
fn read(token: &str) -> Option<Token> {
    let mut fields = token.splitn(11, ' ');
    if fields.next()? != TOKEN {
        return None;
    }
    let data = descriptor(fields.next()?)?;
    let bits: u8 = fields.next()?.parse().ok()?;
    let rights = RIGHTS
        .into_iter()
        .enumerate()
        .filter(|(at, _)| bits & (1 << at) != 0)
        .fold(Rights::NONE, |all, (_, one)| all | one);
    let size = fields.next()?.parse().ok()?;
    if size == 0 || size > i64::MAX as u64 {
        return None;
    }
    let protection = Some(*Protection::ALL.get(fields.next()?.parse::<usize>().ok()?)?);
    let pages =
        *[Pages::Commit, Pages::Reserve, Pages::Large, Pages::Image].get(fields.next()?.parse::<usize>().ok()?)?;
    let file = fields.next()? == "1";
    let id = fields.next()?.parse().ok()?;
    let identity = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let object = match fields.next()? {
        "-" => None,
        place => {
            let mut parts = place.splitn(3, ' ');
            let registry = descriptor(parts.next()?)?;
            let scope = match parts.next()? {
                "Local" => Scope::Local,
                "Global" => Scope::Global,
                _ => return None,
            };
            Some((registry, scope, parts.next()?.to_owned()))
        }
    };
    Some(Token {
        data,
        rights,
        facts: Facts {
            size,
            protection,
            pages,
            file,
        },
        id,
        identity,
        object,
    })
}

fn descriptor(text: &str) -> Option<RawFd> {
    text.parse().ok().filter(|fd| *fd >= 0)
}

impl Token {
    /// `own` turns a number into the descriptor that the caller vouches for.
    pub(super) fn take_over(self, own: impl Fn(RawFd) -> OwnedFd) -> Result<Handle> {
        for fd in [Some(self.data), self.object.as_ref().map(|(registry, ..)| *registry)]
            .into_iter()
            .flatten()
        {
            let file = rustix::fs::stat(format!("/proc/self/fd/{fd}"));
            // The registry file says itself, below, which one it is.
            let is_it = |file| fd != self.data || identity(&file) == self.identity;
            if !file.is_ok_and(is_it) {
                let detail = format!(
                    "descriptor {fd} is not open here, or is something else; was the mapping made with inherit(true)?"
                );
                return Err(Error::new(ErrorKind::AccessDenied, ACTION, detail));
            }
        }
        let data = own(self.data);
        rustix::io::fcntl_setfd(&data, rustix::io::FdFlags::CLOEXEC)
            .map_err(|os| system(ACTION, "the descriptor", os.into()))?;
        let object = match self.object {
            Some((registry, scope, base)) => {
                // The parent and we share a description; ours must live and die alone.
                let inherited = own(registry);
                let registry = super::reopen::same_rights(ACTION, &inherited)?;
                let expected = Expected {
                    scope,
                    base,
                    id: self.id,
                    by_name: false,
                    inherit: false,
                };
                let object = Object::join(ACTION, registry, Some(inherited), expected)?;
                object.note_holder_if_elsewhere(&data);
                Some(object)
            }
            None => None,
        };
        Ok(Handle::taken_over(object, data, self.facts, self.rights, self.id))
    }
}
