// A program that shares text as every Win32 program does, and knows nothing of Coview: the first letter of its first
// argument says whether it creates the mapping and writes, or opens it and prints.
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define SIZE 5120

static int fail(const char *what) {
    fprintf(stderr, "%s: error %lu\n", what, (unsigned long)GetLastError());
    return 1;
}

static int create(const char *name, const char *text) {
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, SIZE, name);
    if (mapping == NULL) return fail("CreateFileMapping");
    char *view = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, SIZE);
    if (view == NULL) return fail("MapViewOfFile");
    memcpy(view, text, strlen(text) + 1);
    FlushViewOfFile(view, 0);
    puts("ready");
    fflush(stdout);
    getchar(); // holds the mapping until it is told to end
    UnmapViewOfFile(view);
    CloseHandle(mapping);
    return 0;
}

static int print(const char *name) {
    HANDLE mapping = OpenFileMappingA(FILE_MAP_READ, FALSE, name);
    if (mapping == NULL) return fail("OpenFileMapping");
    const char *view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
    if (view == NULL) return fail("MapViewOfFile");
    puts(view);
    UnmapViewOfFile(view);
    CloseHandle(mapping);
    return 0;
}

int main(int count, char **words) {
    if (count == 4 && words[1][0] == 'c') return create(words[2], words[3]);
    if (count == 3 && words[1][0] == 'p') return print(words[2]);
    fputs("usage: plain create NAME TEXT | plain print NAME\n", stderr);
    return 2;
}
