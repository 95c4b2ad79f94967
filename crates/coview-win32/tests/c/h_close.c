// H01 to H08: unmapping and closing.
#include "harness.h"
#include "rows.h"

ROW(H01) {
    Octet *view = view_of(memory(PAGE_READWRITE, 4 * GRANULE, NULL), FILE_MAP_WRITE);
    unmap(view);
    CHECK(pages_at(view).State == MEM_FREE);
    REFUSED(UnmapViewOfFile(view), ERROR_INVALID_ADDRESS);
    CHECK(faults("unmapped view"));
}

// Against what UnmapViewOfFile's page says.
ROW(H02) {
    const SIZE_T inside[] = {100, 4096, 4196, 2 * GRANULE - 1};
    HANDLE mapping = memory(PAGE_READWRITE, 2 * GRANULE, NULL);
    for (size_t at = 0; at < COUNT(inside); at++) {
        Octet *view = view_of(mapping, FILE_MAP_WRITE);
        CHECK(UnmapViewOfFile(view + inside[at]));
        forget(view);
        CHECK(pages_at(view).State == MEM_FREE && pages_at(view + 2 * GRANULE - 1).State == MEM_FREE);
    }
}

ROW(H03) {
    void *allocated = VirtualAlloc(NULL, GRANULE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    CHECK(allocated != NULL);
    REFUSED(UnmapViewOfFile(allocated), ERROR_INVALID_ADDRESS);
    CHECK(VirtualFree(allocated, 0, MEM_RELEASE));
    REFUSED(UnmapViewOfFile(allocated), ERROR_INVALID_ADDRESS);
    REFUSED(UnmapViewOfFile(NULL), ERROR_INVALID_ADDRESS);
    REFUSED(UnmapViewOfFile((const void *)(ULONG_PTR)0xDEAD), ERROR_INVALID_ADDRESS);
}

ROW(H04) {
    HANDLE mapping = memory(PAGE_READWRITE, 4096, NULL);
    Octet *view = view_of(mapping, FILE_MAP_WRITE);
    give_back(mapping);
    memset(view, 1, 4096);
}

ROW(H05) {
    HANDLE mapping = memory(PAGE_READWRITE, 4096, NULL);
    give_back(mapping);
    REFUSED(CloseHandle(mapping), ERROR_INVALID_HANDLE);
    HANDLE file = open_file(temp_file("h05", "content", 7), GENERIC_READ);
    give_back(file);
    REFUSED(CloseHandle(file), ERROR_INVALID_HANDLE);
    REFUSED(CloseHandle(NULL), ERROR_INVALID_HANDLE);
}

ROW(H06) {
    for (int order = 0; order < 3; order++) {
        const char *path = temp_file(order == 0 ? "h06-a" : order == 1 ? "h06-b" : "h06-c", "content", 7);
        HANDLE file = open_file(path, GENERIC_READ | GENERIC_WRITE);
        HANDLE mapping = mapping_of(file, PAGE_READWRITE, 0, NULL);
        Octet *view = view_of(mapping, FILE_MAP_WRITE);
        if (order == 0) unmap(view), give_back(mapping), give_back(file);
        if (order == 1) give_back(file), give_back(mapping), unmap(view);
        if (order == 2) give_back(mapping), unmap(view), give_back(file);
        CHECK(file_begins(path, "content", 7));
    }
}

ROW(H07) {
    const char *path = temp_file("h07", "content", 7);
    HANDLE file = open_file(path, GENERIC_READ | GENERIC_WRITE);
    HANDLE mapping = mapping_of(file, PAGE_READWRITE, 0, NULL);
    Octet *view = view_of(mapping, FILE_MAP_WRITE);
    memcpy(view, "CONTENT", 7);
    unmap(view);
    give_back(mapping);
    give_back(file);
    CHECK(file_begins(path, "CONTENT", 7));
}

ROW(H08) {
    const char *name = unique("h08");
    struct process *other = start("leave", name, NULL);
    CHECK(strcmp(said(other), "....") == 0);
    give_back(open_mapping(FILE_MAP_READ, name));
    CHECK(finish(other) == 0);
    REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, name), ERROR_FILE_NOT_FOUND);
}
