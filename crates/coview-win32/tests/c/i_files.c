// I01 to I04, I08, I10: files under a mapping.
#include "harness.h"
#include "rows.h"

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static void cannot_shrink(HANDLE file, LONG length) {
    CHECK(SetFilePointer(file, length, NULL, FILE_BEGIN) == (DWORD)length);
    REFUSED(SetEndOfFile(file), ERROR_USER_MAPPED_FILE);
}

// What another process is told that spoils the file.
static const char *another_process(const char *path, const char *how) {
    return said(start("spoil", path, how));
}

ROW(I01) {
    const char *path = temp_file_of("i01", 7, 9000);
    HANDLE file = open_file(path, GENERIC_READ | GENERIC_WRITE);
    HANDLE mapping = mapping_of(file, PAGE_READWRITE, 5000, NULL);
    set_file_length(file, 10000);
    // Also above of what is mapped, by any handle, for a view alone.
    cannot_shrink(file, 9999);
    cannot_shrink(file, 5000);
    cannot_shrink(open_file(path, GENERIC_WRITE), 4000);
    Octet *view = view_of(mapping, FILE_MAP_READ);
    give_back(mapping);
    cannot_shrink(file, 4000);
    unmap(view);
    set_file_length(file, 100);
    CHECK(file_length(path) == 100);
    mapping_of(file, PAGE_READWRITE, 0, NULL);
    if (ON_LINUX) {
        // Recorded: the system has no lock that others must respect.
        deviates();
        CHECK(strcmp(another_process(path, "cut"), "done") == 0);
    } else {
        CHECK(strcmp(another_process(path, "cut"), "error 1224") == 0);
    }
}

ROW(I02) {
    const char *path = temp_file("i02", "content", 7);
    HANDLE mapping = mapping_of(open_file(path, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 0, NULL);
    const DWORD truncating[] = {CREATE_ALWAYS, TRUNCATE_EXISTING};
    for (size_t at = 0; at < COUNT(truncating); at++) {
        SetLastError(0xDEAD);
        CHECK(CreateFileA(path, GENERIC_READ | GENERIC_WRITE, SHARE_ALL, NULL, truncating[at], 0, NULL)
              == INVALID_HANDLE_VALUE);
        CHECK_ERROR(ERROR_USER_MAPPED_FILE);
    }
    CHECK(file_begins(path, "content", 7));
    if (ON_LINUX) {
        // Recorded: as I01.
        deviates();
        CHECK(strcmp(another_process(path, "replace"), "done") == 0);
    } else {
        CHECK(strcmp(another_process(path, "replace"), "error 1224") == 0);
    }
    give_back(mapping);
    hold(CreateFileA(path, GENERIC_READ | GENERIC_WRITE, SHARE_ALL, NULL, CREATE_ALWAYS, 0, NULL));
    CHECK(file_length(path) == 0);
}

ROW(I03) {
    const char *path = temp_file("i03", "content", 7);
    HANDLE mapping = mapping_of(open_file(path, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 0, NULL);
    Octet *view = view_of(mapping, FILE_MAP_WRITE);
    if (ON_WINE) {
        // Recorded: the name goes.
        deviates();
        CHECK(DeleteFileA(path));
    } else {
        REFUSED(DeleteFileA(path), ERROR_ACCESS_DENIED);
        REFUSED(DeleteFileW(wide(path)), ERROR_ACCESS_DENIED);
        CHECK(file_begins(path, "content", 7));
    }
    if (ON_LINUX) {
        // Recorded: another process may.
        deviates();
        CHECK(strcmp(another_process(path, "delete"), "done") == 0);
    }
    memcpy(view, "CONTENT", 7);
    CHECK(memcmp(view_of(mapping, FILE_MAP_READ), "CONTENT", 7) == 0);
}

ROW(I04) {
    const char *path = temp_file("i04", "content", 7);
    // Shared with nobody, until it is closed.
    HANDLE file = hold(CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL));
    HANDLE mapping = mapping_of(file, PAGE_READWRITE, 0, NULL);
    Octet *view = view_of(mapping, FILE_MAP_READ);
    give_back(file);
    file = open_file(path, GENERIC_READ | GENERIC_WRITE);
    DWORD written = 0;
    CHECK(WriteFile(file, "WRITTEN", 7, &written, NULL) && written == 7);
    CHECK(memcmp(view, "WRITTEN", 7) == 0);
}

ROW(I08) {
    HANDLE file = open_file(temp_file("i08", "content", 7), GENERIC_READ | GENERIC_WRITE);
    Octet *view = view_of(mapping_of(file, PAGE_READWRITE, 0, NULL), FILE_MAP_WRITE);
    DWORD count = 0;
    CHECK(WriteFile(file, "file", 4, &count, NULL) && count == 4);
    CHECK(memcmp(view, "fileent", 7) == 0);
    memcpy(view, "view", 4);
    char text[16] = "";
    CHECK(SetFilePointer(file, 0, NULL, FILE_BEGIN) == 0);
    CHECK(ReadFile(file, text, sizeof text, &count, NULL) && count == 7);
    CHECK(memcmp(text, "viewent", 7) == 0);
}

ROW(I10) {
    HANDLE mapping = memory(PAGE_READWRITE, 4096, NULL);
    SetLastError(0xDEAD);
    if (ON_WINE) {
        // Recorded: said to be a file.
        deviates();
        CHECK(GetFileType(mapping) == FILE_TYPE_DISK);
    } else {
        CHECK(GetFileType(mapping) == FILE_TYPE_UNKNOWN);
        CHECK_ERROR(ERROR_INVALID_HANDLE);
    }
    CHECK(GetFileType(open_file(temp_file("i10", "content", 7), GENERIC_READ)) == FILE_TYPE_DISK);
}
