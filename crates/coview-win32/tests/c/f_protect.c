// F01 to F03: changing the protection of a view's pages.
#include "harness.h"
#include "rows.h"

// Gives the protection that was there before.
static DWORD protect(void *address, SIZE_T length, DWORD protection) {
    DWORD old = 0xDEAD;
    CHECK(VirtualProtect(address, length, protection, &old));
    CHECK(protection_at(address) == protection);
    return old;
}

static void down_and_up(Octet *view) {
    SIZE_T page = page_size();
    CHECK(protect(view + page, page, PAGE_READONLY) == PAGE_READWRITE);
    // No other page has changed.
    CHECK(protection_at(view) == PAGE_READWRITE && pages_at(view + page).RegionSize == page);
    CHECK(protect(view + page, page, PAGE_NOACCESS) == PAGE_READONLY);
    CHECK(protect(view + page, page, PAGE_READWRITE) == PAGE_NOACCESS);
    view[page] = 1;
    CHECK(pages_at(view).RegionSize == 3 * page);
}

ROW(F01) {
    HANDLE file = open_file(temp_file_of("f01", 7, 3 * page_size()), GENERIC_READ | GENERIC_WRITE);
    down_and_up(view_of(memory(PAGE_READWRITE, 3 * page_size(), NULL), FILE_MAP_WRITE));
    down_and_up(view_of(mapping_of(file, PAGE_READWRITE, 0, NULL), FILE_MAP_WRITE));
    CHECK(faults("protected page"));
}

ROW(F02) {
    Octet *view = view_of(memory(PAGE_READWRITE, 4096, NULL), FILE_MAP_READ);
    DWORD old;
    REFUSED(VirtualProtect(view, 4096, PAGE_READWRITE, &old), ERROR_INVALID_PARAMETER);
    REFUSED(VirtualProtect(view, 4096, PAGE_EXECUTE_READ, &old), ERROR_INVALID_PARAMETER);
    CHECK(protection_at(view) == PAGE_READONLY);
}

ROW(F03) {
    SIZE_T page = page_size();
    HANDLE mapping = memory(PAGE_READWRITE, 2 * page, NULL);
    Octet *view = view_of(mapping, FILE_MAP_READ), *shared = view_of(mapping, FILE_MAP_WRITE);
    memcpy(shared, "shared", 6);
    CHECK(protect(view, page, PAGE_WRITECOPY) == PAGE_READONLY);
    CHECK(memcmp(view, "shared", 6) == 0 && protection_at(view + page) == PAGE_READONLY);
    memcpy(view, "copied", 6);
    CHECK(memcmp(view, "copied", 6) == 0);
    // Recorded: the page stays shared.
    if (ON_WINE) deviates();
    CHECK(memcmp(shared, ON_WINE ? "copied" : "shared", 6) == 0);
}
