// See pe.h.
#include "pe.h"

#include <string.h>

#define FILE_SECTOR 0x200
#define HEADERS 0x400
#define READABLE 0x40000000
#define WRITABLE 0x80000000
#define EXECUTABLE 0x20000000

const struct pe_section pe_sections[PE_SECTIONS] = {
    {".text", 0xC3, 0x123, 0x123, 0x1000, 0x20 | READABLE | EXECUTABLE},
    {".data", 0xDA, 0x2F1, 0x1801, 0x2000, 0x40 | READABLE | WRITABLE},
    {".bss", 0, 0, 0x10, 0x4000, 0x80 | READABLE | WRITABLE},
};

static unsigned char *bytes;
static size_t length;

static void put(const void *data, size_t size) {
    memcpy(bytes + length, data, size);
    length += size;
}

static void put_number(unsigned long long value, size_t size) {
    for (size_t at = 0; at < size; at++) bytes[length++] = (unsigned char)(value >> (8 * at));
}

static void put16(unsigned value) {
    put_number(value, 2);
}

static void put32(unsigned value) {
    put_number(value, 4);
}

// The rest is zero already.
static void pad_to(size_t to) {
    length = to;
}

static unsigned sectors(unsigned content) {
    return (content + FILE_SECTOR - 1) / FILE_SECTOR * FILE_SECTOR;
}

static void put_optional_header(int wide) {
    size_t begin = length;
    put16(wide ? 0x20B : 0x10B), put16(0);
    // Sizes of code and data, the entry, where code begins; of 32-bit files also where data begins.
    put32(0x200), put32(0x400), put32(0), put32(0x1000), put32(0x1000);
    if (wide) {
        put_number(0x140000000ULL, 8);
    } else {
        put32(0x2000), put32(0x400000);
    }
    put32(0x1000), put32(FILE_SECTOR);
    // Versions of the system, of the image, of the subsystem.
    put16(4), put16(0), put16(0), put16(0), put16(4), put16(0), put32(0);
    put32(PE_SIZE), put32(HEADERS), put32(0), put16(3), put16(0);
    // What stack and heap reserve and commit.
    for (int at = 0; at < 4; at++) put_number(at % 2 == 0 ? 0x100000 : 0x1000, wide ? 8 : 4);
    // Sixteen directories, all of them empty.
    put32(0), put32(16);
    pad_to(begin + (wide ? 0xF0 : 0xE0));
}

size_t pe_build(unsigned char *file, int wide) {
    bytes = file;
    length = 0;
    memset(file, 0, PE_MOST);
    put("MZ", 2);
    pad_to(0x3C);
    put32(0x40);
    put("PE\0", 4);
    put16(wide ? 0x8664 : 0x14C), put16(PE_SECTIONS), put32(0), put32(0), put32(0), put16(wide ? 0xF0 : 0xE0);
    // Executable, and for large addresses or a 32-bit machine.
    put16(wide ? 0x22 : 0x102);
    put_optional_header(wide);
    unsigned at = HEADERS;
    for (int i = 0; i < PE_SECTIONS; i++) {
        const struct pe_section *section = &pe_sections[i];
        unsigned in_file = sectors(section->content);
        put(section->name, 8);
        put32(section->size), put32(section->address), put32(in_file), put32(in_file == 0 ? 0 : at);
        put32(0), put32(0), put32(0), put32(section->characteristics);
        at += in_file;
    }
    pad_to(HEADERS);
    for (int i = 0; i < PE_SECTIONS; i++) {
        memset(bytes + length, pe_sections[i].value, pe_sections[i].content);
        length += sectors(pe_sections[i].content);
    }
    return length;
}
