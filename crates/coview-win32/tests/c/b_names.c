// B01 to B05, B08, B21 to B23, B26: one name, one object.
#include "harness.h"
#include "rows.h"

ROW(B01) {
    const char *name = unique("b01");
    Octet *first = view_of(memory(PAGE_READWRITE, 4096, name), FILE_MAP_WRITE);
    HANDLE again = create(INVALID_HANDLE_VALUE, PAGE_READWRITE, 4096, name);
    CHECK_ERROR(ERROR_ALREADY_EXISTS);
    HANDLE by_wide = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, wide(name));
    CHECK_ERROR(ERROR_ALREADY_EXISTS);
    memcpy(first, "one", 3);
    CHECK(memcmp(view_of(hold(again), FILE_MAP_READ), "one", 3) == 0);
    CHECK(memcmp(view_of(hold(by_wide), FILE_MAP_READ), "one", 3) == 0);
    CHECK(memcmp(view_of(hold(OpenFileMappingW(FILE_MAP_READ, FALSE, wide(name))), FILE_MAP_READ), "one", 3) == 0);
}

ROW(B02) {
    const ULONGLONG sizes[] = {1, 1 << 20};
    const char *name = unique("b02");
    memory(PAGE_READWRITE, 4096, name);
    for (size_t at = 0; at < COUNT(sizes); at++) {
        HANDLE second = memory(PAGE_READWRITE, sizes[at], name);
        CHECK_ERROR(ERROR_ALREADY_EXISTS);
        CHECK(pages_at(view_of(second, FILE_MAP_READ)).RegionSize == 4096);
        REFUSED(map(second, FILE_MAP_READ, 0, 1 << 20), ERROR_ACCESS_DENIED);
    }
}

ROW(B03) {
    const char *name = unique("b03"), *one = temp_file("b03-one", "one", 3), *two = temp_file("b03-two", "other", 5);
    mapping_of(open_file(one, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 0, name);
    HANDLE second = mapping_of(open_file(two, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 0, name);
    CHECK_ERROR(ERROR_ALREADY_EXISTS);
    HANDLE third = memory(PAGE_READWRITE, 4096, name);
    CHECK_ERROR(ERROR_ALREADY_EXISTS);
    memcpy(view_of(second, FILE_MAP_WRITE), "O", 1);
    memcpy(view_of(third, FILE_MAP_WRITE) + 1, "NE", 2);
    CHECK(file_begins(one, "ONE", 3) && file_begins(two, "other", 5));
}

ROW(B04) {
    const char *name = unique("b04");
    memory(PAGE_READONLY, 4096, name);
    HANDLE second = memory(PAGE_READWRITE, 4096, name);
    CHECK_ERROR(ERROR_ALREADY_EXISTS);
    CHECK(maps(second, FILE_MAP_READ));
    if (ON_WINE) {
        // Recorded: the protection is forgotten.
        deviates();
        CHECK(maps(second, FILE_MAP_WRITE));
    } else {
        REFUSED(map(second, FILE_MAP_WRITE, 0, 0), ERROR_INVALID_PARAMETER);
    }
}

ROW(B05) {
    const char *small = unique("b05"), *large = unique("B05");
    Octet *one = view_of(memory(PAGE_READWRITE, 4096, small), FILE_MAP_WRITE);
    REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, large), ERROR_FILE_NOT_FOUND);
    Octet *two = view_of(memory(PAGE_READWRITE, 4096, large), FILE_MAP_WRITE);
    one[0] = 1;
    CHECK(two[0] == 0);
}

ROW(B08) {
    const char *name = unique("b08");
    REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, name), ERROR_FILE_NOT_FOUND);
    REFUSED(OpenFileMappingW(FILE_MAP_READ, FALSE, wide(name)), ERROR_FILE_NOT_FOUND);
}

ROW(B21) {
    const char *name = unique("b21");
    HANDLE first = memory(PAGE_READWRITE, 4096, name), second = open_mapping(FILE_MAP_WRITE, name);
    Octet *view = view_of(first, FILE_MAP_WRITE);
    give_back(first);
    give_back(open_mapping(FILE_MAP_READ, name));
    give_back(second);
    REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, name), ERROR_FILE_NOT_FOUND);
    memcpy(view, "still mapped", 12);
}

ROW(B22) {
    const char *name = unique("b22");
    HANDLE mapping = memory(PAGE_READWRITE, 4096, name);
    Octet *old = view_of(mapping, FILE_MAP_WRITE);
    memcpy(old, "old", 3);
    give_back(mapping);
    Octet *new = view_of(memory(PAGE_READWRITE, 8192, name), FILE_MAP_WRITE);
    CHECK_ERROR(0);
    CHECK(all_are(new, 0, 8192));
    memcpy(new, "new", 3);
    CHECK(memcmp(old, "old", 3) == 0);
}

ROW(B23) {
    const char *name = unique("b23"), *one = temp_file("b23-one", "one", 3), *two = temp_file("b23-two", "two", 3);
    HANDLE mapping = mapping_of(open_file(one, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 0, name);
    Octet *old = view_of(mapping, FILE_MAP_WRITE);
    give_back(mapping);
    REFUSED(OpenFileMappingA(FILE_MAP_READ, FALSE, name), ERROR_FILE_NOT_FOUND);
    mapping = mapping_of(open_file(two, GENERIC_READ | GENERIC_WRITE), PAGE_READWRITE, 0, name);
    CHECK_ERROR(0);
    memcpy(old, "ONE", 3);
    CHECK(memcmp(view_of(mapping, FILE_MAP_READ), "two", 3) == 0);
    unmap(old);
    CHECK(file_begins(one, "ONE", 3));
}

ROW(B26) {
    Octet *one = view_of(memory(PAGE_READWRITE, 4096, NULL), FILE_MAP_WRITE);
    Octet *two = view_of(memory(PAGE_READWRITE, 4096, NULL), FILE_MAP_WRITE);
    memcpy(one, "one", 3);
    CHECK(all_are(two, 0, 4096));
}
