// E01 to E10: reserved memory, and committing it.
#include "harness.h"
#include "rows.h"

#define SIZE (1 << 20)

static HANDLE reserve(const char *name) {
    return memory(PAGE_READWRITE | SEC_RESERVE, SIZE, name);
}

static DWORD state_at(const void *address) {
    return pages_at(address).State;
}

static void commit(void *address, SIZE_T length) {
    CHECK(VirtualAlloc(address, length, MEM_COMMIT, PAGE_READWRITE) == address);
}

ROW(E01) {
    Octet *view = view_of(reserve(NULL), FILE_MAP_WRITE);
    MEMORY_BASIC_INFORMATION info = pages_at(view);
    CHECK(info.BaseAddress == view && info.AllocationBase == view && info.RegionSize == SIZE);
    CHECK(info.State == MEM_RESERVE && info.Protect == 0 && info.AllocationProtect == PAGE_READWRITE);
    CHECK(info.Type == MEM_MAPPED);
}

ROW(E02) {
    if (ON_WINE) {
        // Recorded: the page is given.
        deviates();
        CHECK(!faults("reserved page"));
    } else {
        CHECK(faults("reserved page"));
    }
}

ROW(E03) {
    const char *name = unique("e03");
    Octet *one = view_of(reserve(name), FILE_MAP_WRITE);
    Octet *two = view_of(open_mapping(FILE_MAP_WRITE, name), FILE_MAP_WRITE);
    struct process *other = start("reserved", name, NULL);
    CHECK(strcmp(said(other), "mapped") == 0);
    commit(one, page_size());
    memcpy(one, "news", 4);
    CHECK(state_at(two) == MEM_COMMIT && protection_at(two) == PAGE_READWRITE);
    CHECK(state_at(two + page_size()) == MEM_RESERVE && pages_at(two).RegionSize == page_size());
    CHECK(memcmp(two, "news", 4) == 0);
    CHECK(strcmp(answer(other, "touch"), "news") == 0);
    // Protection is each view's own.
    Octet *next = one + page_size();
    CHECK(VirtualAlloc(next, page_size(), MEM_COMMIT, PAGE_READONLY) == next);
    CHECK(protection_at(next) == PAGE_READONLY && protection_at(two + page_size()) == PAGE_READWRITE);
    two[page_size()] = 1;
    CHECK(*next == 1);
}

ROW(E04) {
    SIZE_T page = page_size();
    Octet *view = view_of(reserve(NULL), FILE_MAP_WRITE);
    commit(view + page, page);
    memcpy(view + page, "kept", 4);
    commit(view + page, page);
    commit(view, SIZE);
    CHECK(memcmp(view + page, "kept", 4) == 0 && all_are(view, 0, page));
    CHECK(state_at(view) == MEM_COMMIT && state_at(view + SIZE - 1) == MEM_COMMIT);
}

ROW(E05) {
    HANDLE mapping = reserve(NULL);
    Octet *first = view_of(mapping, FILE_MAP_WRITE);
    commit(first, page_size());
    memcpy(first, "first", 5);
    unmap(first);
    Octet *later = view_of(mapping, FILE_MAP_READ);
    CHECK(memcmp(later, "first", 5) == 0);
    CHECK(state_at(later) == MEM_COMMIT && state_at(later + page_size()) == MEM_RESERVE);
}

ROW(E06) {
    Octet *view = view_of(reserve(NULL), FILE_MAP_WRITE);
    commit(view, page_size());
    REFUSED(VirtualFree(view, page_size(), MEM_DECOMMIT), ERROR_INVALID_PARAMETER);
    REFUSED(VirtualFree(view, 0, MEM_RELEASE), ERROR_INVALID_PARAMETER);
    CHECK(state_at(view) == MEM_COMMIT);
}

ROW(E07) {
    Octet *view = view_of(reserve(NULL), FILE_MAP_WRITE);
    REFUSED(VirtualAlloc(view, SIZE + 1, MEM_COMMIT, PAGE_READWRITE), ERROR_INVALID_ADDRESS);
    REFUSED(VirtualAlloc(view + page_size(), SIZE, MEM_COMMIT, PAGE_READWRITE), ERROR_INVALID_ADDRESS);
}

ROW(E08) {
    HANDLE file = open_file(temp_file("e08", "content", 7), GENERIC_READ | GENERIC_WRITE);
    Octet *view = view_of(mapping_of(file, PAGE_READWRITE | SEC_RESERVE, 0, NULL), FILE_MAP_WRITE);
    CHECK(state_at(view) == MEM_COMMIT && memcmp(view, "content", 7) == 0);
    view[0] = 'C';
}

ROW(E09) {
    HANDLE file = open_file(temp_file_of("e09", 7, 4096), GENERIC_READ | GENERIC_WRITE);
    HANDLE mapping = mapping_of(file, PAGE_READWRITE, 0, NULL);
    Octet *writable = view_of(mapping, FILE_MAP_WRITE), *readable = view_of(mapping, FILE_MAP_READ);
    REFUSED(VirtualAlloc(writable, 4096, MEM_COMMIT, PAGE_READWRITE), ERROR_ACCESS_DENIED);
    REFUSED(VirtualAlloc(readable, 4096, MEM_COMMIT, PAGE_READONLY), ERROR_ACCESS_DENIED);
    REFUSED(VirtualAlloc(readable, 4096, MEM_COMMIT, PAGE_READWRITE), ERROR_ACCESS_DENIED);
}

ROW(E10) {
    Octet *view = view_of(memory(PAGE_READWRITE, 4096, NULL), FILE_MAP_WRITE);
    memset(view, 7, 4096);
    CHECK(VirtualAlloc(view, 4096, MEM_RESET, PAGE_NOACCESS) == view);
    CHECK(state_at(view) == MEM_COMMIT && protection_at(view) == PAGE_READWRITE);
    view[0] = 1;
}
