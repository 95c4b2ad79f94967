// D21 to D23, D26: views that copy what they write.
#include "harness.h"
#include "rows.h"

ROW(D21) {
    const char *path = temp_file("d21", "shared", 6);
    HANDLE mapping = mapping_of(open_file(path, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 0, NULL);
    Octet *one = view_of(mapping, FILE_MAP_COPY), *two = view_of(mapping, FILE_MAP_COPY);
    memcpy(one, "own", 3);
    CHECK(FlushViewOfFile(one, 0));
    CHECK(memcmp(one, "ownred", 6) == 0);
    CHECK(memcmp(two, "shared", 6) == 0 && memcmp(view_of(mapping, FILE_MAP_READ), "shared", 6) == 0);
    unmap(one);
    CHECK(memcmp(view_of(mapping, FILE_MAP_COPY), "shared", 6) == 0);
    CHECK(file_begins(path, "shared", 6));
}

ROW(D22) {
    HANDLE mapping = memory(PAGE_READWRITE, 4096, NULL);
    volatile Octet *copy = view_of(mapping, FILE_MAP_COPY), *shared = view_of(mapping, FILE_MAP_WRITE);
    for (Octet value = 1; value < 4; value++) {
        shared[0] = value;
        CHECK(copy[0] == value);
    }
}

ROW(D23) {
    SIZE_T page = page_size();
    HANDLE mapping = memory(PAGE_READWRITE, 3 * page, NULL);
    Octet *copy = view_of(mapping, FILE_MAP_COPY), *shared = view_of(mapping, FILE_MAP_WRITE);
    CHECK(protection_at(copy + page) == PAGE_WRITECOPY);
    memcpy(copy + page, "own", 3);
    if (ON_WINE) {
        // Recorded: it does not tell.
        deviates();
        CHECK(protection_at(copy + page) == PAGE_WRITECOPY);
    } else {
        CHECK(protection_at(copy + page) == PAGE_READWRITE);
        CHECK(pages_at(copy).RegionSize == page && pages_at(copy + page).RegionSize == page);
    }
    CHECK(protection_at(copy) == PAGE_WRITECOPY && protection_at(copy + 2 * page) == PAGE_WRITECOPY);
    for (int at = 0; at < 3; at++) memcpy(shared + at * page, "all", 3);
    CHECK(memcmp(copy, "all", 3) == 0 && memcmp(copy + 2 * page, "all", 3) == 0);
    CHECK(memcmp(copy + page, "own", 3) == 0);
}

// What is charged cannot be seen; that it is enough can.
ROW(D26) {
    const SIZE_T size = 1 << 20;
    HANDLE mapping = memory(PAGE_READWRITE, size, NULL);
    // Recorded: pages are given when they are written.
    if (ON_LINUX) deviates();
    memset(view_of(mapping, FILE_MAP_COPY), 7, size);
    CHECK(all_are(view_of(mapping, FILE_MAP_READ), 0, size));
}
