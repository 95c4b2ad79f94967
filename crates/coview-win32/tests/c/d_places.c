// D14 to D18, D24, D25: where views are, and how many.
#include "harness.h"
#include "rows.h"

ROW(D14) {
    HANDLE mapping = memory(PAGE_READWRITE, GRANULE, NULL);
    Octet *address = free_addresses(2 * GRANULE);
    REFUSED(MapViewOfFileEx(mapping, FILE_MAP_READ, 0, 0, 0, address + 0x1000), ERROR_MAPPED_ALIGNMENT);
    REFUSED(MapViewOfFileEx(mapping, FILE_MAP_READ, 0, 0, 0, address + 1), ERROR_MAPPED_ALIGNMENT);
}

ROW(D15) {
    HANDLE mapping = memory(PAGE_READWRITE, 2 * GRANULE, NULL);
    Octet *taken = view_of(mapping, FILE_MAP_READ);
    REFUSED(MapViewOfFileEx(mapping, FILE_MAP_READ, 0, 0, 0, taken), ERROR_INVALID_ADDRESS);
    REFUSED(MapViewOfFileEx(mapping, FILE_MAP_READ, 0, 0, 0, taken + GRANULE), ERROR_INVALID_ADDRESS);
    void *reserved = VirtualAlloc(NULL, GRANULE, MEM_RESERVE, PAGE_NOACCESS);
    CHECK(reserved != NULL);
    REFUSED(MapViewOfFileEx(mapping, FILE_MAP_READ, 0, 0, 0, reserved), ERROR_INVALID_ADDRESS);
    CHECK(VirtualFree(reserved, 0, MEM_RELEASE));
}

ROW(D16) {
    HANDLE mapping = memory(PAGE_READWRITE, 2 * GRANULE, NULL);
    Octet *wanted = free_addresses(2 * GRANULE);
    CHECK(hold_view(MapViewOfFileEx(mapping, FILE_MAP_WRITE, 0, 0, 0, wanted)) == wanted);
    wanted[2 * GRANULE - 1] = 1;
    // No address is any address.
    hold_view(MapViewOfFileEx(mapping, FILE_MAP_WRITE, 0, 0, 0, NULL));
}

ROW(D17) {
    HANDLE mapping = memory(PAGE_READWRITE, 4096, NULL);
    volatile Octet *one = view_of(mapping, FILE_MAP_WRITE), *two = view_of(mapping, FILE_MAP_WRITE);
    CHECK(one != two);
    one[0] = 7;
    CHECK(two[0] == 7);
    two[0] = 8;
    CHECK(one[0] == 8);
}

ROW(D18) {
    HANDLE file = open_file(temp_file_of("d18", 0, 4096), GENERIC_READ | GENERIC_WRITE);
    Octet *one = view_of(mapping_of(file, PAGE_READWRITE, 0, NULL), FILE_MAP_WRITE);
    Octet *two = view_of(mapping_of(file, PAGE_READWRITE, 0, unique("d18")), FILE_MAP_READ);
    memcpy(one + 100, "one", 3);
    CHECK(memcmp(two + 100, "one", 3) == 0);
}

ROW(D24) {
    HANDLE mapping = memory(PAGE_READWRITE, 4096, NULL);
    Octet *one = view_of(mapping, FILE_MAP_WRITE), *two = view_of(mapping, FILE_MAP_WRITE);
    memcpy(one, "kept", 4);
    unmap(one);
    CHECK(memcmp(two, "kept", 4) == 0);
    two[0] = 'K';
}

ROW(D25) {
    const char *path = temp_file("d25", "content", 7);
    HANDLE file = open_file(path, GENERIC_READ | GENERIC_WRITE);
    HANDLE mapping = mapping_of(file, PAGE_READWRITE, 0, NULL);
    Octet *view = view_of(mapping, FILE_MAP_WRITE);
    give_back(mapping);
    give_back(file);
    memcpy(view, "CONTENT", 7);
    CHECK(memcmp(view, "CONTENT", 7) == 0);
    unmap(view);
    CHECK(file_begins(path, "CONTENT", 7));
}
