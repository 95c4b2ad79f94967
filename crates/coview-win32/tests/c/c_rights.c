// C01 to C06: the rights of a handle that is opened.
#include "harness.h"
#include "rows.h"

// The view is refused for want of a right.
static int denied(HANDLE mapping, DWORD access) {
    return !maps(mapping, access) && GetLastError() == ERROR_ACCESS_DENIED;
}

ROW(C01) {
    const char *name = unique("c01");
    memory(PAGE_READWRITE, 4096, name);
    HANDLE reader = open_mapping(FILE_MAP_READ, name);
    CHECK(maps(reader, FILE_MAP_READ) && maps(reader, FILE_MAP_COPY));
    CHECK(denied(reader, FILE_MAP_WRITE));
}

// Against what OpenFileMapping's page says.
ROW(C02) {
    const char *name = unique("c02");
    HANDLE mapping = memory(PAGE_READWRITE, 4096, name);
    HANDLE writer = open_mapping(FILE_MAP_WRITE, name);
    CHECK(denied(writer, FILE_MAP_READ) && denied(writer, FILE_MAP_COPY));
    memcpy(view_of(writer, FILE_MAP_WRITE), "written", 7);
    CHECK(memcmp(view_of(mapping, FILE_MAP_READ), "written", 7) == 0);
}

ROW(C03) {
    const char *name = unique("c03");
    HANDLE mapping = memory(PAGE_READWRITE, 4096, name);
    HANDLE copier = open_mapping(FILE_MAP_COPY, name);
    memcpy(view_of(copier, FILE_MAP_COPY), "mine", 4);
    CHECK(all_are(view_of(mapping, FILE_MAP_READ), 0, 4));
    CHECK(maps(copier, FILE_MAP_READ) && denied(copier, FILE_MAP_WRITE));
}

ROW(C04) {
    const char *name = unique("c04");
    memory(PAGE_EXECUTE_READWRITE, 4096, name);
    HANDLE all = open_mapping(FILE_MAP_ALL_ACCESS, name);
    CHECK(maps(all, FILE_MAP_READ) && maps(all, FILE_MAP_WRITE) && maps(all, FILE_MAP_COPY));
    // A view of all access does not execute. The handle has the right all the same: SECTION_MAP_EXECUTE is in it.
    CHECK((FILE_MAP_ALL_ACCESS & FILE_MAP_EXECUTE) == 0);
    CHECK(protection_at(view_of(all, FILE_MAP_ALL_ACCESS)) == PAGE_READWRITE);
    CHECK(maps(all, FILE_MAP_READ | FILE_MAP_EXECUTE));
    CHECK(denied(open_mapping(FILE_MAP_READ, name), FILE_MAP_READ | FILE_MAP_EXECUTE));
    HANDLE more = open_mapping(FILE_MAP_ALL_ACCESS | FILE_MAP_EXECUTE, name);
    CHECK(maps(more, FILE_MAP_READ | FILE_MAP_EXECUTE) && maps(more, FILE_MAP_WRITE | FILE_MAP_EXECUTE));
}

ROW(C05) {
    const char *name = unique("c05");
    memory(PAGE_READWRITE, 4096, name);
    if (ON_WINE) {
        // Recorded: a handle without a right.
        deviates();
        open_mapping(0, name);
    } else {
        REFUSED(OpenFileMappingA(0, FALSE, name), ERROR_ACCESS_DENIED);
    }
}

ROW(C06) {
    const char *name = unique("c06");
    memory(PAGE_READWRITE, 3 * page_size(), name);
    HANDLE opened = open_mapping(FILE_MAP_READ, name);
    CHECK(pages_at(view_of(opened, FILE_MAP_READ)).RegionSize == 3 * page_size());
    REFUSED(map(opened, FILE_MAP_READ, 0, 3 * page_size() + 1), ERROR_ACCESS_DENIED);
}
