// A16 to A18: images of PE files.
#include "harness.h"
#include "pe.h"
#include "rows.h"

static HANDLE image(const char *path, DWORD more) {
    return create(open_file(path, GENERIC_READ | GENERIC_EXECUTE), PAGE_READONLY | SEC_IMAGE | more, 0, NULL);
}

ROW(A16) {
    Octet whole[PE_MOST], wrong[PE_MOST];
    size_t length = pe_build(whole, 1);
    memcpy(wrong, whole, length);
    wrong[0x40] = 'N';
    // Without a size it is A01's error.
    REFUSED(create(INVALID_HANDLE_VALUE, PAGE_READONLY | SEC_IMAGE, 0, NULL), ERROR_INVALID_PARAMETER);
    REFUSED(create(INVALID_HANDLE_VALUE, PAGE_READONLY | SEC_IMAGE, 4096, NULL), ERROR_BAD_EXE_FORMAT);
    REFUSED(image(temp_file("a16-empty", "", 0), 0), ERROR_BAD_EXE_FORMAT);
    REFUSED(image(temp_file("a16-short", "MZ", 2), 0), ERROR_BAD_EXE_FORMAT);
    REFUSED(image(temp_file("a16-text", "some text", 9), 0), ERROR_BAD_EXE_FORMAT);
    REFUSED(image(temp_file("a16-wrong", wrong, length), 0), ERROR_BAD_EXE_FORMAT);
    REFUSED(image(temp_file("a16-cut", whole, 0x80), 0), ERROR_BAD_EXE_FORMAT);
}

ROW(A17) {
    const DWORD others[] = {SEC_COMMIT, SEC_RESERVE, SEC_LARGE_PAGES, SEC_WRITECOMBINE};
    Octet whole[PE_MOST];
    size_t length = pe_build(whole, 1);
    const char *path = temp_file("a17", whole, length);
    for (size_t at = 0; at < COUNT(others); at++) REFUSED(image(path, others[at]), ERROR_INVALID_PARAMETER);
}

ROW(A18) {
    for (int wide_image = 0; wide_image < 2; wide_image++) {
        Octet whole[PE_MOST];
        size_t length = pe_build(whole, wide_image);
        const char *path = temp_file(wide_image ? "a18-wide" : "a18", whole, length);
        const Octet *view = view_of(hold(image(path, 0)), FILE_MAP_READ);
        CHECK(pages_at(view).Type == MEM_IMAGE);
        // The DOS header and the signature; of the rest a loader may write into its copy (the base address).
        CHECK(memcmp(view, whole, 0x44) == 0);
        for (int i = 0; i < PE_SECTIONS; i++) {
            const struct pe_section *section = &pe_sections[i];
            const Octet *start = view + section->address;
            CHECK(all_are(start, section->value, section->content));
            if (section->size > section->content)
                CHECK(all_are(start + section->content, 0, section->size - section->content));
        }
        // The file's own bytes stay where they are: the layout is the mapping's.
        CHECK(file_begins(path, whole, length));
    }
}
