// D06 to D13, D19: offsets and lengths.
#include "harness.h"
#include "rows.h"

ROW(D06) {
    const DWORD offsets[] = {0, GRANULE, 2 * GRANULE};
    HANDLE mapping = memory(PAGE_READWRITE, 3 * GRANULE, NULL);
    for (size_t at = 0; at < COUNT(offsets); at++) {
        Octet *view = hold_view(map(mapping, FILE_MAP_READ, offsets[at], 0));
        CHECK(pages_at(view).RegionSize == 3 * GRANULE - offsets[at]);
    }
}

ROW(D07) {
    const DWORD offsets[] = {1, 0x1000, 0x8000, GRANULE + 0x1000};
    HANDLE mapping = memory(PAGE_READWRITE, 3 * GRANULE, NULL);
    HANDLE of_file = mapping_of(open_file(temp_file_of("d07", 7, 3 * GRANULE), GENERIC_READ), PAGE_READONLY, 0, NULL);
    for (size_t at = 0; at < COUNT(offsets); at++) {
        REFUSED(map(mapping, FILE_MAP_READ, offsets[at], 1), ERROR_MAPPED_ALIGNMENT);
        REFUSED(map(mapping, FILE_MAP_READ, offsets[at], 0), ERROR_MAPPED_ALIGNMENT);
        REFUSED(map(of_file, FILE_MAP_READ, offsets[at], 1), ERROR_MAPPED_ALIGNMENT);
    }
}

ROW(D08) {
    HANDLE file = open_file(temp_file_of("d08", 7, 0x3452), GENERIC_READ);
    HANDLE of_file = mapping_of(file, PAGE_READONLY, 0, NULL), of_memory = memory(PAGE_READWRITE, 2 * GRANULE, NULL);
    hold_view(map(of_file, FILE_MAP_READ, 0, 0x3452));
    REFUSED(map(of_file, FILE_MAP_READ, 0, 0x3453), ERROR_ACCESS_DENIED);
    hold_view(map(of_memory, FILE_MAP_READ, GRANULE, GRANULE));
    REFUSED(map(of_memory, FILE_MAP_READ, GRANULE, GRANULE + 1), ERROR_ACCESS_DENIED);
    REFUSED(map(of_memory, FILE_MAP_READ, 0, 2 * GRANULE + 1), ERROR_ACCESS_DENIED);
}

ROW(D09) {
    const ULONGLONG offsets[] = {GRANULE, 1 << 20, 1ULL << 40};
    HANDLE mapping = memory(PAGE_READWRITE, GRANULE, NULL);
    // Recorded: another error.
    const DWORD error = ON_WINE ? ERROR_INVALID_PARAMETER : ERROR_ACCESS_DENIED;
    if (ON_WINE) deviates();
    for (size_t at = 0; at < COUNT(offsets); at++) {
        REFUSED(map(mapping, FILE_MAP_READ, offsets[at], 1), error);
        REFUSED(map(mapping, FILE_MAP_READ, offsets[at], 0), error);
    }
}

ROW(D10) {
    HANDLE mapping = memory(PAGE_READWRITE, 2 * GRANULE, NULL);
    // Recorded: another error.
    const DWORD error = ON_WINE ? ERROR_ACCESS_DENIED : ERROR_INVALID_PARAMETER;
    if (ON_WINE) deviates();
    REFUSED(map(mapping, FILE_MAP_READ, 0, (SIZE_T)-1), error);
    REFUSED(map(mapping, FILE_MAP_READ, GRANULE, (SIZE_T)-1), error);
}

ROW(D11) {
    HANDLE mapping = memory(PAGE_READWRITE, 3 * GRANULE, NULL);
    HANDLE of_file = mapping_of(open_file(temp_file("d11", "content", 7), GENERIC_READ), PAGE_READONLY, 0, NULL);
    for (int turn = 0; turn < 8; turn++) {
        CHECK((ULONG_PTR)hold_view(map(mapping, FILE_MAP_READ, 0, 1 + (SIZE_T)turn * 5000)) % GRANULE == 0);
        CHECK((ULONG_PTR)hold_view(map(mapping, FILE_MAP_READ, GRANULE, 1)) % GRANULE == 0);
        CHECK((ULONG_PTR)view_of(of_file, FILE_MAP_COPY) % GRANULE == 0);
    }
}

ROW(D12) {
    HANDLE mapping = memory(PAGE_READWRITE, 3 * page_size(), NULL);
    Octet *one = hold_view(map(mapping, FILE_MAP_READ, 0, 1));
    Octet *two = hold_view(map(mapping, FILE_MAP_READ, 0, page_size() + 1));
    CHECK(pages_at(one).RegionSize == page_size() && pages_at(two).RegionSize == 2 * page_size());
    MEMORY_BASIC_INFORMATION info = pages_at(two + page_size() + 10);
    CHECK(info.BaseAddress == two + page_size() && info.RegionSize == page_size());
    CHECK(info.AllocationBase == two && info.AllocationProtect == PAGE_READONLY);
    CHECK(info.State == MEM_COMMIT && info.Protect == PAGE_READONLY && info.Type == MEM_MAPPED);
}

ROW(D13) {
    const char *path = temp_file("d13", "hundred", 7);
    HANDLE file = open_file(path, GENERIC_READ | GENERIC_WRITE);
    HANDLE mapping = mapping_of(file, PAGE_READWRITE, 0, NULL);
    Octet *view = view_of(mapping, FILE_MAP_WRITE);
    CHECK(all_are(view + 7, 0, page_size() - 7));
    memcpy(view + 7, "behind", 6);
    CHECK(FlushViewOfFile(view, 0));
    unmap(view);
    give_back(mapping);
    CHECK(file_length(path) == 7);
    // Nor when the file becomes longer.
    mapping = mapping_of(file, PAGE_READWRITE, 4096, NULL);
    view = view_of(mapping, FILE_MAP_READ);
    CHECK(memcmp(view, "hundred", 7) == 0 && all_are(view + 7, 0, 4096 - 7));
}

ROW(D19) {
    HANDLE event = hold(CreateEventA(NULL, FALSE, FALSE, NULL));
    HANDLE file = open_file(temp_file("d19", "content", 7), GENERIC_READ);
    const HANDLE wrong[] = {event, file, NULL, INVALID_HANDLE_VALUE, (HANDLE)(ULONG_PTR)0xDEADBEE0};
    for (size_t at = 0; at < COUNT(wrong); at++) {
        REFUSED(map(wrong[at], FILE_MAP_READ, 0, 0), ERROR_INVALID_HANDLE);
        REFUSED(map(wrong[at], FILE_MAP_WRITE, 0, 4096), ERROR_INVALID_HANDLE);
    }
}
