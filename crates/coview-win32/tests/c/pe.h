// A tiny PE file, built byte by byte: no compiler needed, and odd where linkers are not.
#ifndef PE_H
#define PE_H

#include <stddef.h>

struct pe_section {
    char name[9];
    // What lies in the file: so many bytes of one value, filled up to whole file sectors with zeros.
    unsigned char value;
    unsigned content;
    // How long it is in memory, and where.
    unsigned size;
    unsigned address;
    unsigned characteristics;
};

// Less in memory than in a file's sector; more in memory than in the file, across pages; nothing in the file at all.
#define PE_SECTIONS 3
extern const struct pe_section pe_sections[PE_SECTIONS];

// In memory, all of it.
#define PE_SIZE 0x5000

// The file: DOS header, PE headers, section headers, sections. Its length; no more than PE_MOST.
#define PE_MOST 0x1000
size_t pe_build(unsigned char *file, int wide);

#endif
