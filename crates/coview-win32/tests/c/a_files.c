// A06 to A10, A21 to A31: the file behind a mapping, and sizes.
#include "harness.h"
#include "rows.h"
#include "system.h"

ROW(A06) {
    const char *path = temp_file("a06", "content", 7);
    HANDLE file = open_file(path, GENERIC_READ | GENERIC_EXECUTE);
    REFUSED(create(open_file(path, GENERIC_READ), PAGE_READWRITE, 0, NULL), ERROR_ACCESS_DENIED);
    REFUSED(create(file, PAGE_READWRITE, 0, NULL), ERROR_ACCESS_DENIED);
    REFUSED(create(file, PAGE_EXECUTE_READWRITE, 0, NULL), ERROR_ACCESS_DENIED);
}

ROW(A07) {
    HANDLE file = open_file(temp_file("a07", "content", 7), GENERIC_READ);
    CHECK(memcmp(view_of(mapping_of(file, PAGE_READONLY, 0, NULL), FILE_MAP_READ), "content", 7) == 0);
    CHECK(memcmp(view_of(mapping_of(file, PAGE_WRITECOPY, 0, NULL), FILE_MAP_COPY), "content", 7) == 0);
}

ROW(A08) {
    const char *path = temp_file("a08", "content", 7);
    const DWORD executable[] = {PAGE_EXECUTE_READ, PAGE_EXECUTE_WRITECOPY};
    HANDLE without = open_file(path, GENERIC_READ), with = open_file(path, GENERIC_READ | GENERIC_EXECUTE);
    for (size_t at = 0; at < COUNT(executable); at++) {
        mapping_of(with, executable[at], 0, NULL);
        if (ON_WINE) {
            // Recorded: the right is not asked for.
            deviates();
            mapping_of(without, executable[at], 0, NULL);
        } else {
            REFUSED(create(without, executable[at], 0, NULL), ERROR_ACCESS_DENIED);
        }
    }
}

ROW(A09) {
    HANDLE file = open_file(temp_file("a09", "content", 7), 0);
    for (size_t at = 0; at < PROTECTIONS; at++) REFUSED(create(file, protections[at], 0, NULL), ERROR_ACCESS_DENIED);
}

ROW(A10) {
    HANDLE file = open_file(temp_file("a10", "content", 7), GENERIC_WRITE);
    REFUSED(create(file, PAGE_READWRITE, 0, NULL), ERROR_ACCESS_DENIED);
    REFUSED(create(file, PAGE_READONLY, 0, NULL), ERROR_ACCESS_DENIED);
}

ROW(A21) {
    HANDLE folder = hold(CreateFileA(system_folder(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                     OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL));
    HANDLE pipe = hold(system_pipe());
    const ULONGLONG sizes[] = {0, 4096};
    // Recorded: another error.
    const DWORD error = ON_WINE ? ERROR_INVALID_HANDLE : ERROR_BAD_EXE_FORMAT;
    if (ON_WINE) deviates();
    for (size_t at = 0; at < COUNT(sizes); at++) {
        REFUSED(create(folder, PAGE_READONLY, sizes[at], NULL), error);
        REFUSED(create(pipe, PAGE_READONLY, sizes[at], NULL), error);
    }
}

ROW(A22) {
    const char *path = temp_file("a22", "", 0);
    HANDLE file = open_file(path, GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE);
    for (size_t at = 0; at < PROTECTIONS; at++) REFUSED(create(file, protections[at], 0, NULL), ERROR_FILE_INVALID);
    CHECK(file_length(path) == 0);
}

ROW(A23) {
    const char *contents[] = {"", "some"};
    for (size_t at = 0; at < COUNT(contents); at++) {
        const char *path = temp_file(at == 0 ? "a23-empty" : "a23", contents[at], strlen(contents[at]));
        HANDLE mapping = mapping_of(open_file(path, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 10001, NULL);
        CHECK(file_length(path) == 10001);
        view_of(mapping, FILE_MAP_WRITE)[10000] = '!';
    }
}

ROW(A24) {
    const char *path = temp_file("a24", "some", 4);
    HANDLE mapping = mapping_of(open_file(path, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 20000, NULL);
    const Octet *view = view_of(mapping, FILE_MAP_READ);
    CHECK(memcmp(view, "some", 4) == 0 && all_are(view + 4, 0, 20000 - 4));
}

ROW(A25) {
    const char *path = temp_file("a25", "some", 4);
    HANDLE file = open_file(path, GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE);
    for (size_t at = 0; at < PROTECTIONS; at++)
        if (!writes(protections[at])) REFUSED(create(file, protections[at], 5, NULL), ERROR_NOT_ENOUGH_MEMORY);
    CHECK(file_length(path) == 4);
}

// So large that no disk has it, and not so large that no file can be.
ROW(A26) {
    const ULONGLONG size = 15ULL << 40;
    const char *path = temp_file("a26", "some", 4);
    HANDLE file = open_file(path, GENERIC_READ | GENERIC_WRITE);
    if (ON_WINE) {
        // Recorded: the file becomes longer without room for it.
        deviates();
        mapping_of(file, PAGE_READWRITE, size, NULL);
        return;
    }
    REFUSED(create(file, PAGE_READWRITE, size, NULL), ERROR_DISK_FULL);
    CHECK(file_length(path) == 4);
}

ROW(A27) {
    const char *path = temp_file("a27", "some", 4);
    SetLastError(0xDEAD);
    CHECK(create(open_file(path, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 1ULL << 59, NULL) == NULL);
    CHECK(GetLastError() == ERROR_NOT_ENOUGH_MEMORY || GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(file_length(path) == 4 && file_begins(path, "some", 4));
}

ROW(A28) {
    const char *path = temp_file("a28", "beginning and end", 17);
    HANDLE mapping = mapping_of(open_file(path, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 9, NULL);
    CHECK(memcmp(view_of(mapping, FILE_MAP_READ), "beginning", 9) == 0);
    REFUSED(map(mapping, FILE_MAP_READ, 0, 10), ERROR_ACCESS_DENIED);
    CHECK(file_length(path) == 17);
}

ROW(A29) {
    const char *path = temp_file_of("a29", 7, 0x3456);
    HANDLE mapping = mapping_of(open_file(path, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 0, NULL);
    hold_view(map(mapping, FILE_MAP_READ, 0, 0x3456));
    REFUSED(map(mapping, FILE_MAP_READ, 0, 0x3457), ERROR_ACCESS_DENIED);
}

ROW(A30) {
    const char *path = temp_file_of("a30", 7, 0x4000);
    HANDLE of_file = mapping_of(open_file(path, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 0x3452, NULL);
    hold_view(map(of_file, FILE_MAP_READ, 0, 0x3452));
    REFUSED(map(of_file, FILE_MAP_READ, 0, 0x3453), ERROR_ACCESS_DENIED);
    HANDLE of_memory = memory(PAGE_READWRITE, 0x3452, NULL);
    SIZE_T pages = (0x3452 + page_size() - 1) / page_size() * page_size();
    hold_view(map(of_memory, FILE_MAP_READ, 0, pages));
    REFUSED(map(of_memory, FILE_MAP_READ, 0, pages + 1), ERROR_ACCESS_DENIED);
}

ROW(A31) {
    const char *path = temp_file("a31", "some", 4);
    HANDLE file = open_file(path, GENERIC_READ | GENERIC_WRITE);
    HANDLE mapping = mapping_of(file, PAGE_READWRITE, 0, NULL);
    set_file_length(file, 9000);
    REFUSED(map(mapping, FILE_MAP_READ, 0, 5), ERROR_ACCESS_DENIED);
    CHECK(pages_at(view_of(mapping, FILE_MAP_READ)).RegionSize == page_size());
}
