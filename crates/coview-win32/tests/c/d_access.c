// D01 to D05, D20: which views there are, and what can be done with them.
#include "harness.h"
#include "rows.h"

static const struct {
    DWORD access;
    // What VirtualQuery says of the view.
    DWORD protection;
} kinds[] = {
    {FILE_MAP_READ, PAGE_READONLY},
    {FILE_MAP_COPY, PAGE_WRITECOPY},
    {FILE_MAP_WRITE, PAGE_READWRITE},
    {FILE_MAP_READ | FILE_MAP_WRITE, PAGE_READWRITE},
    {FILE_MAP_EXECUTE | FILE_MAP_READ, PAGE_EXECUTE_READ},
    {FILE_MAP_EXECUTE | FILE_MAP_COPY, PAGE_EXECUTE_WRITECOPY},
    {FILE_MAP_EXECUTE | FILE_MAP_WRITE, PAGE_EXECUTE_READWRITE},
};

static void check_kinds(HANDLE mapping, DWORD protection) {
    for (size_t at = 0; at < COUNT(kinds); at++) {
        DWORD access = kinds[at].access;
        int possible = (!(access & FILE_MAP_WRITE) || writes(protection))
                       && (!(access & FILE_MAP_EXECUTE) || executes(protection));
        if (!possible) {
            REFUSED(map(mapping, access, 0, 0), ERROR_ACCESS_DENIED);
            continue;
        }
        volatile Octet *view = view_of(mapping, access);
        CHECK(protection_at((const void *)view) == kinds[at].protection);
        Octet first = view[0];
        if (access & (FILE_MAP_WRITE | FILE_MAP_COPY)) view[0] = first;
        unmap((void *)view);
    }
}

ROW(D01) {
    const char *path = temp_file_of("d01", 7, 4096);
    HANDLE writable = open_file(path, GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE);
    HANDLE readable = open_file(path, GENERIC_READ | GENERIC_EXECUTE);
    for (size_t at = 0; at < PROTECTIONS; at++) {
        DWORD protection = protections[at];
        check_kinds(memory(protection, 4096, NULL), protection);
        check_kinds(mapping_of(writable, protection, 0, NULL), protection);
        if (!writes(protection)) check_kinds(mapping_of(readable, protection, 0, NULL), protection);
    }
}

ROW(D02) {
    const char *name = unique("d02");
    HANDLE mapping = memory(PAGE_READWRITE, 4096, name);
    MEMORY_BASIC_INFORMATION info = pages_at(view_of(mapping, 0));
    CHECK(info.Protect == PAGE_NOACCESS && info.RegionSize == 4096);
    REFUSED(map(open_mapping(FILE_MAP_WRITE, name), 0, 0, 0), ERROR_ACCESS_DENIED);
    CHECK(faults("view without access"));
}

ROW(D03) {
    const DWORD same[] = {FILE_MAP_READ | FILE_MAP_WRITE, FILE_MAP_WRITE, FILE_MAP_ALL_ACCESS};
    HANDLE mapping = memory(PAGE_READWRITE, 4096, NULL);
    Octet *seen = view_of(mapping, FILE_MAP_READ);
    for (size_t at = 0; at < COUNT(same); at++) {
        Octet *view = view_of(mapping, same[at]);
        CHECK(protection_at(view) == PAGE_READWRITE);
        view[0] = (Octet)(at + 1);
        CHECK(seen[0] == at + 1);
    }
}

ROW(D04) {
    HANDLE mapping = memory(PAGE_READWRITE, 4096, NULL);
    Octet *seen = view_of(mapping, FILE_MAP_READ);
    Octet *shared = view_of(mapping, FILE_MAP_WRITE | FILE_MAP_COPY);
    CHECK(protection_at(shared) == PAGE_READWRITE);
    memcpy(shared, "shared", 6);
    CHECK(memcmp(seen, "shared", 6) == 0);
    CHECK(protection_at(view_of(mapping, FILE_MAP_READ | FILE_MAP_COPY)) == PAGE_READONLY);
    Octet *copy = view_of(mapping, FILE_MAP_COPY);
    CHECK(protection_at(copy) == PAGE_WRITECOPY);
    memcpy(copy, "copied", 6);
    CHECK(memcmp(seen, "shared", 6) == 0);
}

ROW(D05) {
    const struct {
        DWORD access, protection;
    } executable[] = {
        {FILE_MAP_EXECUTE, PAGE_NOACCESS},
        {FILE_MAP_EXECUTE | FILE_MAP_READ, PAGE_EXECUTE_READ},
        {FILE_MAP_EXECUTE | FILE_MAP_COPY, PAGE_EXECUTE_WRITECOPY},
        {FILE_MAP_EXECUTE | FILE_MAP_WRITE, PAGE_EXECUTE_READWRITE},
        {FILE_MAP_EXECUTE | FILE_MAP_ALL_ACCESS, PAGE_EXECUTE_READWRITE},
    };
    HANDLE mapping = memory(PAGE_EXECUTE_READWRITE, 4096, NULL);
    for (size_t at = 0; at < COUNT(executable); at++)
        CHECK(protection_at(view_of(mapping, executable[at].access)) == executable[at].protection);
    CHECK(faults("execute alone"));
}

ROW(D20) {
    CHECK(faults("reading view"));
    // Dying is not what every touch leads to.
    CHECK(!faults("writing view"));
}
