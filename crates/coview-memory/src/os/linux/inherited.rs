//! A handle as text: what a child process needs to take over the descriptors that it inherited.

use std::os::fd::{OwnedFd, RawFd};

use super::errors::system;
use super::handle::Handle;
use super::object::Object;
use crate::error::{Error, ErrorKind, Result};
use crate::name::Scope;
use crate::os::{Facts, Pages};
use crate::rights::{Protection, Rights};

const ACTION: &str = "take over an inherited handle";

/// What the token says; the descriptors are numbers until they are claimed.
pub(super) struct Token {
    data: RawFd,
    rights: Rights,
    facts: Facts,
    id: u128,
    object: Option<(RawFd, Scope, String)>,
}

pub(super) fn parse(token: &str) -> Result<Token> {
    read(token).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidArgument,
            ACTION,
            format!("{token:?} does not come from to_inherited"),
        )
    })
}

/// Field by field, as `Handle::to_inherited` writes them.
fn read(token: &str) -> Option<Token> {
    let mut fields = token.splitn(9, ' ');
    if fields.next()? != "coview-linux-1" {
        return None;
    }
    let data = descriptor(fields.next()?)?;
    let bits: u8 = fields.next()?.parse().ok()?;
    let rights = [Rights::READ, Rights::WRITE, Rights::EXECUTE]
        .into_iter()
        .enumerate()
        .filter(|(at, _)| bits & (1 << at) != 0)
        .fold(Rights::NONE, |all, (_, one)| all | one);
    let size = fields.next()?.parse().ok()?;
    let protection = Some(*Protection::ALL.get(fields.next()?.parse::<usize>().ok()?)?);
    let pages =
        *[Pages::Commit, Pages::Reserve, Pages::Large, Pages::Image].get(fields.next()?.parse::<usize>().ok()?)?;
    let file = fields.next()? == "1";
    let id = fields.next()?.parse().ok()?;
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
            if !std::path::Path::new(&format!("/proc/self/fd/{fd}")).exists() {
                let detail = format!("descriptor {fd} is not open here; was the mapping made with inherit(true)?");
                return Err(Error::new(ErrorKind::AccessDenied, ACTION, detail));
            }
        }
        let data = own(self.data);
        rustix::io::fcntl_setfd(&data, rustix::io::FdFlags::CLOEXEC)
            .map_err(|os| system(ACTION, "the descriptor", os.into()))?;
        let object = match self.object {
            Some((registry, scope, base)) => Some(Object::from_inherited(ACTION, own(registry), (scope, base))?),
            None => None,
        };
        Ok(Handle::inherited(object, data, self.facts, self.rights, self.id))
    }
}
