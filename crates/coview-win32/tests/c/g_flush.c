// G01 to G07, G09: flushing.
#include "harness.h"
#include "rows.h"

#define LENGTH 10000

struct flushed {
    const char *path;
    HANDLE file;
    Octet *view;
};

static struct flushed open_view(const char *what, DWORD access) {
    struct flushed flushed;
    flushed.path = temp_file_of(what, 7, LENGTH);
    flushed.file = open_file(flushed.path, GENERIC_READ | GENERIC_WRITE);
    flushed.view = view_of(mapping_of(flushed.file, PAGE_READWRITE, 0, NULL), access);
    return flushed;
}

ROW(G01) {
    struct flushed flushed = open_view("g01", FILE_MAP_WRITE);
    memcpy(flushed.view, "before", 6);
    CHECK(file_begins(flushed.path, "before", 6));
    CHECK(FlushViewOfFile(flushed.view, 6));
    CHECK(file_begins(flushed.path, "before", 6));
}

ROW(G02) {
    struct flushed flushed = open_view("g02", FILE_MAP_WRITE);
    memcpy(flushed.view, "all", 3);
    CHECK(FlushViewOfFile(flushed.view, 0));
    CHECK(FlushViewOfFile(flushed.view + 5000, 0));
    CHECK(file_begins(flushed.path, "all", 3));
}

ROW(G03) {
    Octet *view = view_of(memory(PAGE_READWRITE, LENGTH, NULL), FILE_MAP_WRITE);
    CHECK(FlushViewOfFile(view, 0) && FlushViewOfFile(view, 1) && FlushViewOfFile(view, LENGTH));
}

static void no_view(const void *address) {
    if (ON_WINE) {
        // Recorded: another error.
        deviates();
        REFUSED(FlushViewOfFile(address, 0), ERROR_INVALID_PARAMETER);
    } else {
        REFUSED(FlushViewOfFile(address, 0), ERROR_INVALID_ADDRESS);
    }
}

ROW(G04) {
    Octet *gone = view_of(memory(PAGE_READWRITE, LENGTH, NULL), FILE_MAP_WRITE);
    unmap(gone);
    no_view(gone);
    no_view(free_addresses(GRANULE));
}

ROW(G05) {
    struct flushed flushed = open_view("g05", FILE_MAP_WRITE);
    SIZE_T pages = pages_at(flushed.view).RegionSize;
    CHECK(FlushViewOfFile(flushed.view, LENGTH));
    REFUSED(FlushViewOfFile(flushed.view, pages + 1), ERROR_INVALID_PARAMETER);
    REFUSED(FlushViewOfFile(flushed.view + 5000, pages), ERROR_INVALID_PARAMETER);
}

ROW(G06) {
    struct flushed flushed = open_view("g06", FILE_MAP_WRITE);
    CHECK(FlushViewOfFile(flushed.view + 1, 1));
    CHECK(FlushViewOfFile(flushed.view + 4095, 2));
    CHECK(FlushViewOfFile(flushed.view + 5001, 3));
}

ROW(G07) {
    struct flushed flushed = open_view("g07", FILE_MAP_WRITE);
    memcpy(flushed.view, "disk", 4);
    CHECK(FlushViewOfFile(flushed.view, 0));
    CHECK(FlushFileBuffers(flushed.file));
    CHECK(file_begins(flushed.path, "disk", 4));
}

ROW(G09) {
    struct flushed flushed = open_view("g09", FILE_MAP_READ);
    CHECK(FlushViewOfFile(flushed.view, 0) && FlushViewOfFile(flushed.view, 1));
}
