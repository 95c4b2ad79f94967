// J01, J02: one range mapped twice, back to back.
#include "harness.h"
#include "rows.h"
#include "system.h"

// The parameters that only these two functions have are not used here, and older headers do not know them.
typedef PVOID(WINAPI *Alloc2)(HANDLE, PVOID, SIZE_T, ULONG, ULONG, void *, ULONG);
typedef PVOID(WINAPI *Map3)(HANDLE, HANDLE, PVOID, ULONG64, SIZE_T, ULONG, ULONG, void *, ULONG);

// Not in every header.
#define REPLACE_PLACEHOLDER 0x4000
#define RESERVE_PLACEHOLDER 0x40000
#define PRESERVE_PLACEHOLDER 0x2

static void write_across(Octet *ring, SIZE_T size) {
    memcpy(ring + size - 3, "across", 6);
    CHECK(memcmp(ring, "oss", 3) == 0 && memcmp(ring + 2 * size - 3, "acr", 3) == 0);
}

// Recorded of Wine: before version 9 it lacks a function, or placeholders.
ROW(J01) {
    Alloc2 alloc = (Alloc2)system_find("VirtualAlloc2");
    Map3 map3 = (Map3)system_find("MapViewOfFile3");
    if (alloc == NULL || map3 == NULL) {
        CHECK(ON_WINE);
        deviates();
        return;
    }
    // In pages: these functions do not ask for 64 KiB.
    const SIZE_T size = 3 * page_size();
    HANDLE mapping = memory(PAGE_READWRITE, size, NULL);
    Octet *ring = alloc(NULL, NULL, 2 * size, MEM_RESERVE | RESERVE_PLACEHOLDER, PAGE_NOACCESS, NULL, 0);
    if (ring == NULL && ON_WINE) {
        deviates();
        return;
    }
    CHECK(ring != NULL);
    CHECK(VirtualFree(ring, size, MEM_RELEASE | PRESERVE_PLACEHOLDER));
    for (int half = 0; half < 2; half++) {
        Octet *place = ring + half * size;
        CHECK(hold_view(map3(mapping, NULL, place, 0, size, REPLACE_PLACEHOLDER, PAGE_READWRITE, NULL, 0)) == place);
    }
    write_across(ring, size);
}

// Somebody else may take the addresses in between: then once more.
ROW(J02) {
    const SIZE_T size = 2 * GRANULE;
    HANDLE mapping = memory(PAGE_READWRITE, size, NULL);
    for (int turn = 0; turn < 100; turn++) {
        Octet *ring = free_addresses(2 * size);
        void *first = MapViewOfFileEx(mapping, FILE_MAP_WRITE, 0, 0, size, ring);
        if (first == NULL) continue;
        hold_view(first);
        void *second = MapViewOfFileEx(mapping, FILE_MAP_WRITE, 0, 0, size, ring + size);
        if (second == NULL) {
            unmap(first);
            continue;
        }
        hold_view(second);
        CHECK(first == ring && second == ring + size);
        write_across(ring, size);
        return;
    }
    CHECK(!"never twice");
}
