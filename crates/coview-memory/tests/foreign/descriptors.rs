//! Memory that arrives as a descriptor, and files.

use std::fs;
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use coview_memory::{Access, ErrorKind, Mapping, Protection, Rights, ViewOptions};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};

use crate::common::{Folder, Puppet};

fn send(socket: &OwnedFd, descriptor: BorrowedFd<'_>) {
    let descriptors = [descriptor];
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    assert!(ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)));
    sendmsg(socket, &[IoSlice::new(b"!")], &mut ancillary, SendFlags::empty()).unwrap();
}

fn receive(socket: &OwnedFd) -> OwnedFd {
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    recvmsg(
        socket,
        &mut [IoSliceMut::new(&mut [0])],
        &mut ancillary,
        RecvFlags::CMSG_CLOEXEC,
    )
    .unwrap();
    let received = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    received.expect("a descriptor")
}

fn sockets() -> (OwnedFd, OwnedFd) {
    socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None).unwrap()
}

#[test]
fn unnamed_memory_goes_through_a_socket() {
    let (here, there) = sockets();
    let child = Puppet::new(|_| {
        let mapping = Mapping::try_from(receive(&there)).unwrap();
        assert_eq!(mapping.size(), 8192);
        let view = mapping.view().unwrap();
        assert_eq!(view.read_vec(0, 6).unwrap(), b"parent");
        view.write(100, b"child").unwrap();
    });
    let mapping = Mapping::unnamed(8192).unwrap();
    let view = mapping.view().unwrap();
    view.write(0, b"parent").unwrap();
    send(&here, mapping.as_fd());
    child.finish();
    assert_eq!(view.read_vec(100, 5).unwrap(), b"child");
}

#[test]
fn a_descriptor_to_read_makes_a_mapping_to_read() {
    let (here, there) = sockets();
    let mapping = Mapping::unnamed(4096).unwrap();
    mapping.view().unwrap().write(0, b"read me").unwrap();
    let reader = mapping.duplicate(Rights::READ).unwrap();
    send(&here, reader.as_fd());
    let received = Mapping::try_from(receive(&there)).unwrap();
    assert!(!received.rights().contains(Rights::WRITE));
    let write = ViewOptions::new().access(Access::Write).map(&received);
    assert_eq!(write.unwrap_err().kind(), ErrorKind::AccessDenied);
    assert_eq!(received.view().unwrap().read_vec(0, 7).unwrap(), b"read me");
}

#[test]
fn a_descriptor_keeps_the_memory_and_not_the_name() {
    let name = crate::program::unique("descriptor");
    let mapping = Mapping::create(&name, 4096).unwrap();
    mapping.view().unwrap().write(0, b"kept").unwrap();
    let descriptor = OwnedFd::try_from(mapping).unwrap();
    assert_eq!(Mapping::open(&name).unwrap_err().kind(), ErrorKind::NotFound);
    let again = Mapping::try_from(descriptor).unwrap();
    assert_eq!(again.view().unwrap().read_vec(0, 4).unwrap(), b"kept");
}

#[test]
fn what_is_no_memory_is_refused() {
    let (pipe, _other) = std::io::pipe().unwrap();
    let kind = |descriptor: OwnedFd| Mapping::try_from(descriptor).unwrap_err().kind();
    assert_eq!(kind(pipe.into()), ErrorKind::FileInvalid);
    assert_eq!(kind(sockets().0), ErrorKind::FileInvalid);
    assert_eq!(
        kind(fs::File::open("/dev/null").unwrap().into()),
        ErrorKind::FileInvalid
    );
    let empty = rustix::fs::memfd_create("empty", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
    assert_eq!(kind(empty), ErrorKind::FileInvalid);
    for bad in ["", "/", "/a/b", "/..", "/\0"] {
        assert_eq!(
            Mapping::open_posix(bad, Rights::READ).unwrap_err().kind(),
            ErrorKind::InvalidName,
            "{bad:?}"
        );
    }
}

#[test]
fn a_plain_file_is_shared_with_whoever_maps_or_reads_it() {
    let folder = Folder::new("plain");
    let path = folder.path().join("plain");
    fs::write(&path, b"twelve bytes").unwrap();
    let mapping = Mapping::open_path(&path, Rights::ALL).unwrap();
    assert_eq!(mapping.size(), 12);
    let view = mapping.view().unwrap();
    view.write(0, b"TWELVE").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"TWELVE bytes");
    let file = fs::File::options().read(true).write(true).open(&path).unwrap();
    let same = Mapping::options()
        .file(&file)
        .protection(Protection::ReadWrite)
        .create("", 0)
        .unwrap();
    same.view().unwrap().write(7, b"BYTES").unwrap();
    assert_eq!(view.read_vec(0, 12).unwrap(), b"TWELVE BYTES");
    assert_eq!(
        Mapping::open_path(folder.path(), Rights::READ).unwrap_err().kind(),
        ErrorKind::FileInvalid
    );
    let missing = Mapping::open_path(folder.path().join("missing"), Rights::READ).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}
